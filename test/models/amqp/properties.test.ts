import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  AmqpBroker,
  type AmqpChannel,
  AmqpError,
  type ChannelSink,
  type Delivery,
  type FieldValue,
  TypedField,
} from '../../../src/models/amqp/index.js';
import { modelContext } from '../../helpers/amqp-recording.js';

/** A broker with one client, and what its channels were told. */
function setUp() {
  const context = modelContext();
  const amqp = new AmqpBroker(context);
  const sink = { closed: () => {}, blocked: () => {}, unblocked: () => {} };
  const connect = () => amqp.openConnection({ user: 'guest', vhost: '/', name: 'c', nodeId: 1, sink });
  const connection = connect();
  const open = (number: number, overrides: Partial<ChannelSink> = {}) => {
    const deliveries: Delivery[] = [];
    const quiet = () => {};
    const channel: AmqpChannel = connection.openChannel(number, {
      deliver: (delivery) => void deliveries.push(delivery),
      returned: quiet,
      confirm: quiet,
      cancelled: quiet,
      committed: quiet,
      closed: quiet,
      ...overrides,
    });
    return { channel, deliveries };
  };
  return { context, amqp, connect, connection, open };
}

const bytes = (text: string) => new TextEncoder().encode(text);

/** From the protocol's text: `*` is one word, `#` any number of them. */
function topicMatches(pattern: readonly string[], words: readonly string[]): boolean {
  const [first, ...rest] = pattern;
  if (first === undefined) return words.length === 0;
  if (first === '#') return topicMatches(rest, words) || (words.length > 0 && topicMatches(pattern, words.slice(1)));
  return words.length > 0 && (first === '*' || first === words[0]) && topicMatches(rest, words.slice(1));
}

const split = (key: string) => (key === '' ? [] : key.split('.'));
const word = fc.constantFrom('a', 'b', '', 'ab', '*', '#');
const key = fc.array(word, { maxLength: 5 }).map((words) => words.join('.'));

describe('routing', () => {
  it('prop: R2 topics match as the plain recursive matcher, each queue at most once', () => {
    fc.assert(
      fc.property(fc.array(key, { maxLength: 12 }), fc.array(key, { minLength: 1, maxLength: 8 }), (patterns, keys) => {
        const { amqp } = setUp();
        amqp.assertExchange('t', 'topic');
        for (const [i, pattern] of patterns.entries()) {
          amqp.assertQueue(`q${i % 4}`);
          amqp.bind(`q${i % 4}`, 't', pattern);
        }
        // Half of the bindings go again: what is left must not notice.
        for (const [i, pattern] of patterns.entries()) {
          if (i % 2 === 1 && patterns.findIndex((other, k) => other === pattern && k % 4 === i % 4) === i) {
            amqp.unbind(`q${i % 4}`, 't', pattern);
          }
        }
        const left = amqp.exchange('t').bindings;
        for (const each of keys) {
          const wanted = left.filter((binding) => topicMatches(split(binding.routingKey), split(each)));
          const queues = new Set(wanted.map((binding) => binding.destination));
          expect([...amqp.publish('t', each, '').routed].sort()).toEqual([...queues].sort());
        }
      }),
      { numRuns: 300 },
    );
  });

  it('prop: R3 graphs of exchanges end, cycles included, and reach what a search reaches', () => {
    const edge = fc.tuple(fc.nat(5), fc.nat(5));
    fc.assert(
      fc.property(fc.array(edge, { maxLength: 16 }), (edges) => {
        const { amqp, open } = setUp();
        const { channel } = open(1);
        for (let i = 0; i < 6; i++) {
          amqp.assertExchange(`x${i}`, 'fanout');
          amqp.assertQueue(`q${i}`);
          amqp.bind(`q${i}`, `x${i}`);
        }
        for (const [from, to] of edges) {
          channel.exchangeBind({ source: `x${from}`, destination: `x${to}`, routingKey: '' });
        }
        const reached = new Set([0]);
        for (const at of reached) for (const [from, to] of edges) if (from === at) reached.add(to);
        const wanted = [...reached].map((i) => `q${i}`).sort();
        expect([...amqp.publish('x0', '', '').routed].sort()).toEqual(wanted);
      }),
      { numRuns: 100 },
    );
  });

  it('prop: R2 headers match by mode over what is wanted', () => {
    const table = fc.dictionary(fc.constantFrom('a', 'b', 'x-c'), fc.integer({ min: 0, max: 1 }));
    const mode = fc.constantFrom('all', 'any', 'all-with-x', 'any-with-x');
    fc.assert(
      fc.property(table, mode, table, (wanted, match, headers) => {
        const { amqp } = setUp();
        amqp.assertExchange('h', 'headers');
        amqp.assertQueue('q');
        amqp.bind('q', 'h', '', { ...wanted, 'x-match': match });
        const names = Object.keys(wanted).filter((name) => match.endsWith('-with-x') || !name.startsWith('x-'));
        const hits = names.filter((name) => headers[name] === wanted[name]);
        const expected = match.startsWith('all') ? hits.length === names.length : hits.length > 0;
        expect(amqp.publish('h', '', '', { headers }).dropped).toBe(!expected);
      }),
      { numRuns: 300 },
    );
  });
});

