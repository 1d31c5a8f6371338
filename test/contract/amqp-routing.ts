/** Where messages go, asked of any way in: R2 and R3. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ClientChannel } from '../helpers/amqp-client.js';
import type { AmqpContract } from './amqp-delivery.js';

type Fields = Record<string, any>;

const QUEUES = ['q0', 'q1', 'q2', 'q3'] as const;

/** From the protocol's text: `*` is one word, `#` any number of them. */
function topicMatches(pattern: readonly string[], words: readonly string[]): boolean {
  const [first, ...rest] = pattern;
  if (first === undefined) return words.length === 0;
  if (first === '#') return topicMatches(rest, words) || (words.length > 0 && topicMatches(pattern, words.slice(1)));
  return words.length > 0 && (first === '*' || first === words[0]) && topicMatches(rest, words.slice(1));
}

const split = (key: string) => (key === '' ? [] : key.split('.'));

const MATCHES: Readonly<Record<string, (bound: string, key: string) => boolean>> = {
  direct: (bound, key) => bound === key,
  fanout: () => true,
  topic: (bound, key) => topicMatches(split(bound), split(key)),
};

const word = fc.constantFrom('a', 'b', '', 'ab', '*', '#');
const key = fc.array(word, { maxLength: 6, size: 'max' }).map((words) => words.join('.'));

/** Half of the keys are made of a pattern, so that they often fit. */
const keyLike = (pattern: string) =>
  fc.array(fc.constantFrom('a', 'b', '', 'ab', '*'), { minLength: 8, maxLength: 8 }).map((words) =>
    split(pattern)
      .flatMap((each, i) =>
        each === '#' ? words.slice(i, i + (words[i]?.length ?? 0)) : each === '*' ? words[i] : each,
      )
      .join('.'),
  );

/** Sends one message and tells where it arrived, and how often. */
function arrivals(channel: ClientChannel, exchange: string, routingKey: string, props?: Fields): string[] {
  channel.publish(exchange, routingKey, 'm', props);
  return QUEUES.flatMap((queue) => {
    const count: number = channel.call('queue.purge', { queue })?.messageCount;
    return Array.from({ length: count }, () => queue as string);
  });
}

function declared(contract: AmqpContract): ClientChannel {
  const channel = contract.create().connect().open(1);
  for (const queue of QUEUES) channel.call('queue.declare', { queue });
  return channel;
}

const binding = fc.tuple(fc.constantFrom(...QUEUES), key, fc.boolean());

/** Values of headers with what RabbitMQ 3 compares: the value at the top, values and types further down. */
const VALUES: ReadonlyArray<{ readonly json: unknown; readonly same: string }> = [
  { json: { $t: 'I', v: 1 }, same: '1' },
  { json: { $t: 'l', v: 1 }, same: '1' },
  { json: { $t: 'b', v: 1 }, same: '1' },
  { json: { $t: 'd', v: 1 }, same: '1' },
  { json: { $t: 'T', v: 1 }, same: '1' },
  { json: { $t: 'I', v: 2 }, same: '2' },
  { json: { $t: 'd', v: 1.5 }, same: '1.5' },
  { json: '1', same: 'text 1' },
  { json: '', same: 'text' },
  { json: true, same: 'true' },
  { json: false, same: 'false' },
  { json: ['1'], same: '[S 1]' },
  { json: [1], same: '[I 1]' },
  { json: [{ $t: 'l', v: 1 }], same: '[l 1]' },
  { json: { a: '1' }, same: '{a S 1}' },
];
const header = fc.record({ name: fc.constantFrom('a', 'b', 'x-c'), value: fc.nat(VALUES.length - 1) });
const headers = fc.uniqueArray(header, { maxLength: 3, selector: ({ name }) => name });
/** Now and then a binding only asks whether the header is there, or for just what the message has. */
const wanted = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom('a', 'b', 'x-c'),
    how: fc.constantFrom('any', 'same', 'own'),
    value: fc.nat(VALUES.length - 1),
  }),
  { maxLength: 3, selector: ({ name }) => name },
);

