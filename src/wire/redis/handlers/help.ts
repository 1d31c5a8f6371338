import { type Command, command } from '../handler.js';
import { array, simple } from '../reply.js';

/** The frame that every HELP has: the usage first, how to get it last. */
export function helpText(container: string, lines: readonly string[]): string {
  const usage = `${container.toUpperCase()} <subcommand> [<arg> [value] [opt] ...]. Subcommands are:`;
  return array([usage, ...lines, 'HELP', '    Prints this help.'].map(simple));
}

/** Adds a HELP that names the subcommands of a container. */
export function withHelp(subcommands: readonly Command[], flags = 'lt'): Command[] {
  const container = (subcommands[0] as Command).name.split('|', 1)[0] as string;
  const names = subcommands.map((sub) => (sub.name.split('|')[1] as string).toUpperCase());
  return [...subcommands, command(`${container}|help 2 ${flags}`, () => helpText(container, names))];
}