describe('limits', () => {
  it('prop: R12 R18 length limits and priorities hold after each publish', () => {
    const input = fc.record({
      max: fc.integer({ min: 0, max: 5 }),
      levels: fc.constantFrom(undefined, 1, 4),
      priorities: fc.array(fc.nat(6), { maxLength: 20 }),
    });
    fc.assert(
      fc.property(input, ({ max, levels, priorities }) => {
        const { amqp } = setUp();
        amqp.assertQueue('q', { maxLength: max, ...(levels !== undefined && { maxPriority: levels }) });
        let model: Array<{ readonly level: number; readonly id: number }> = [];
        for (const [id, priority] of priorities.entries()) {
          amqp.publish('', 'q', String(id), { priority });
          model.push({ level: levels === undefined ? 0 : Math.min(priority, levels), id });
          model.sort((a, b) => b.level - a.level || a.id - b.id);
          model = model.slice(Math.max(0, model.length - max));
          expect(amqp.queue('q').length).toBeLessThanOrEqual(max);
        }
        const ids = amqp.queue('q').messages();
        expect(ids.map((message) => Number(message.text()))).toEqual(model.map(({ id }) => id));
      }),
      { numRuns: 200 },
    );
  });
});

describe('consumers', () => {
  it('prop: R9 every publish in confirm mode is confirmed once, after its return', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 40 }), (routable) => {
        const { open, context } = setUp();
        const log: string[] = [];
        let confirmed = 0;
        const { channel } = open(1, {
          returned: ({ body }) => void log.push(`return ${new TextDecoder().decode(body)}`),
          confirm: ({ deliveryTag, multiple }) => {
            expect(multiple || deliveryTag === confirmed + 1).toBe(true);
            while (confirmed < deliveryTag) log.push(`ack ${++confirmed}`);
          },
        });
        channel.queueDeclare({ queue: 'q' });
        channel.confirmSelect();
        context.outbox.run(() => {
          for (const [i, good] of routable.entries()) {
            channel.publish('', good ? 'q' : 'nope', {}, bytes(String(i + 1)), { mandatory: true });
          }
        });
        const acks = log.filter((line) => line.startsWith('ack'));
        expect(acks).toEqual(routable.map((_good, i) => `ack ${i + 1}`));
        for (const [i, good] of routable.entries()) {
          const returned = log.indexOf(`return ${i + 1}`);
          if (good) expect(returned).toBe(-1);
          else expect(log.indexOf(`ack ${i + 1}`)).toBeGreaterThan(returned);
        }
      }),
      { numRuns: 150 },
    );
  });
});

