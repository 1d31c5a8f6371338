/** README's support tables, made from the tables that the doors dispatch by. */
import { DIRECT, FANOUT, HEADERS, TOPIC } from '../../src/models/amqp/exchange-type.js';
import { PLUGIN_TYPES } from '../../src/models/amqp/plugin-exchange.js';
import {
  SUPPORTED_ARGUMENTS,
  SUPPORTED_EXTENSIONS,
  supportedEndpoints,
  supportedMethods,
} from '../../src/wire/amqp/support.js';
import { supportedApis } from '../../src/wire/kafka/support.js';
import type { Command } from '../../src/wire/redis/handler.js';
import { COMMAND_GROUPS } from '../../src/wire/redis/handlers/index.js';

/** The tables by the name of their place in README. */
export const SUPPORT_TABLES: ReadonlyMap<string, () => string> = new Map([
  ['kafka', kafkaTable],
  ['amqp', amqpTable],
  ['redis', redisTable],
]);

/** Puts the tables in their places: between `<!-- support:NAME -->` and `<!-- /support:NAME -->`. */
export function withSupportTables(readme: string): string {
  let text = readme;
  for (const [name, table] of SUPPORT_TABLES) {
    const [open, close] = [`<!-- support:${name} -->`, `<!-- /support:${name} -->`];
    const [start, end] = [text.indexOf(open), text.indexOf(close)];
    if (start < 0 || end < start) throw new Error(`README has no ${open} … ${close}`);
    text = `${text.slice(0, start + open.length)}\n${table()}\n${text.slice(end)}`;
  }
  return text;
}

function kafkaTable(): string {
  const rows = supportedApis().map(({ key, name, standard, lean }) => [
    String(key),
    name,
    versions(standard),
    versions(lean),
  ]);
  return table(['key', 'API', 'versions', 'with `apiVersions: "lean"`'], rows);
}

function versions(range: readonly [number, number] | undefined): string {
  if (!range) return '';
  return range[0] === range[1] ? String(range[0]) : `${range[0]} to ${range[1]}`;
}

function amqpTable(): string {
  const classes = new Map<string, string[]>();
  for (const { name, note } of supportedMethods()) {
    const [className = '', method = ''] = name.split('.');
    classes.set(className, [...(classes.get(className) ?? []), withNote(method, note)]);
  }
  const types = [DIRECT, FANOUT, TOPIC, HEADERS, ...PLUGIN_TYPES].map(({ name }) => name);
  return table(
    ['', 'supported'],
    [
      ...[...classes].map(([name, methods]) => [name, methods.join(', ')]),
      ['exchange types', types.join(', ')],
      ['arguments', SUPPORTED_ARGUMENTS.map(({ name, note }) => withNote(name, note)).join(', ')],
      ['extensions', SUPPORTED_EXTENSIONS.join(', ')],
      [
        'management API',
        supportedEndpoints()
          .map(({ name }) => `\`${name}\``)
          .join(', '),
      ],
    ],
  );
}

function withNote(name: string, note: string): string {
  return note === '' ? name : `${name} (${note})`;
}

function redisTable(): string {
  const rows = COMMAND_GROUPS.map(([title, commands]) => [title, commands.map(commandText).join(', ')]);
  return table(['group', 'commands'], rows);
}

function commandText({ name, subcommands }: Command): string {
  const upper = name.toUpperCase();
  if (!subcommands?.size) return upper;
  const names = [...subcommands.keys()].map((sub) => sub.split('|').at(-1)?.toUpperCase());
  return `${upper} (${names.join(', ')})`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return ['', line(head), line(head.map(() => '---')), ...rows.map(line), ''].join('\n');
}
