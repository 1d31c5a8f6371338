import { describe, expect, it } from 'vitest';
import { AmqpPeer, AmqpWorld } from '../../helpers/amqp-wire.js';

/** A client of each release, on a channel. */
function opened(version: '3' | '4', limits = {}) {
  const world = new AmqpWorld({ version }, limits);
  const peer = world.connect();
  peer.call(1, 'channel.open');
  return { world, peer };
}

type Peer = ReturnType<typeof opened>['peer'];

const QUORUM = { durable: true, args: { 'x-queue-type': 'quorum' } };

/** How often a message comes back that is rejected each time, 25 at most. */
function returnsOf(peer: Peer): number {
  peer.call(1, 'queue.declare', { queue: 'q', ...QUORUM });
  peer.publish(1, { routingKey: 'q' }, {}, 'x');
  for (let times = 0; times < 25; times++) {
    const got = peer.call(1, 'basic.get', { queue: 'q' });
    if (got.name !== 'basic.get-ok') return times;
    peer.send(1, 'basic.reject', { deliveryTag: got.args.deliveryTag, requeue: true });
  }
  return 25;
}

/** The headers of a message that died once, which its publisher said had died before. */
function deadHeaders(peer: Peer) {
  peer.call(1, 'queue.declare', { queue: 'dead' });
  peer.call(1, 'queue.declare', {
    queue: 'q',
    args: { 'x-max-length': 0, 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'dead' },
  });
  const headers = { 'x-death': [{ queue: 'q', reason: 'maxlen', count: 7 }] };
  peer.publish(1, { routingKey: 'q' }, { headers }, 'x');
  return peer.call(1, 'basic.get', { queue: 'dead', noAck: true }).props?.headers;
}

/** The order in which a quorum queue gives messages of these priorities. */
function orderOf(peer: Peer, priorities: readonly number[]): string {
  peer.call(1, 'queue.declare', { queue: 'q', ...QUORUM });
  for (const priority of priorities) peer.publish(1, { routingKey: 'q' }, { priority }, String(priority));
  return priorities.map(() => peer.call(1, 'basic.get', { queue: 'q', noAck: true }).body).join(' ');
}

/** Whether a headers exchange takes the float 1 for the integer 1. */
function takesFloatForInteger(peer: Peer): boolean {
  peer.call(1, 'queue.declare', { queue: 'q' });
  peer.call(1, 'queue.bind', { queue: 'q', exchange: 'amq.headers', args: { a: 1 } });
  peer.publish(1, { exchange: 'amq.headers' }, { headers: { a: { $t: 'd', v: 1 } } }, 'x');
  return peer.call(1, 'basic.get', { queue: 'q', noAck: true }).name === 'basic.get-ok';
}

/** What becomes of a message whose header announces so many bytes. */
function announced(peer: Peer, bytes: number): string {
  peer.send(1, 'basic.publish', { routingKey: 'q' });
  const header = Buffer.alloc(14);
  header.writeUInt16BE(60, 0);
  header.writeBigUInt64BE(BigInt(bytes), 4);
  peer.sendFrame(2, 1, header);
  const [item] = peer.takeAll();
  return item?.kind === 'method' ? item.args.replyText : 'goes on';
}

/** Whether a mandatory answer to a direct reply consumer also comes back. */
function returnsReplies(peer: Peer): boolean {
  peer.call(1, 'basic.consume', { queue: 'amq.rabbitmq.reply-to', noAck: true });
  peer.call(1, 'queue.declare', { queue: 'rpc' });
  peer.publish(1, { routingKey: 'rpc' }, { replyTo: 'amq.rabbitmq.reply-to' }, 'ask');
  const { replyTo } = peer.call(1, 'basic.get', { queue: 'rpc', noAck: true }).props as { replyTo: string };
  peer.publish(1, { routingKey: replyTo, mandatory: true }, {}, 'answer');
  return peer.takeAll().some((item) => item.kind === 'method' && item.name === 'basic.return');
}

/** What a quorum queue writes of deliveries on what is fetched, once before and once behind a return; then what waits next. */
function returnOf(peer: Peer) {
  peer.call(1, 'queue.declare', { queue: 'q', ...QUORUM });
  for (const body of ['a', 'b']) peer.publish(1, { routingKey: 'q' }, {}, body);
  const first = peer.call(1, 'basic.get', { queue: 'q' });
  peer.send(1, 'basic.reject', { deliveryTag: first.args.deliveryTag, requeue: true });
  const next = peer.call(1, 'basic.get', { queue: 'q' });
  return { first: first.props?.headers?.['x-delivery-count'], next: next.body };
}

