import { array, simple } from '../reply.js';

/** What `<CONTAINER> HELP` answers. */
export function helpReply(container: string, lines: readonly string[]): string {
  const head = `${container} <subcommand> [<arg> [value] [opt] ...]. Subcommands are:`;
  return array([head, ...lines, 'HELP', '    Print this help.'].map(simple));
}
