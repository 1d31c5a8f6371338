import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createBroker } from '../../../src/index.js';
import type { ChannelSink } from '../../../src/models/amqp/channel-sink.js';
import { toFieldTable } from '../../../src/models/amqp/field-table.js';
import type { VirtualHost } from '../../../src/models/amqp/virtual-host.js';

const BODY = new Uint8Array([1]);

/** Two channels on a fanout exchange; `seen` is what was delivered, with `log` called for each. */
function setUp(log: (line: string) => void) {
  const broker = createBroker({ clock: 'virtual' });
  const vhost = broker.amqp.vhosts.get('/') as VirtualHost;
  const sink = (channel: number): ChannelSink => ({
    deliver: ({ consumerTag, deliveryTag, routingKey }) =>
      log(`${channel} ${consumerTag} ${deliveryTag} ${routingKey}`),
    returned: () => {},
    confirm: () => {},
    cancelled: () => {},
    committed: () => {},
    closed: () => {},
  });
  const connection = broker.amqp.openInternal(broker.amqp.user('guest'), vhost);
  const channels = [1, 2].map((number) => connection.openChannel(number, sink(number)));
  const [first, second] = channels as [(typeof channels)[0], (typeof channels)[0]];
  first.exchangeDeclare({ exchange: 'all', type: 'fanout' });
  const addQueue = (queue: string) => {
    first.queueDeclare({ queue });
    first.queueBind({ queue, exchange: 'all', routingKey: '' });
  };
  return { broker, vhost, first, second, addQueue };
}

const taker = fc.constantFrom('none', '1 passing', '1 acking', '2 passing', '2 acking');

it('prop: each consumer of a fan-out gets the message in the order of the queues, tags without gaps', () => {
  fc.assert(
    fc.property(fc.array(taker, { maxLength: 12 }), (takers) => {
      const seen: string[] = [];
      const { vhost, first, second, addQueue } = setUp((line) => seen.push(line));
      for (const [n, kind] of takers.entries()) {
        addQueue(`q${n}`);
        const channel = kind.startsWith('1') ? first : second;
        if (kind !== 'none') channel.consume({ queue: `q${n}`, consumerTag: `c${n}`, noAck: kind.endsWith('passing') });
      }
      const tags = { '1': 0, '2': 0 };
      const expected = ['a', 'b'].flatMap((key) =>
        [...takers.entries()]
          .filter(([, kind]) => kind !== 'none')
          .map(([n, kind]) => `${kind[0]} c${n} ${++tags[kind[0] as '1' | '2']} ${key}`),
      );
      first.publish('all', 'a', {}, BODY);
      first.publish('all', 'b', {}, BODY);
      expect(seen).toEqual(expected);
      for (const [n, kind] of takers.entries()) {
        const queue = vhost.queues.get(`q${n}`);
        expect([queue?.counts.publish, queue?.messageCount]).toEqual([2, kind.endsWith('passing') ? 0 : 2]);
      }
    }),
  );
});

it('what a consumer publishes meanwhile follows the deliveries that are on their way', () => {
  const seen: string[] = [];
  const { first, addQueue } = setUp((line) => {
    seen.push(line);
    if (line.endsWith('c1 2 a')) first.publish('all', 'b', {}, BODY);
  });
  for (const n of [0, 1, 2]) {
    addQueue(`q${n}`);
    first.consume({ queue: `q${n}`, consumerTag: `c${n}`, noAck: true });
  }
  first.publish('all', 'a', {}, BODY);
  expect(seen).toEqual(['1 c0 1 a', '1 c1 2 a', '1 c2 3 a', '1 c0 4 b', '1 c1 5 b', '1 c2 6 b']);
});

it('a consumer that throws is reported and disturbs no other', () => {
  const seen: string[] = [];
  const errors: unknown[] = [];
  const { broker, first, addQueue } = setUp((line) => {
    seen.push(line);
    if (line.includes('c1')) throw new Error(line);
  });
  broker.on('error', (error) => errors.push((error as Error).message));
  for (const n of [0, 1, 2]) {
    addQueue(`q${n}`);
    first.consume({ queue: `q${n}`, consumerTag: `c${n}`, noAck: true });
  }
  first.publish('all', 'a', {}, BODY);
  expect(seen).toEqual(['1 c0 1 a', '1 c1 2 a', '1 c2 3 a']);
  expect(errors).toEqual(['1 c1 2 a']);
});

it('a queue that refuses for its length passes nothing on', () => {
  const seen: string[] = [];
  const { first, addQueue } = setUp((line) => seen.push(line));
  addQueue('q');
  const full = toFieldTable({ 'x-max-length': 0, 'x-overflow': 'reject-publish' });
  first.queueDeclare({ queue: 'full', arguments: full });
  first.queueBind({ queue: 'full', exchange: 'all', routingKey: '' });
  first.consume({ queue: 'full', consumerTag: 'c', noAck: true });
  first.publish('all', 'a', {}, BODY);
  expect(seen).toEqual([]);
});
