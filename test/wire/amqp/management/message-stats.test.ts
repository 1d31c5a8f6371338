import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../../src/core/clock.js';
import { RateMeter } from '../../../../src/wire/amqp/management/message-stats.js';
import { amqpScene } from '../../../helpers/amqp-scene.js';

const QUEUE = '/api/queues/%2F/q';

describe('rates', () => {
  it('are those of the last five seconds and more, on the clock of the broker', () => {
    const clock = new VirtualClock();
    const meter = new RateMeter(clock);
    const owner = {};
    const rate = (count: number) => meter.rated(owner, { count }).count_details;
    expect(rate(10)).toEqual({ rate: 2 });
    clock.advanceTo(clock.now + 5000);
    expect(rate(20)).toEqual({ rate: 4 });
    clock.advanceTo(clock.now + 2000);
    expect(rate(27)).toEqual({ rate: 27 / 7 });
    clock.advanceTo(clock.now + 3000);
    expect(rate(30)).toEqual({ rate: 2 });
    clock.advanceTo(clock.now + 5000);
    expect(rate(30)).toEqual({ rate: 0 });
  });

  it('of what shrinks are negative', () => {
    const clock = new VirtualClock();
    const meter = new RateMeter(clock);
    clock.advanceTo(clock.now + 5000);
    meter.rated(meter, { messages: 10 });
    clock.advanceTo(clock.now + 5000);
    expect(meter.rated(meter, { messages: 0 })).toEqual({ messages: 0, messages_details: { rate: -2 } });
  });
});

describe('message_stats', () => {
  it('are missing until something happened', async () => {
    const { world } = amqpScene();
    for (const path of [QUEUE, '/api/exchanges/%2F/amq.topic', '/api/vhosts/%2F']) {
      expect((await world.http('GET', path)).body).not.toHaveProperty('message_stats');
    }
    expect((await world.http('GET', '/api/overview')).body.message_stats).toEqual({});
  });

  it('count what was recorded of RabbitMQ for the same program', async () => {
    const { world, peer } = amqpScene();
    peer.call(1, 'confirm.select');
    peer.call(1, 'basic.qos', { prefetchCount: 5 });
    peer.call(1, 'basic.consume', { queue: 'q', consumerTag: 'c' });
    peer.call(1, 'queue.declare', { queue: 'free' });
    peer.call(1, 'basic.consume', { queue: 'free', noAck: true });
    for (const queue of ['idle', 'taken', 'empty']) peer.call(1, 'queue.declare', { queue });
    for (let i = 0; i < 8; i++) peer.publish(1, { routingKey: 'q' }, {}, 'x');
    for (let i = 0; i < 3; i++) peer.publish(1, { routingKey: 'free' }, {}, 'x');
    for (let i = 0; i < 2; i++) peer.publish(1, { routingKey: 'taken' }, {}, 'x');
    for (let i = 0; i < 2; i++) peer.publish(1, { routingKey: 'idle' }, {}, 'x');
    peer.publish(1, { routingKey: 'nowhere', mandatory: true }, {}, 'x');
    peer.publish(1, { routingKey: 'nowhere' }, {}, 'x');
    peer.send(1, 'basic.ack', { deliveryTag: 1 });
    peer.send(1, 'basic.nack', { deliveryTag: 2, requeue: true });
    peer.takeAll();
    peer.call(1, 'basic.get', { queue: 'idle' });
    peer.call(1, 'basic.get', { queue: 'taken', noAck: true });
    peer.call(1, 'basic.get', { queue: 'empty' });
    const stats = async (path: string) => {
      const { message_stats: all } = (await world.http('GET', path)).body;
      return Object.fromEntries(Object.entries(all).filter(([name]) => !name.endsWith('_details')));
    };
    const everything = {
      ...{ publish: 17, confirm: 17, return_unroutable: 1, drop_unroutable: 1 },
      ...{ deliver: 7, deliver_no_ack: 3, get: 1, get_no_ack: 1, get_empty: 1, deliver_get: 12, redeliver: 1, ack: 1 },
    };
    expect(await stats('/api/overview')).toEqual(everything);
    expect(await stats('/api/vhosts/%2F')).toEqual(everything);
    const [channel] = (await world.http('GET', '/api/channels')).body.filter(
      ({ number }: { number: number }) => number === 1,
    );
    expect(await stats(`/api/channels/${encodeURIComponent(channel.name)}`)).toEqual(everything);
    expect(await stats(QUEUE)).toEqual({
      ...{ publish: 8, deliver: 7, deliver_no_ack: 0, get: 0, get_no_ack: 0, get_empty: 0 },
      ...{ deliver_get: 7, redeliver: 1, ack: 1 },
    });
    expect(await stats('/api/queues/%2F/empty')).toMatchObject({ get_empty: 1, deliver_get: 0 });
    expect(await stats('/api/queues/%2F/empty')).not.toHaveProperty('publish');
    expect(await stats('/api/exchanges/%2F/amq.default')).toEqual({ publish_in: 17, publish_out: 17 });
  });

  it('have rates', async () => {
    const { world, publish } = amqpScene();
    for (let i = 0; i < 20; i++) publish('x');
    world.advance(5000);
    const { message_stats: stats, messages_details: messages } = (await world.http('GET', QUEUE)).body;
    expect([stats.publish, stats.publish_details, messages]).toEqual([20, { rate: 4 }, { rate: 4 }]);
  });
});