/** The queues that a message died in, as the last of them tells, when it has died in three. */
function deathsOf(peer: Peer): string[] {
  for (const [at, queue] of ['a', 'b', 'c', 'end'].entries()) {
    const args = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': ['b', 'c', 'end', ''][at] };
    peer.call(1, 'queue.declare', { queue, args });
  }
  peer.publish(1, { routingKey: 'a' }, {}, 'x');
  for (const queue of ['a', 'b', 'c']) {
    const { args } = peer.call(1, 'basic.get', { queue });
    peer.send(1, 'basic.reject', { deliveryTag: args.deliveryTag, requeue: false });
  }
  const { props } = peer.call(1, 'basic.get', { queue: 'end', noAck: true });
  return props?.headers['x-death'].map(({ queue }: { queue: string }) => queue);
}

/** Which of two consumers follows a single active one, the second of which has the higher priority. */
function successorOf(peer: Peer): string {
  peer.call(1, 'queue.declare', {
    queue: 'q',
    durable: true,
    args: { ...QUORUM.args, 'x-single-active-consumer': true },
  });
  for (const [consumerTag, priority] of [
    ['active', 0],
    ['low', 0],
    ['high', 5],
  ] as const) {
    peer.call(1, 'basic.consume', { queue: 'q', consumerTag, args: { 'x-priority': priority } });
  }
  peer.call(1, 'basic.cancel', { consumerTag: 'active' });
  peer.publish(1, { routingKey: 'q' }, {}, 'x');
  return peer.takeAll().map((item) => (item.kind === 'method' ? item.args.consumerTag : ''))[0];
}

/** What a stream gives back of headers and of the cluster's name. */
function streamedProperties(peer: Peer) {
  peer.call(1, 'queue.declare', { queue: 's', durable: true, args: { 'x-queue-type': 'stream' } });
  peer.publish(1, { routingKey: 's' }, { clusterId: 'c', headers: { list: [1], text: 'a' } }, 'x');
  peer.call(1, 'basic.qos', { prefetchCount: 1 });
  peer.send(1, 'basic.consume', { queue: 's', args: { 'x-stream-offset': 'first' } });
  const delivery = peer.takeAll().at(-1);
  return delivery?.kind === 'method' ? delivery.props : undefined;
}

const SIXTEEN_MIB = 16 * 1024 * 1024;

