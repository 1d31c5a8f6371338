import { AmqpWorld } from './amqp-wire.js';

/** A broker with a client on it; `take` gives what came since, in short. */
export function amqpScene(args: Record<string, unknown> = {}, queue = 'q') {
  const world = new AmqpWorld();
  const peer = world.connect();
  for (const channel of [1, 2, 3]) peer.call(channel, 'channel.open');
  peer.call(1, 'queue.declare', { queue, args });
  const take = () =>
    peer.takeAll().map((item) => {
      if (item.kind !== 'method') return item.kind;
      if (item.name === 'basic.deliver') return `${item.args.consumerTag}: ${item.body}`;
      return item.name === 'channel.close' ? item.args.replyText : item.name;
    });
  const publish = (body: string, props = {}, channel = 3) => {
    peer.publish(channel, { routingKey: queue }, props, body);
    return take();
  };
  const consume = (channel: number, consumerTag: string, more = {}) => {
    peer.send(channel, 'basic.consume', { queue, consumerTag, ...more });
    return take();
  };
  const prefetch = (channel: number, prefetchCount: number, global = false) => {
    peer.send(channel, 'basic.qos', { prefetchCount, global });
    return take();
  };
  return { world, peer, take, publish, consume, prefetch };
}

/** What a method is refused with on a connection of its own, `code text`. */
export function refusal(world: AmqpWorld, name: string, args: Record<string, unknown> = {}): string {
  const peer = world.connect();
  peer.call(1, 'channel.open');
  const { args: close } = peer.call(1, name, args);
  peer.drop();
  return `${close.replyCode} ${close.replyText}`;
}
