/** Where a message goes: topic, direct and headers exchanges of many bindings. */
import { createRequire } from 'node:module';
import { getRoutingKeyPattern, Broker as Smqp } from 'smqp';
import type { Exchange } from '../src/models/amqp/exchange.js';
import { type FieldTable, toFieldTable } from '../src/models/amqp/field-table.js';
import { createDice, openChannel } from './amqp-channel.js';
import { type Measured, Report, race, smoke, type Work } from './report.js';

interface Qlobber {
  add(pattern: string, value: number): void;
  match(key: string): number[];
}
const { Qlobber } = createRequire(import.meta.url)('qlobber') as {
  Qlobber: new (options: object) => Qlobber;
};

const report = new Report('amqp: routing');
const dice = createDice(1);
const { vhost, channel } = openChannel();
const KEYS = smoke ? 1_000 : 200_000;

function ratio(row: string, ours: Measured, name: string, peer: Measured, atLeast: number): void {
  const values = { ours: ours.median, spread: ours.spread, peer: { name, value: peer.median } };
  report.add({ row, unit: 'ops/s', ...values, target: { atLeast } });
}

function same(what: string, a: readonly unknown[], b: readonly unknown[]): void {
  if ([...a].sort().join() !== [...b].sort().join()) throw new Error(`${what}: the contenders do not agree`);
}

/** Calls `route` with each of `keys` in turn, over and over; a call goes on where the one before ended. */
function cycle<Item>(keys: readonly Item[], route: (key: Item) => unknown): Work {
  let at = 0;
  return (count) => {
    for (let n = 0; n < count; n++) {
      route(keys[at] as Item);
      if (++at === keys.length) at = 0;
    }
  };
}

const word = (vocabulary: number) => `w${dice(vocabulary)}`;
const words = (vocabulary: number) => Array.from({ length: 3 + dice(3) }, () => word(vocabulary));

/** 40 % without wildcards, 30 % with one `*`, 30 % with a `#`. */
function topicPatterns(count: number, vocabulary: number): string[] {
  const patterns = new Set<string>();
  while (patterns.size < count) {
    const pattern = words(vocabulary);
    const kind = patterns.size % 10;
    if (kind >= 4) pattern[dice(pattern.length)] = kind < 7 ? '*' : '#';
    patterns.add(pattern.join('.'));
  }
  return [...patterns];
}

