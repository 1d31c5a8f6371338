import { modelContract } from './model.js';

modelContract({
  name: 'redis',
  store: ({ redis }, mark) => void redis.keyspace.set(0, `key-${mark}`, mark),
  read: ({ redis }) => [...redis.keyspace.database(0).entries].map(([key, { value }]) => [key, value]),
});

modelContract({
  name: 'kafka',
  store: ({ kafka }, mark) => void kafka.produce('orders', { key: mark, value: `value ${mark}` }),
  read: ({ kafka }) => {
    if (!kafka.cluster.topics.has('orders')) return [];
    return kafka
      .topic('orders')
      .records()
      .map(({ partition, offset, value }) => [partition, offset, String(value)]);
  },
});

modelContract({
  name: 'amqp',
  store: ({ amqp }, mark) => {
    amqp.assertQueue('orders');
    amqp.publish('', 'orders', `body ${mark}`, { deliveryMode: 2 });
  },
  read: ({ amqp }) => {
    const queue = amqp.queue('orders');
    return queue.exists ? queue.messages().map((message) => message.text()) : [];
  },
});
