/**
 * What the ACL says to a request: each selector of the user is asked for the command, then its keys, then its channels;
 * one that allows everything is enough.
 */
import { type AclSelector, type AclUser, type KeyUse, RedisError } from '../../models/redis/index.js';
import { argumentsAt, type Command, keyReferences } from './handler.js';
import type { Session } from './session.js';

/** What a user lacks for a command: the right to run it, or to touch a key or channel. */
export interface AclProblem {
  readonly kind: 'command' | 'key' | 'channel';
  /** The command, key or channel. */
  readonly name: string;
  /** Which argument it is. */
  readonly at: number;
}

/** Reads and changes: whoever may do that with every key may do anything. */
const ANY_USE: KeyUse = { reads: true, writes: true };

/** What a user lacks for a command, if anything; of what its selectors lack, that which comes last. */
export function aclProblem(user: AclUser, command: Command, args: readonly string[]): AclProblem | undefined {
  let last: AclProblem | undefined;
  for (const selector of user.selectors) {
    const problem = problemOf(selector, command, args);
    if (!problem) return undefined;
    if (!last || isBehind(problem, last)) last = problem;
  }
  return last;
}

/** Whether a user may read every key in a request that it may make. */
export function mayReadAnyKey(user: AclUser, command: Command, args: readonly string[]): boolean {
  const use = { reads: true, writes: false };
  return user.selectors.some((selector) => selector.mayUseAnyKey(use) && !problemOf(selector, command, args));
}

function problemOf(selector: AclSelector, command: Command, args: readonly string[]): AclProblem | undefined {
  if (!command.flags.has('no_auth') && !selector.commands.may(command.name, args)) {
    return { kind: 'command', name: command.name, at: 0 };
  }
  if (!selector.mayUseAnyKey(ANY_USE)) {
    const key = keyReferences(command, args).find(
      ({ at, flags }) => !selector.mayUseKey(args[at] as string, useOf(flags)),
    );
    if (key) return { kind: 'key', name: args[key.at] as string, at: key.at };
  }
  if (command.channels && !selector.allChannels) {
    const { span, pattern: isPattern } = command.channels;
    const channels = argumentsAt(span, args);
    const i = channels.findIndex((name) => !selector.mayUseChannel({ name, isPattern }));
    if (i !== -1) return { kind: 'channel', name: channels[i] as string, at: span[0] + i * span[2] };
  }
  return undefined;
}

/** What a command does to a key by the flags of its specification. */
function useOf(flags: readonly string[]): KeyUse {
  return {
    reads: flags.includes('access'),
    writes: flags.includes('update') || flags.includes('insert') || flags.includes('delete'),
  };
}

const ORDER = ['command', 'key', 'channel'];

function isBehind(a: AclProblem, b: AclProblem): boolean {
  return a.kind === b.kind ? a.at > b.at : ORDER.indexOf(a.kind) > ORDER.indexOf(b.kind);
}

/** @throws RedisError NOPERM */
export function checkAcl(client: Session, command: Command, args: readonly string[]): void {
  const problem = aclProblem(client.user, command, args);
  if (!problem) return;
  client.door.aclLog.denied(client, problem);
  const old = client.door.broker.version === '7.0';
  switch (problem.kind) {
    case 'command':
      throw new RedisError(
        old
          ? `NOPERM this user has no permissions to run the '${command.name}' command`
          : `NOPERM User ${client.user.name} has no permissions to run the '${command.name}' command`,
      );
    case 'key':
    case 'channel':
      throw new RedisError(
        old
          ? `NOPERM this user has no permissions to access one of the ${problem.kind}s used as arguments`
          : `NOPERM No permissions to access a ${problem.kind}`,
      );
    default:
      problem.kind satisfies never;
  }
}

/** Rights lost between queueing and EXEC. */
export function aclChanged(problem: AclProblem): string {
  const reasons = {
    command: 'no permission to execute the command or subcommand',
    key: 'no permission to touch the specified keys',
    channel: 'no permission to access one of the channels used as arguments',
  };
  return (
    'NOPERM ACLs rules changed between the moment the transaction was accumulated and the EXEC call. ' +
    `This command is no longer allowed for the following reason: ${reasons[problem.kind]}`
  );
}
