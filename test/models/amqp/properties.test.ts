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

describe('time', () => {
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
