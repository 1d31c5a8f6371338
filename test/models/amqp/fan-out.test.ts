import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createBroker } from '../../../src/index.js';
import type { AmqpChannel } from '../../../src/models/amqp/channel.js';
import type { ChannelSink } from '../../../src/models/amqp/channel-sink.js';
import { toFieldTable } from '../../../src/models/amqp/field-table.js';
import type { VirtualHost } from '../../../src/models/amqp/virtual-host.js';

const BODY = new Uint8Array([1]);

/** Two channels on a fanout exchange that one named `via` leads to; `log` is called for each delivery. */
function setUp(log: (line: string, tag: number, channel: AmqpChannel) => void) {
  const broker = createBroker({ clock: 'virtual' });
  const vhost = broker.amqp.vhosts.get('/') as VirtualHost;
  const sink = (channel: number): ChannelSink => ({
    deliver: ({ consumerTag, deliveryTag, routingKey, redelivered }) => {
      const line = `${channel} ${consumerTag} ${deliveryTag} ${routingKey}${redelivered ? ' again' : ''}`;
      log(line, deliveryTag, connection.channels.get(channel) as AmqpChannel);
    },
    returned: () => {},
    confirm: () => {},
    cancelled: () => {},
    committed: () => {},
    closed: () => {},
  });
  const connection = broker.amqp.openInternal(broker.amqp.user('guest'), vhost);
  const channels = [1, 2].map((number) => connection.openChannel(number, sink(number)));
  const [first, second] = channels as [(typeof channels)[0], (typeof channels)[0]];
  for (const exchange of ['all', 'via']) first.exchangeDeclare({ exchange, type: 'fanout' });
  first.exchangeBind({ source: 'via', destination: 'all', routingKey: '' });
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
      const expected = ['a', 'b', 'c'].flatMap((key) =>
        [...takers.entries()]
          .filter(([, kind]) => kind !== 'none')
          .map(([n, kind]) => `${kind[0]} c${n} ${++tags[kind[0] as '1' | '2']} ${key}`),
      );
      for (const key of ['a', 'b', 'c']) first.publish('all', key, {}, BODY);
      expect(seen).toEqual(expected);
      for (const [n, kind] of takers.entries()) {
        const queue = vhost.queues.get(`q${n}`);
        expect([queue?.counts.publish, queue?.messageCount]).toEqual([3, kind.endsWith('passing') ? 0 : 3]);
      }
    }),
  );
});

const queueNumber = fc.nat({ max: 5 });
const channelNumber = fc.nat({ max: 1 });
const change = fc.oneof(
  { weight: 6, arbitrary: fc.constant({ kind: 'publish' as const }) },
  fc.record({ kind: fc.constant('consume' as const), queue: queueNumber, channel: channelNumber, noAck: fc.boolean() }),
  fc.record({ kind: fc.constantFrom('cancel' as const, 'replace' as const), queue: queueNumber }),
  fc.record({ kind: fc.constant('pause' as const), channel: channelNumber, paused: fc.boolean() }),
  fc.record({ kind: fc.constant('limit' as const), channel: channelNumber, prefetch: fc.constantFrom(0, 0, 0, 1) }),
  fc.record({ kind: fc.constant('policy' as const), overflow: fc.constantFrom('drop-head', 'reject-publish') }),
);

/** What is delivered and counted when all is published to one exchange, with changes in between. */
function play(exchange: string, changes: ReadonlyArray<typeof change extends fc.Arbitrary<infer C> ? C : never>) {
  const seen: string[] = [];
  const { broker, vhost, first, second, addQueue } = setUp((line) => seen.push(line));
  for (let n = 0; n <= 5; n++) addQueue(`q${n}`);
  const channels = [first, second];
  for (const [n, what] of changes.entries()) {
    const queue = 'queue' in what ? `q${what.queue}` : '';
    const channel = channels['channel' in what ? what.channel : 0] as AmqpChannel;
    const [consumer] = vhost.queues.get(queue)?.consumers.values() ?? [];
    if (what.kind === 'publish') first.publish(exchange, `${n}`, {}, BODY);
    else if (what.kind === 'consume') channel.consume({ queue, consumerTag: `c${n}`, noAck: what.noAck });
    else if (what.kind === 'cancel') consumer?.channel.cancel(consumer.tag);
    else if (what.kind === 'replace') {
      first.queueDelete({ queue });
      addQueue(queue);
    } else if (what.kind === 'pause') channel.setPaused(what.paused);
    else if (what.kind === 'limit') channel.qos(what.prefetch, true);
    else if (what.kind === 'policy') {
      const definition = toFieldTable({ overflow: what.overflow, 'max-length': 0 });
      vhost.setPolicy('policy', { name: 'p', pattern: '^q[0-2]', applyTo: 'queues', definition, priority: 0 });
    }
  }
  const counts = [...vhost.queues.values()].map(({ name, messageCount, counts: of }) => [
    name,
    messageCount,
    { ...of },
  ]);
  const told = [vhost.counts, first.counts, second.counts].map((of) => ({ ...of }));
  broker[Symbol.dispose]();
  return { seen, counts, told };
}

it('prop: however often the same queues are reached, each change of their consumers counts at once', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 60, size: 'max' }), (changes) => {
      // Behind another exchange the queues are gathered anew for each message.
      expect(play('all', changes)).toEqual(play('via', changes));
    }),
    { numRuns: 300 },
  );
});

it('a limit of the channel that is reached stops also those that do not ack', () => {
  const seen: string[] = [];
  const { first, addQueue } = setUp((line) => seen.push(line));
  first.qos(2, true);
  for (const n of [0, 1, 2, 3]) {
    addQueue(`q${n}`);
    first.consume({ queue: `q${n}`, consumerTag: `c${n}`, noAck: n > 0 });
  }
  for (const key of ['a', 'b', 'c']) first.publish('all', key, {}, BODY);
  expect(seen).toEqual(['1 c0 1 a', '1 c1 2 a', '1 c2 3 a', '1 c3 4 a', '1 c0 5 b']);
});

it('a message that one consumer sends back at once comes to the others for the first time', () => {
  const seen: string[] = [];
  const { first, addQueue } = setUp((line, tag, channel) => {
    seen.push(line);
    if (line.includes('c0') && !line.endsWith('again')) channel.nack(tag);
  });
  for (const n of [0, 1, 2, 3]) {
    addQueue(`q${n}`);
    first.consume({ queue: `q${n}`, consumerTag: `c${n}`, noAck: n > 0 });
  }
  first.publish('all', 'a', {}, BODY);
  expect(seen).toEqual(['1 c0 1 a', '1 c1 2 a', '1 c2 3 a', '1 c3 4 a', '1 c0 5 a again']);
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
