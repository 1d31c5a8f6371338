/**
 * What becomes of a message that dies: its new headers, and whether the cycle rule stops it.
 *
 * @see https://www.rabbitmq.com/docs/dlx
 */
import type { AmqpVersion } from './config.js';
import type { Envelope } from './envelope.js';
import {
  EMPTY_TABLE,
  type FieldTable,
  type FieldValue,
  integerOf,
  isTable,
  longField,
  TypedField,
} from './field-table.js';
import { type BasicProperties, withProperties } from './properties.js';
import type { DeathReason } from './queue.js';

export interface Death {
  readonly queue: string;
  readonly reason: DeathReason;
  readonly atMs: number;
  /** Its queue kept the message packed: RabbitMQ 3 does not look at its properties then. */
  readonly packed: boolean;
}

/** Keys that a message was routed with: its own, those of CC, and those of a removed BCC. */
export function routingKeysOf(envelope: Envelope): string[] {
  return [envelope.routingKey, ...ccKeys(envelope.properties.headers), ...(envelope.hiddenKeys ?? [])];
}

function ccKeys(headers: FieldTable | undefined): string[] {
  const cc = headers?.get('CC');
  return Array.isArray(cc) ? cc.filter((key) => typeof key === 'string') : [];
}

/**
 * The properties of a message after it died: `x-death` brought up to date, no expiration.
 *
 * @param keepCc false where a dead letter routing key replaces all keys
 */
export function deadProperties(
  envelope: Envelope,
  death: Death,
  keepCc: boolean,
  version: AmqpVersion,
): BasicProperties {
  const headers = new Map(envelope.properties.headers ?? EMPTY_TABLE);
  const had = headers.get('x-death');
  // Publishers' own x-death means nothing to RabbitMQ 4: only what a broker wrote has this sibling.
  const ours = version === '3' || headers.has('x-first-death-queue');
  const entries = Array.isArray(had) && ours ? had : [];
  headers.set('x-death', updatedDeaths(entries, envelope, death, version));
  if (had === undefined || (version === '4' && !ours)) {
    headers.set('x-first-death-exchange', envelope.exchange);
    headers.set('x-first-death-queue', death.queue);
    headers.set('x-first-death-reason', death.reason);
  }
  if (version === '4') {
    headers.set('x-last-death-reason', death.reason);
    headers.set('x-last-death-queue', death.queue);
    headers.set('x-last-death-exchange', envelope.exchange);
  }
  if (!keepCc) headers.delete('CC');
  return withProperties(envelope.properties, { headers, expiration: undefined });
}

function updatedDeaths(
  entries: readonly FieldValue[],
  envelope: Envelope,
  death: Death,
  version: AmqpVersion,
): FieldValue[] {
  const had = version === '3' ? grouped(entries) : entries;
  const at = had.findIndex((entry) => isDeathOf(entry, death));
  const rest = had.filter((_entry, i) => i !== at);
  const entry = at === -1 ? newEntry(envelope, death) : countedOnce(had[at] as FieldTable);
  return [version === '3' ? sorted(entry) : entry, ...rest];
}

function countedOnce(entry: FieldTable): FieldTable {
  return new Map(entry).set('count', longField((integerOf(entry.get('count')) ?? 0) + 1));
}

/**
 * RabbitMQ 3 turns older entries round on every death. Where there are several it takes those of one queue and reason
 * for one, and for as many deaths if the first of them has no count: old releases wrote one entry a death.
 */
function grouped(entries: readonly FieldValue[]): readonly FieldValue[] {
  if (entries.length < 2) return entries;
  const keys = entries.map(groupOf);
  const firsts = entries.filter((_entry, i) => keys.indexOf(keys[i]) === i);
  return firsts.reverse().map((first) => {
    if (!isTable(first) || first.has('count')) return first;
    const count = keys.filter((key) => key === groupOf(first)).length;
    return new Map<string, FieldValue>([['count', longField(count)], ...first]);
  });
}

/** Equal for entries of one queue and reason. */
function groupOf(entry: FieldValue): unknown {
  return isTable(entry) ? JSON.stringify([entry.get('queue'), entry.get('reason')]) : entry;
}

function sorted(table: FieldTable): FieldTable {
  return new Map([...table].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function newEntry(envelope: Envelope, death: Death): FieldTable {
  const { expiration, headers } = envelope.properties;
  const entry = new Map<string, FieldValue>([
    ['count', longField(1)],
    ['reason', death.reason],
    ['queue', death.queue],
    ['time', new TypedField('T', Math.floor(death.atMs / 1000))],
    ['exchange', envelope.exchange],
    ['routing-keys', [envelope.routingKey, ...ccKeys(headers)]],
  ]);
  if (expiration !== undefined && !death.packed) entry.set('original-expiration', expiration);
  return entry;
}

function isDeathOf(entry: FieldValue, { queue, reason }: Death): entry is FieldTable {
  return isTable(entry) && entry.get('queue') === queue && entry.get('reason') === reason;
}

/**
 * Whether a message that died by itself has been in this queue since it was last rejected: it would go round for ever.
 */
export function isCycle(properties: BasicProperties, queue: string): boolean {
  const deaths = properties.headers?.get('x-death');
  if (!Array.isArray(deaths)) return false;
  for (const entry of deaths) {
    if (!isTable(entry)) continue;
    if (entry.get('reason') === 'rejected') return false;
    if (entry.get('queue') === queue) return true;
  }
  return false;
}