/** Half of the keys match a pattern for sure, its wildcards filled in. */
function topicKey(patterns: readonly string[], vocabulary: number): string {
  if (dice(2) === 0) return words(vocabulary).join('.');
  const pattern = patterns[dice(patterns.length)] as string;
  return pattern.replace(/[*#]/, () => word(vocabulary));
}

/** Key streams by name. Those that never repeat are as many as no cache remembers. */
function topicKeys(patterns: readonly string[], vocabulary: number): Record<string, string[]> {
  // Flat strings, as they come from the wire, not ropes.
  const flat = (key: string) => Buffer.from(key).toString('latin1');
  const some = Array.from({ length: KEYS / 4 }, () => flat(topicKey(patterns, vocabulary)));
  // Rank by a power of the pool's size: as often as 1 / rank.
  const zipf = Array.from({ length: KEYS }, () => Math.floor(some.length ** (dice(1_000_000) / 1_000_000)) - 1);
  const unique = Array.from({ length: KEYS }, (_, n) => flat(`${topicKey(patterns, vocabulary)}.n${n}`));
  return {
    uniform: Array.from({ length: KEYS }, () => some[dice(some.length)] as string),
    zipf: zipf.map((rank) => some[rank] as string),
    'never repeating': unique,
  };
}

function routeVia(exchange: Exchange): (routingKey: string) => unknown {
  return (routingKey) => vhost.route(exchange, { routingKey, properties: {} });
}

/** What smqp does for each message: every pattern in turn. */
function patternLoop(patterns: readonly string[]): (key: string) => number[] {
  const compiled = patterns.map(getRoutingKeyPattern);
  return (key) => {
    const found: number[] = [];
    for (let n = 0; n < compiled.length; n++) if (compiled[n]?.test(key)) found.push(n);
    return found;
  };
}

async function benchTopic(size: number): Promise<void> {
  const vocabulary = Math.max(10, Math.ceil(Math.sqrt(size)));
  const patterns = topicPatterns(size, vocabulary);
  const name = `topic-${size}`;
  const peer = new Qlobber({ separator: '.', wildcard_one: '*', wildcard_some: '#' });
  const loop = patternLoop(patterns);
  channel.exchangeDeclare({ exchange: name, type: 'topic' });
  for (const [n, pattern] of patterns.entries()) {
    channel.queueDeclare({ queue: `${name}-${n}` });
    channel.queueBind({ queue: `${name}-${n}`, exchange: name, routingKey: pattern });
    peer.add(pattern, n);
  }
  const exchange = vhost.exchanges.get(name) as Exchange;
  const streams = topicKeys(patterns, vocabulary);
  for (const key of Object.values(streams).flatMap((keys) => keys.slice(0, 20))) {
    const ours = vhost.route(exchange, { routingKey: key, properties: {} });
    const numbers = ours.map((queue) => Number(queue.name.slice(name.length + 1)));
    same(key, numbers, [...new Set(peer.match(key))]);
    same(key, numbers, loop(key));
  }
  for (const [stream, keys] of Object.entries(streams)) {
    const rates = await race({
      ours: cycle(keys, routeVia(exchange)),
      qlobber: cycle(keys, (key) => peer.match(key)),
    });
    ratio(`topic, ${size} bindings, ${stream}`, rates.ours, 'qlobber', rates.qlobber, stream === 'zipf' ? 2.5 : 1.5);
  }
  if (size !== 10 && size !== 10_000) return;
  const keys = streams.uniform as string[];
  const rates = await race({ ours: cycle(keys, routeVia(exchange)), smqp: cycle(keys, loop) });
  ratio(`topic, ${size} bindings, uniform`, rates.ours, "smqp's loop", rates.smqp, size === 10 ? 1 : 1_500);
}

async function benchDirect(): Promise<void> {
  const size = smoke ? 100 : 10_000;
  const peer = new Smqp();
  peer.assertExchange('direct', 'direct', { autoDelete: false });
  channel.exchangeDeclare({ exchange: 'direct', type: 'direct' });
  const keys = Array.from({ length: size }, (_, n) => `key.${n}`);
  let got = '';
  const note = (routingKey: string) => {
    got = routingKey;
  };
  for (const key of keys) {
    channel.queueDeclare({ queue: key });
    channel.queueBind({ queue: key, exchange: 'direct', routingKey: key });
    peer.assertQueue(key, { autoDelete: false });
    peer.bindQueue(key, 'direct', key);
    peer.consume(key, note, { noAck: true });
  }
  const exchange = vhost.exchanges.get('direct') as Exchange;
  const theirs = (key: string) => peer.publish('direct', key, undefined);
  theirs(keys[7] as string);
  same(
    'direct',
    vhost.route(exchange, { routingKey: keys[7] as string, properties: {} }).map(({ name }) => name),
    [got],
  );
  const rates = await race({ ours: cycle(keys, routeVia(exchange)), theirs: cycle(keys, theirs) });
  ratio(`direct, ${size} bindings`, rates.ours, 'smqp', rates.theirs, 1_000);
}

/** A plain loop over the pairs of each binding. */
function pairLoop(wanted: ReadonlyArray<ReadonlyArray<readonly [string, string]>>, any: boolean) {
  return (headers: FieldTable): number[] => {
    const found: number[] = [];
    for (let n = 0; n < wanted.length; n++) {
      const pairs = wanted[n] as ReadonlyArray<readonly [string, string]>;
      let hits = 0;
      for (const [name, value] of pairs) {
        if ((headers.get(name) === value) === any) {
          hits = any ? 1 : -1;
          break;
        }
      }
      if (any ? hits === 1 : hits === 0) found.push(n);
    }
    return found;
  };
}

async function benchHeaders(mode: 'all' | 'any'): Promise<void> {
  const size = smoke ? 50 : 1_000;
  const name = `headers-${mode}`;
  const pick = (count: number) => {
    const names = new Set<string>();
    while (names.size < count) names.add(`h${dice(20)}`);
    return [...names].map((header) => [header, `v${dice(20)}`] as const);
  };
  const wanted = Array.from({ length: size }, () => pick(3));
  channel.exchangeDeclare({ exchange: name, type: 'headers' });
  for (const [n, pairs] of wanted.entries()) {
    channel.queueDeclare({ queue: `${name}-${n}` });
    const args = toFieldTable({ 'x-match': mode, ...Object.fromEntries(pairs) });
    channel.queueBind({ queue: `${name}-${n}`, exchange: name, routingKey: '', arguments: args });
  }
  const exchange = vhost.exchanges.get(name) as Exchange;
  // Every other message is what some binding wants, with more besides.
  const messages = Array.from({ length: 1_000 }, (_, n) =>
    toFieldTable(Object.fromEntries(n % 2 === 0 ? pick(5) : [...pick(2), ...(wanted[n % size] ?? [])])),
  );
  const ours = (headers: FieldTable) => vhost.route(exchange, { routingKey: '', properties: { headers } });
  const loop = pairLoop(wanted, mode === 'any');
  for (const headers of messages) {
    same(
      'headers',
      ours(headers).map((queue) => Number(queue.name.slice(name.length + 1))),
      loop(headers),
    );
  }
  const rates = await race({ ours: cycle(messages, ours), loop: cycle(messages, loop) });
  ratio(`headers, ${size} bindings, ${mode}`, rates.ours, 'pair loop', rates.loop, 30);
}

for (const size of smoke ? [10, 100] : [10, 100, 1_000, 10_000, 100_000]) await benchTopic(size);
await benchDirect();
await benchHeaders('all');
await benchHeaders('any');
report.print();
