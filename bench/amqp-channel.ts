/** A broker without journal and limits, and a channel that the benchmarks drive directly. */
import { createBroker } from '../src/index.js';
import type { AmqpChannel } from '../src/models/amqp/channel.js';
import type { Delivery } from '../src/models/amqp/envelope.js';
import type { VirtualHost } from '../src/models/amqp/virtual-host.js';

export interface BenchChannel {
  readonly vhost: VirtualHost;
  readonly channel: AmqpChannel;
  close(): void;
}

/** @param deliver called for each delivery */
export function openChannel(deliver: (delivery: Delivery, channel: AmqpChannel) => void = () => {}): BenchChannel {
  const broker = createBroker({ journal: false, limits: 'unbounded', clock: 'virtual' });
  const vhost = broker.amqp.vhosts.get('/');
  if (!vhost) throw new Error('no vhost');
  const channel: AmqpChannel = broker.amqp.openInternal(broker.amqp.user('guest'), vhost).openChannel(1, {
    deliver: (delivery) => deliver(delivery, channel),
    returned: () => {},
    confirm: () => {},
    cancelled: () => {},
    committed: () => {},
    closed: () => {},
  });
  return { vhost, channel, close: () => broker[Symbol.dispose]() };
}

const taken: Delivery[] = [];

/**
 * A broker in use that outlives the others, as what it delivered does. V8 forgets the shape of objects of which the last one is collected, and
 * the code that was optimised for it with the shape: rows would be slower the more brokers came and went before them.
 */
export const lasting = openChannel((delivery) => taken.push(delivery));
lasting.channel.exchangeDeclare({ exchange: 'e', type: 'topic' });
for (const queue of ['taken', 'kept']) {
  lasting.channel.queueDeclare({ queue });
  lasting.channel.queueBind({ queue, exchange: 'e', routingKey: `*.${queue}.#` });
}
lasting.channel.consume({ queue: 'taken' });
for (const key of ['a.taken', 'a.kept']) lasting.channel.publish('e', key, {}, new Uint8Array(1));

/** The same numbers in every run: 0 to `below` - 1. */
export function createDice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 0x1_0000_0000) * below);
  };
}
