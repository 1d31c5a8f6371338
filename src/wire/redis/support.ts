import type { RedisVersion } from '../../models/redis/index.js';
import { COMMAND_GROUPS } from './handlers/index.js';

/** One line of the support table. */
export interface SupportedCommand {
  /** Upper case, as people write it: `CLIENT KILL`. */
  readonly name: string;
  /** The release that brought it, when it is later than 7.0. */
  readonly since: RedisVersion | undefined;
}

/** Every command that the door answers, by group, subcommands in the place of their container. */
export function supportedCommands(): ReadonlyArray<readonly [group: string, commands: readonly SupportedCommand[]]> {
  return COMMAND_GROUPS.map(([group, commands]) => [
    group,
    commands.flatMap((command) => {
      const shown = command.subcommands ? [...command.subcommands.values()] : [command];
      return shown.map(({ name, since }) => ({ name: name.toUpperCase().replace('|', ' '), since }));
    }),
  ]);
}
