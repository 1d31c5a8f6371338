import { describe, expect, it } from 'vitest';
import { AmqpBroker, type ChannelSink } from '../../../src/models/amqp/index.js';
import { modelContext } from '../../helpers/amqp-recording.js';

const QUORUM = new Map([['x-queue-type', 'quorum']]);
const BODY = new Uint8Array(1);

function setUp() {
  const amqp = new AmqpBroker(modelContext(), { nodes: 3 });
  const events: string[] = [];
  const on = (nodeId: number) => {
    const quiet = () => {};
    const sink: ChannelSink = {
      deliver: (delivery) => void events.push(`deliver ${delivery.deliveryTag}`),
      returned: ({ routingKey }) => void events.push(`return ${routingKey}`),
      confirm: ({ deliveryTag, multiple }) => void events.push(`confirm ${deliveryTag}${multiple ? '+' : ''}`),
      cancelled: (tag) => void events.push(`cancel ${tag}`),
      committed: quiet,
      closed: quiet,
    };
    const clientProperties = new Map([['capabilities', new Map([['consumer_cancel_notify', true]])]]);
    const connectionSink = { closed: quiet, blocked: quiet, unblocked: quiet };
    const options = { user: 'guest', vhost: '/', name: 'c', nodeId, clientProperties, sink: connectionSink };
    return amqp.openConnection(options).openChannel(1, sink);
  };
  return { amqp, on, events };
}

describe('a classic queue whose home node stops', () => {
  it('is unavailable with RabbitMQ’s text when durable, and deleted when not', () => {
    const { amqp, on } = setUp();
    const home = on(2);
    home.queueDeclare({ queue: 'd', durable: true });
    home.queueDeclare({ queue: 't' });
    const other = on(1);
    amqp.stopNode(2);
    expect(home.isOpen).toBe(false);
    const absent = "home node 'rabbit@tribroker-2' of durable queue 'd' in vhost '/' is down or inaccessible";
    expect(() => other.queueDeclare({ queue: 'd', durable: true })).toThrow(absent);
    expect(() => other.queueDeclare({ queue: 'd', passive: true })).toThrow(absent);
    expect(() => other.consume({ queue: 'd' })).toThrow(absent);
    expect(() => other.get('d')).toThrow(absent);
    expect(() => other.queueDelete({ queue: 'd' })).toThrow(absent);
    expect(() => other.queueBind({ queue: 'd', exchange: 'amq.topic', routingKey: 'a' })).toThrow(absent);
    expect(() => other.queueDeclare({ queue: 't', passive: true })).toThrow("no queue 't' in vhost '/'");
  });

  it('comes back with bindings and persistent messages, unacked ones included', () => {
    const { amqp, on, events } = setUp();
    on(2).queueDeclare({ queue: 'd', durable: true });
    const other = on(1);
    other.queueBind({ queue: 'd', exchange: 'amq.topic', routingKey: 'a' });
    for (const deliveryMode of [2, 2, 1]) other.publish('amq.topic', 'a', { deliveryMode }, BODY);
    other.qos(1);
    other.consume({ queue: 'd', consumerTag: 'c' });
    amqp.stopNode(2);
    expect(events).toEqual(['deliver 1', 'cancel c']);
    other.ack(1);
    other.publish('amq.topic', 'a', {}, BODY, { mandatory: true });
    expect(events.slice(2)).toEqual(['return a']);
    amqp.startNode(2);
    expect(amqp.queue('d').length).toBe(2);
    expect(other.publish('amq.topic', 'a', {}, BODY)).toHaveLength(1);
  });

  it('is in snapshots, and away again after a restore', () => {
    const { amqp, on } = setUp();
    const home = on(2);
    home.queueDeclare({ queue: 'd', durable: true });
    home.queueBind({ queue: 'd', exchange: 'amq.fanout', routingKey: '' });
    home.publish('', 'd', { deliveryMode: 2 }, BODY);
    amqp.stopNode(2);
    const snapshot = amqp.snapshot();
    amqp.reset();
    amqp.restore(snapshot);
    expect(amqp.queue('d').exists).toBe(false);
    amqp.startNode(2);
    expect(amqp.queue('d').length).toBe(1);
    expect(amqp.publish('amq.fanout', '', 'x').routed).toEqual(['d']);
  });
});

describe('a quorum queue', () => {
  it('lives while a majority runs', () => {
    const { amqp, on, events } = setUp();
    on(2).queueDeclare({ queue: 'q', durable: true, arguments: QUORUM });
    const other = on(1);
    other.confirmSelect();
    amqp.stopNode(2);
    other.publish('', 'q', {}, BODY);
    expect(events).toEqual(['confirm 1']);
    expect(other.queueDeclare({ queue: 'q', passive: true }).messageCount).toBe(1);
  });

  it('confirms nothing without one, and everything once there is one again', () => {
    const { amqp, on, events } = setUp();
    const channel = on(1);
    channel.queueDeclare({ queue: 'q', durable: true, arguments: QUORUM });
    channel.queueDeclare({ queue: 'd' });
    channel.confirmSelect();
    amqp.stopNode(2);
    amqp.stopNode(3);
    channel.publish('', 'q', {}, BODY);
    channel.publish('', 'd', {}, BODY);
    expect(events).toEqual(['confirm 2']);
    expect(() => channel.queueDeclare({ queue: 'q', passive: true })).toThrow("queue 'q' in vhost '/' timed out");
    expect(() => channel.queueDeclare({ queue: 'new', durable: true, arguments: QUORUM })).toThrow('timed out');
    amqp.startNode(3);
    expect(events).toEqual(['confirm 2', 'confirm 1']);
    expect(amqp.queue('q').length).toBe(1);
  });
});
