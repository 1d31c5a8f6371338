import { expect, it } from 'vitest';
import { bringBack, takeAway } from '../../../src/models/amqp/absent-queue.js';
import type { ClassicQueue } from '../../../src/models/amqp/classic-queue.js';
import { AmqpBroker, type VirtualHost } from '../../../src/models/amqp/index.js';
import { modelContext } from '../../helpers/amqp-recording.js';

it('takes a queue away with its order and brings it back without the bindings of exchanges that went', () => {
  const amqp = new AmqpBroker(modelContext());
  const vhost = amqp.vhosts.get('/') as VirtualHost;
  amqp.assertQueue('q');
  amqp.assertExchange('gone', 'fanout');
  amqp.bind('q', 'gone');
  amqp.bind('q', 'amq.fanout');
  for (const text of ['a', 'b']) amqp.publish('amq.fanout', '', text, { deliveryMode: 2 });
  const absent = takeAway(vhost, vhost.queues.get('q') as ClassicQueue, []);
  expect(absent.bindings.map((binding) => binding.source).sort()).toEqual(['amq.fanout', 'gone']);
  expect(amqp.publish('amq.fanout', '', 'c').dropped).toBe(true);
  vhost.removeExchange(vhost.exchanges.get('gone') as never);
  bringBack(vhost, absent);
  const texts = amqp.queue('q').messages();
  expect(texts.map((message) => message.text())).toEqual(['a', 'b']);
  expect(amqp.publish('amq.fanout', '', 'd').routed).toEqual(['q']);
});
