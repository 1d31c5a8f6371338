const covered = (flag: string, reset: string, list: string): string =>
  `Adding a pattern after the * pattern (or the '${flag}' flag) is not valid and does not have any effect. ` +
  `Try '${reset}' to start with an empty list of ${list}`;

/** Why a rule is refused. */
export const ACL_REASONS = {
  syntax: 'Syntax error',
  unknownCommand: 'Unknown command or category name in ACL',
  firstArgument: 'Allowing first-arg of a subcommand is not supported',
  keyCovered: covered('allkeys', 'resetkeys', 'patterns'),
  channelCovered: covered('allchannels', 'resetchannels', 'channels'),
  noSuchPassword: 'The password you are trying to remove from the user does not exist',
  badHash: 'The password hash must be exactly 64 characters and contain only lowercase hexadecimal characters',
} as const;

/** A rule that cannot be applied; the user says which one it was. */
export class AclRuleError extends Error {}
