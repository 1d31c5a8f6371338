import { describe, expect, test } from 'vitest';
import type { Verdict } from '../../../src/wire/interceptors.js';
import { type AmqpPeer, AmqpWorld } from '../../helpers/amqp-wire.js';

function opened(world: AmqpWorld): AmqpPeer {
  const peer = world.connect();
  peer.call(1, 'channel.open');
  peer.call(1, 'queue.declare', { queue: 'q' });
  return peer;
}

const names = (peer: AmqpPeer) => peer.takeAll().map((item) => (item.kind === 'method' ? item.name : item.kind));

/** The next `operation` meets this fault. */
function once(world: AmqpWorld, operation: string, verdict: Verdict): void {
  const remove = world.context.interceptors.add((request) => {
    if (request.operation !== operation) return undefined;
    remove();
    return verdict;
  });
}

describe('channel', () => {
  test('consume-ok comes before the deliveries', () => {
    const peer = opened(new AmqpWorld());
    peer.publish(1, { routingKey: 'q' }, {}, 'x');
    peer.send(1, 'basic.consume', { queue: 'q', noAck: true });
    expect(names(peer)).toEqual(['basic.consume-ok', 'basic.deliver']);
  });

  test('delete-ok comes before the cancellation of the own consumer', () => {
    const peer = opened(new AmqpWorld());
    peer.call(1, 'basic.consume', { queue: 'q' });
    peer.send(1, 'queue.delete', { queue: 'q' });
    expect(names(peer)).toEqual(['queue.delete-ok', 'basic.cancel']);
  });

  test('that is not open refuses a publish when it is whole', () => {
    const peer = new AmqpWorld().connect();
    peer.send(1, 'basic.publish', { routingKey: 'q' });
    peer.sendFrame(2, 1, Buffer.from('003c000000000000000000010000', 'hex'));
    expect(names(peer)).toEqual([]);
    peer.sendFrame(3, 1, Buffer.from('a'));
    expect(peer.takeAll()).toMatchObject([
      { name: 'connection.close', args: { replyCode: 504, replyText: "CHANNEL_ERROR - expected 'channel.open'" } },
    ]);
  });

  test('the returns of a transaction come before commit-ok', () => {
    const peer = opened(new AmqpWorld());
    peer.call(1, 'tx.select');
    peer.publish(1, { routingKey: 'nope', mandatory: true }, {}, 'x');
    peer.send(1, 'tx.commit');
    expect(names(peer)).toEqual(['basic.return', 'tx.commit-ok']);
  });

  test('a fault can answer with an error', () => {
    const world = new AmqpWorld();
    const peer = opened(world);
    once(world, 'queue.purge', { kind: 'reply', error: 'RESOURCE_LOCKED' });
    peer.send(1, 'queue.purge', { queue: 'q' });
    expect(peer.takeAll()).toMatchObject([
      { name: 'channel.close', args: { replyCode: 405, classId: 50, methodId: 30 } },
    ]);
  });

  test('a fault can lose a publish', () => {
    const world = new AmqpWorld();
    const peer = opened(world);
    once(world, 'basic.publish', { kind: 'drop' });
    peer.publish(1, { routingKey: 'q' }, {}, 'lost');
    peer.publish(1, { routingKey: 'q' }, {}, 'kept');
    expect(peer.call(1, 'basic.get', { queue: 'q' })).toMatchObject({ body: 'kept' });
  });

  test('a fault can delay a method, and what comes behind it waits', () => {
    const world = new AmqpWorld();
    const peer = opened(world);
    once(world, 'basic.publish', { kind: 'delay', delayMs: 100 });
    peer.publish(1, { routingKey: 'q' }, {}, 'late');
    peer.send(1, 'queue.declare', { queue: 'q', passive: true });
    expect(names(peer)).toEqual([]);
    world.advance(100);
    expect(peer.takeAll()).toMatchObject([{ name: 'queue.declare-ok', args: { messageCount: 1 } }]);
  });

  test('a fault can hold a method until it is released', async () => {
    const world = new AmqpWorld();
    const peer = opened(world);
    let release = (_value?: unknown) => {};
    const released = new Promise((resolve) => {
      release = resolve;
    });
    once(world, 'basic.qos', { kind: 'hold', release: released });
    peer.send(1, 'basic.qos');
    expect(names(peer)).toEqual([]);
    release();
    await released;
    expect(names(peer)).toEqual(['basic.qos-ok']);
  });

  test('a fault can cut the answer, or close the connection', () => {
    const world = new AmqpWorld();
    const cut = opened(world);
    once(world, 'basic.qos', { kind: 'cut', bytes: 3 });
    cut.send(1, 'basic.qos');
    expect(names(cut)).toEqual(['end']);
    const closed = opened(world);
    once(world, 'basic.qos', { kind: 'close' });
    closed.send(1, 'basic.qos');
    expect(names(closed)).toEqual(['end']);
  });
});