describe("what a client sees of RabbitMQ's release", () => {
  it('a quorum queue gives up after 20 returns in 4, never in 3', () => {
    expect([returnsOf(opened('3').peer), returnsOf(opened('4').peer)]).toEqual([25, 21]);
  });

  it('a quorum queue counts from the first fetch in 3 and from the first return in 4, when it gives back at once', () => {
    expect(returnOf(opened('3').peer)).toEqual({ first: { $t: 'l', v: 0 }, next: 'b' });
    expect(returnOf(opened('4').peer)).toEqual({ first: undefined, next: 'a' });
  });

  it('of deaths the newest comes first, and in 4 the others behind it in order', () => {
    expect([deathsOf(opened('3').peer), deathsOf(opened('4').peer)]).toEqual([
      ['c', 'a', 'b'],
      ['c', 'b', 'a'],
    ]);
  });

  it('of single active consumers of a quorum queue the one with the highest priority follows in 4', () => {
    expect([successorOf(opened('3').peer), successorOf(opened('4').peer)]).toEqual(['low', 'high']);
  });

  it('a stream keeps lists and the name of the cluster in 4', () => {
    expect(streamedProperties(opened('3').peer)).toEqual({
      headers: { text: 'a', 'x-stream-offset': { $t: 'l', v: 0 } },
    });
    expect(streamedProperties(opened('4').peer)).toMatchObject({ clusterId: 'c', headers: { list: [1], text: 'a' } });
  });

  it("a publisher's own x-death is continued in 3, and nothing in 4, which also tells of the last death", () => {
    const [three, four] = [deadHeaders(opened('3').peer), deadHeaders(opened('4').peer)];
    expect(three['x-death'][0].count).toEqual({ $t: 'l', v: 8 });
    expect(three).not.toHaveProperty('x-last-death-queue');
    expect(four['x-death'].map(({ count }: { count: unknown }) => count)).toEqual([{ $t: 'l', v: 1 }]);
    expect(four).toMatchObject({
      'x-first-death-queue': 'q',
      'x-last-death-queue': 'q',
      'x-last-death-reason': 'maxlen',
      'x-last-death-exchange': '',
    });
  });

  it('messages may have 16 MiB in 4, 128 MiB in 3', () => {
    const limits = { amqpMessageBytes: 2 ** 31 };
    expect(announced(opened('3', limits).peer, SIXTEEN_MIB + 1)).toBe('goes on');
    expect(announced(opened('4', limits).peer, SIXTEEN_MIB)).toBe('goes on');
    expect(announced(opened('4', limits).peer, SIXTEEN_MIB + 1)).toBe(
      `PRECONDITION_FAILED - message size ${SIXTEEN_MIB + 1} is larger than configured max size ${SIXTEEN_MIB}`,
    );
  });

  it('a quorum queue knows no priorities in 3, and in 4 two: two of the higher for one of the lower', () => {
    expect(orderOf(opened('3').peer, [1, 9, 2, 8])).toBe('1 9 2 8');
    expect(orderOf(opened('4').peer, [1, 9, 2, 8])).toBe('9 8 1 2');
  });

  it('a headers exchange takes a float for the same integer in 3, not in 4', () => {
    expect([takesFloatForInteger(opened('3').peer), takesFloatForInteger(opened('4').peer)]).toEqual([true, false]);
  });

  it('a mandatory direct reply is returned as well in 3, not in 4', () => {
    expect([returnsReplies(opened('3').peer), returnsReplies(opened('4').peer)]).toEqual([true, false]);
  });

  it('x-local-random is there in 4 only', () => {
    const declare = ({ peer }: { peer: Peer }) =>
      peer.call(1, 'exchange.declare', { exchange: 'e', type: 'x-local-random' }).name;
    expect([declare(opened('3')), declare(opened('4'))]).toEqual(['connection.close', 'exchange.declare-ok']);
  });

  it('ANONYMOUS logs in, and frames have 8192 bytes at least, in 4', () => {
    const failure = (version: '3' | '4', options: Parameters<AmqpPeer['handshake']>[0]) =>
      new AmqpPeer(new AmqpWorld({ version })).handshake(options)?.name;
    expect(failure('3', { mechanism: 'ANONYMOUS', response: '' })).toBe('end');
    expect(failure('4', { mechanism: 'ANONYMOUS', response: '' })).toBeUndefined();
    expect(failure('3', { frameMax: 4096 })).toBeUndefined();
    expect(failure('4', { frameMax: 8191 })).toBe('end');
  });

  it('the liveness test of the management API makes a queue in 3, nothing in 4', async () => {
    const queues = async ({ world }: { world: AmqpWorld }) => {
      expect((await world.http('GET', '/api/aliveness-test/%2F')).body).toEqual({ status: 'ok' });
      return [...(world.broker.vhosts.get('/')?.queues.keys() ?? [])];
    };
    expect([await queues(opened('3')), await queues(opened('4'))]).toEqual([['aliveness-test'], []]);
  });

  it('mirroring by policies has no effect, and types of queues may be what a policy is for', async () => {
    const { world, peer } = opened('4');
    const put = (name: string, body: object) => world.http('PUT', `/api/policies/%2F/${name}`, body);
    expect((await put('ha', { pattern: '', definition: { 'ha-mode': 'all' } })).status).toBe(201);
    const lengths = { pattern: '', definition: { 'max-length': 1 }, 'apply-to': 'quorum_queues', priority: 1 };
    expect((await put('short', lengths)).status).toBe(201);
    peer.call(1, 'queue.declare', { queue: 'classic' });
    peer.call(1, 'queue.declare', { queue: 'quorum', ...QUORUM });
    const { body } = await world.http('GET', '/api/queues?columns=name,policy');
    expect(body).toEqual([
      { name: 'classic', policy: 'ha' },
      { name: 'quorum', policy: 'short' },
    ]);
  });

  it('the server tells its release', () => {
    const told = (version: '3' | '4') => {
      const peer = new AmqpPeer(new AmqpWorld({ version }));
      peer.sendBytes(Buffer.from('AMQP\0\0\x09\x01', 'latin1'));
      const [start] = peer.takeAll();
      return start?.kind === 'method' && start.args.serverProperties.version;
    };
    expect([told('3'), told('4')]).toEqual(['3.10.8', '4.1.0']);
  });
});