export function routingContract(contract: AmqpContract): void {
  const { numRuns } = contract;

  it.each(['direct', 'fanout', 'topic'])(
    'prop: R2 a %s exchange takes a message to each queue that is bound to its key, once',
    (type) => {
      const matches = MATCHES[type] as (bound: string, key: string) => boolean;
      const input = fc.array(binding, { maxLength: 12, size: 'max' }).chain((bindings) =>
        fc.record({
          bindings: fc.constant(bindings),
          keys: fc.array(
            bindings.length > 0
              ? fc.oneof(
                  key,
                  fc.constantFrom(...bindings).chain(([, bound]) => keyLike(bound)),
                )
              : key,
            { minLength: 2, maxLength: 6 },
          ),
        }),
      );
      fc.assert(
        fc.property(input, ({ bindings, keys }) => {
          const channel = declared(contract);
          channel.call('exchange.declare', { exchange: 'e', type });
          const bound = new Map<string, readonly [queue: string, key: string]>();
          for (const [queue, routingKey, stays] of bindings) {
            channel.call('queue.bind', { queue, exchange: 'e', routingKey });
            bound.set(`${queue} ${routingKey}`, [queue, routingKey]);
            if (stays) continue;
            channel.call('queue.unbind', { queue, exchange: 'e', routingKey });
            bound.delete(`${queue} ${routingKey}`);
          }
          for (const routingKey of keys) {
            const expected = [...bound.values()]
              .filter(([, each]) => matches(each, routingKey))
              .map(([queue]) => queue);
            expect(arrivals(channel, 'e', routingKey)).toEqual([...new Set(expected)].sort());
          }
        }),
        { numRuns },
      );
    },
  );

  it('prop: R2 a headers exchange compares by mode what is wanted with what is there, by value and type', () => {
    const mode = fc.constantFrom(undefined, 'all', 'any', 'all-with-x', 'any-with-x');
    fc.assert(
      fc.property(fc.array(fc.tuple(wanted, mode), { minLength: 1, maxLength: 3 }), headers, (bindings, given) => {
        const channel = declared(contract);
        channel.call('exchange.declare', { exchange: 'h', type: 'headers' });
        const has = new Map(given.map(({ name, value }) => [name, VALUES[value]]));
        const expected = new Set<string>();
        for (const [i, [terms, match]] of bindings.entries()) {
          const args: Fields = match === undefined ? {} : { 'x-match': match };
          const verdicts: boolean[] = [];
          for (const { name, how, value } of terms) {
            const own = has.get(name);
            const wish = how === 'same' && own ? own : (VALUES[value] as (typeof VALUES)[number]);
            args[name] = how === 'any' ? null : wish.json;
            if (name.startsWith('x-') && !match?.endsWith('-with-x')) continue;
            verdicts.push(own !== undefined && (how === 'any' || own.same === wish.same));
          }
          channel.call('queue.bind', { queue: `q${i}`, exchange: 'h', arguments: args });
          if (match?.startsWith('any') ? verdicts.includes(true) : !verdicts.includes(false)) expected.add(`q${i}`);
        }
        const props = { headers: Object.fromEntries([...has].map(([name, own]) => [name, own?.json])) };
        expect(arrivals(channel, 'h', '', props)).toEqual([...expected].sort());
      }),
      { numRuns },
    );
  });

  it('prop: R3 any graph of exchanges ends, visits each once, and asks an alternate only where nothing fitted', () => {
    const count = 12;
    const simpleKey = fc.constantFrom('a', 'b', 'a.b', '');
    const exchange = fc.record({
      type: fc.constantFrom('direct', 'fanout', 'topic'),
      alternate: fc.option(fc.nat(count), { nil: undefined, freq: 2 }),
    });
    const edge = fc.record({
      from: fc.nat(count - 1),
      to: fc.oneof(fc.nat(count - 1), fc.constantFrom(...QUEUES)),
      key: fc.oneof(simpleKey, fc.constantFrom('#', '*', 'a.#')),
    });
    const input = fc.record({
      exchanges: fc.array(exchange, { minLength: count, maxLength: count }),
      edges: fc.array(edge, { maxLength: 24, size: 'max' }),
      messages: fc.array(
        fc.record({
          at: fc.nat(count - 1),
          key: simpleKey,
          cc: fc.array(simpleKey, { maxLength: 2 }),
          bcc: fc.array(simpleKey, { maxLength: 1 }),
        }),
        { minLength: 3, maxLength: 6 },
      ),
    });
    fc.assert(
      fc.property(input, ({ exchanges, edges, messages }) => {
        const channel = declared(contract);
        for (const [i, { type, alternate }] of exchanges.entries()) {
          const args = alternate === undefined ? {} : { arguments: { 'alternate-exchange': `x${alternate}` } };
          channel.call('exchange.declare', { exchange: `x${i}`, type, ...args });
        }
        for (const { from, to, key: routingKey } of edges) {
          if (typeof to === 'string') channel.call('queue.bind', { queue: to, exchange: `x${from}`, routingKey });
          else channel.call('exchange.bind', { source: `x${from}`, destination: `x${to}`, routingKey });
        }
        for (const { at, key: routingKey, cc, bcc } of messages) {
          const keys = [routingKey, ...cc, ...bcc];
          const reached = new Set<string>();
          const visited = new Set([at]);
          for (const i of visited) {
            const { type, alternate } = exchanges[i] as (typeof exchanges)[number];
            const fitting = edges.filter((each) => each.from === i && keys.some((k) => MATCHES[type]?.(each.key, k)));
            for (const { to } of fitting) {
              if (typeof to === 'string') reached.add(to);
              else visited.add(to);
            }
            if (fitting.length === 0 && alternate !== undefined && alternate < count) visited.add(alternate);
          }
          expect(arrivals(channel, `x${at}`, routingKey, { headers: { CC: cc, BCC: bcc } })).toEqual(
            [...reached].sort(),
          );
        }
      }),
      { numRuns },
    );
  });
}
