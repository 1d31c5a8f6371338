import { RedisError } from '../../../models/redis/index.js';
import { exists } from '../dispatch.js';
import { type Command, command, type Run } from '../handler.js';
import { array, cString, simple } from '../reply.js';
import type { Session } from '../session.js';
import { HELP_TEXT } from './help-text.js';

const SHOWN_CHARACTERS = 128;

/** What a subcommand answers to arguments that it does not know, or more of them than it takes. */
export function wrongForm(args: readonly string[]): RedisError {
  const [container, subcommand] = args as [string, string];
  const shown = cString(subcommand).slice(0, SHOWN_CHARACTERS);
  const hint = `Try ${container.toUpperCase()} HELP.`;
  return new RedisError(`ERR unknown subcommand or wrong number of arguments for '${shown}'. ${hint}`);
}

/** The frame that every HELP has: the usage first, how to get it last. */
export function helpText(container: string, lines: readonly string[]): string {
  const usage = `${container.toUpperCase()} <subcommand> [<arg> [value] [opt] ...]. Subcommands are:`;
  return array([usage, ...lines, 'HELP', '    Prints this help.'].map(simple));
}

/**
 * Adds the HELP of a container.
 *
 * @param categories of the ACL, those that its subcommands have
 * @param guard what every subcommand of the container checks first
 */
export function withHelp(
  subcommands: readonly Command[],
  categories: readonly string[] = [],
  guard: (run: Run) => Run = (run) => run,
): Command[] {
  const container = (subcommands[0] as Command).name.split('|', 1)[0] as string;
  const blocks = (HELP_TEXT[container] as string).trim().split(/\n(?! )/);
  const run = (client: Session): string => {
    const later = subcommands.filter((sub) => !exists(sub, client.door.broker.version)).map(({ name }) => name);
    const known = blocks.filter((block) => !later.includes(`${container}|${block.split(' ', 1)[0]?.toLowerCase()}`));
    return helpText(container, known.join('\n').split('\n'));
  };
  return [...subcommands, command(`${container}|help 2 lt`, { categories, run: guard(run) })];
}
