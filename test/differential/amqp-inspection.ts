/** What the management API says of the exchanges, queues and bindings of a program. */
import type { Site } from './amqp-run.js';

type Row = Readonly<Record<string, unknown>>;

const LISTS = [
  ['exchanges', ['name', 'type', 'durable', 'auto_delete', 'internal', 'arguments', 'policy']],
  ['queues', ['name', 'type', 'durable', 'auto_delete', 'exclusive', 'arguments']],
  ['bindings', ['source', 'destination_type', 'destination', 'routing_key', 'arguments', 'properties_key']],
] as const;

/** @param prefix begins a name that each of the rows has */
export async function inspect(site: Site, prefix: string): Promise<string> {
  const lines: string[] = [];
  for (const [what, columns] of LISTS) {
    const rows = (await site.management('GET', `/api/${what}/%2F`)) as readonly Row[];
    if (!Array.isArray(rows)) {
      const who = site.isConcurrent ? 'RabbitMQ' : 'tribroker';
      throw new Error(`${who} answers /api/${what} with ${JSON.stringify(rows)}`);
    }
    const isMine = ({ name, source, destination }: Row) =>
      [name, source, destination].some((each) => typeof each === 'string' && each.startsWith(prefix));
    const texts = rows.filter(isMine).map((row) => JSON.stringify(columns.map((column) => sorted(row[column]))));
    lines.push(`${what} ${texts.sort().join(' ')}`);
  }
  return lines.join('\n    ');
}

/** Keys in order. */
function sorted(value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value ?? null;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