describe('time and transactions', () => {
  it('prop: R11 nothing is delivered after its time, and only heads expire', () => {
    const message = fc.record({ ttl: fc.constantFrom(0, 10, 20, 50), gap: fc.nat(15) });
    fc.assert(
      fc.property(fc.array(message, { maxLength: 15 }), fc.nat(60), (messages, later) => {
        const { amqp, context } = setUp();
        const { clock } = context;
        amqp.assertQueue('q');
        let model: Array<{ readonly id: number; readonly at: number }> = [];
        const expire = () => {
          while (model[0] !== undefined && model[0].at <= clock.now) model.shift();
        };
        for (const [id, { ttl, gap }] of messages.entries()) {
          amqp.publish('', 'q', String(id), { expiration: ttl });
          model = [...model, { id, at: clock.now + ttl }];
          expire();
          clock.advanceTo(clock.now + gap);
          expire();
        }
        clock.advanceTo(clock.now + later);
        expire();
        const ids = amqp.queue('q').messages();
        expect(ids.map((each) => Number(each.text()))).toEqual(model.map(({ id }) => id));
      }),
      { numRuns: 150 },
    );
  });

  it('prop: R17 a commit shows everything at once, a rollback nothing', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('publish', 'commit', 'rollback'), { maxLength: 30 }), (actions) => {
        const { amqp, open } = setUp();
        const { channel } = open(1);
        channel.queueDeclare({ queue: 'q' });
        channel.txSelect();
        let pending = 0;
        let visible = 0;
        for (const action of actions) {
          if (action === 'publish') {
            channel.publish('', 'q', {}, bytes('x'));
            pending++;
          } else {
            if (action === 'commit') channel.txCommit();
            else channel.txRollback();
            visible += action === 'commit' ? pending : 0;
            pending = 0;
          }
          expect(amqp.queue('q').length).toBe(visible);
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe('life and death', () => {
  it('prop: R13 each hop adds its entry in front, and a message that dies by itself never comes twice', () => {
    const hop = fc.constantFrom('q0', 'q1', 'q2', 'q3');
    fc.assert(
      fc.property(fc.array(hop, { minLength: 4, maxLength: 4 }), (targets) => {
        const { amqp, context } = setUp();
        for (const [i, target] of targets.entries()) {
          amqp.assertQueue(`q${i}`, { messageTtl: 10, deadLetterExchange: '', deadLetterRoutingKey: target });
        }
        amqp.publish('', 'q0', 'm');
        const path = ['q0'];
        for (let hops = 0; hops < 6; hops++) {
          const at = path.at(-1) as string;
          const [message] = amqp.queue(at).messages();
          const deaths = (message?.headers['x-death'] ?? []) as Array<{ queue: string }>;
          expect(new Set(deaths.map(({ queue }) => queue))).toEqual(new Set(path.slice(0, -1)));
          if (path.length > 1) expect(deaths[0]?.queue).toBe(path.at(-2));
          context.clock.advanceTo(context.clock.now + 10);
          const next = targets[Number(at[1])] as string;
          if (path.includes(next)) {
            for (let i = 0; i < 4; i++) expect(amqp.queue(`q${i}`).length).toBe(0);
            return;
          }
          path.push(next);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('prop: R10 R16 redeclaring changes nothing, and no binding dangles', () => {
    const action = fc.constantFrom('queue', 'exchange', 'bind', 'e2e', 'delete-queue', 'delete-exchange');
    fc.assert(
      fc.property(fc.array(fc.tuple(action, fc.nat(3), fc.nat(3)), { maxLength: 40 }), (actions) => {
        const { amqp, open } = setUp();
        const { channel } = open(1);
        const attempt = (act: () => void) => {
          try {
            act();
          } catch (error) {
            expect(error).toBeInstanceOf(AmqpError);
          }
        };
        for (const [what, a, b] of actions) {
          const autoDelete = a === 3;
          attempt(() => {
            if (what === 'queue') channel.queueDeclare({ queue: `q${a}`, durable: b === 0 });
            else if (what === 'exchange') channel.exchangeDeclare({ exchange: `x${a}`, type: 'fanout', autoDelete });
            else if (what === 'bind') channel.queueBind({ queue: `q${a}`, exchange: `x${b}`, routingKey: '' });
            else if (what === 'e2e') channel.exchangeBind({ source: `x${a}`, destination: `x${b}`, routingKey: '' });
            else if (what === 'delete-queue') channel.queueDelete({ queue: `q${a}` });
            else channel.exchangeDelete({ exchange: `x${a}` });
          });
          const { exchanges, queues } = amqp.vhosts.get('/') as NonNullable<ReturnType<typeof amqp.vhosts.get>>;
          for (const exchange of exchanges.values()) {
            for (const binding of exchange.bindings.values()) {
              expect(binding.destination.alive).toBe(true);
              expect(binding.destination.incoming.has(binding)).toBe(true);
            }
          }
          for (const queue of queues.values()) for (const { source } of queue.incoming) expect(source.alive).toBe(true);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('prop: R19 names of headers are only data', () => {
    const { amqp } = setUp();
    amqp.assertQueue('q');
    const headers = new Map<string, FieldValue>([
      ['__proto__', new TypedField('I', 1)],
      ['constructor', 'x'],
    ]);
    amqp.publish('', 'q', '', { headers });
    const read = amqp.queue('q').peek()?.headers as Record<string, unknown>;
    expect(Object.keys(read)).toEqual(['__proto__', 'constructor']);
    expect(read.polluted).toBeUndefined();
  });
});
