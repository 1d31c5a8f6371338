/** One broker, three real clients, one port. */
import { Redis } from 'ioredis';
import { startBroker } from '../../src/index.js';

const broker = await startBroker();
const subscriber = new Redis(broker.urls.redis);
const publisher = new Redis(broker.urls.redis);
await subscriber.psubscribe('orders.*');
const arrived = new Promise((resolve) =>
  subscriber.once('pmessage', (_pattern, channel, text) => resolve([channel, text])),
);
console.log('receivers:', await publisher.publish('orders.created', '{"id":1}'));
console.log('arrived:', await arrived);
await Promise.all([subscriber.quit(), publisher.quit()]);
await broker.close();
