/** Exchanges and queues over the native channel, beside smqp in the same run. */
import { Broker as Smqp } from 'smqp';
import { Bench } from 'tinybench';
import { createBroker } from '../src/index.js';

const smoke = process.argv.includes('--smoke');
const broker = createBroker({ journal: false });
const user = broker.amqp.user('guest');
const vhost = broker.amqp.vhosts.get('/');
if (!vhost) throw new Error('no vhost');
const body = new Uint8Array(100);
let settle = (_tag: number) => {};
const channel = broker.amqp.openInternal(user, vhost).openChannel(1, {
  deliver: ({ deliveryTag }) => settle(deliveryTag),
  returned: () => {},
  confirm: () => {},
  cancelled: () => {},
  committed: () => {},
  closed: () => {},
});
settle = (tag) => channel.ack(tag);
channel.exchangeDeclare({ exchange: 'events', type: 'direct' });
channel.queueDeclare({ queue: 'q' });
channel.queueBind({ queue: 'q', exchange: 'events', routingKey: 'k' });
channel.consume({ queue: 'q' });

const peer = new Smqp();
peer.assertExchange('events', 'direct', { autoDelete: false });
peer.assertQueue('q', { autoDelete: false });
peer.bindQueue('q', 'events', 'k');
peer.consume('q', (_key, message) => message.ack());

const bench = new Bench({ time: smoke ? 20 : 300 });
bench.add('direct: publish, deliver, ack', () => channel.publish('events', 'k', {}, body));
bench.add('direct: publish, deliver, ack, smqp', () => void peer.publish('events', 'k', body));
await bench.run();
console.table(bench.table());
await broker.close();
