import { expect, it } from 'vitest';
import { AmqpBroker } from '../../../src/models/amqp/index.js';
import { modelContext } from '../../helpers/amqp-recording.js';

it('circles of exchanges end, each queue is reached once', () => {
  const amqp = new AmqpBroker(modelContext());
  const vhost = amqp.vhosts.get('/');
  for (const name of ['x', 'y']) amqp.assertExchange(name, 'fanout');
  amqp.assertQueue('q');
  amqp.bind('q', 'x');
  amqp.bind('q', 'y');
  const connection = amqp.openInternal(amqp.user('guest'), vhost as NonNullable<typeof vhost>);
  const none = { deliver() {}, returned() {}, confirm() {}, cancelled() {}, committed() {}, closed() {} };
  const channel = connection.openChannel(1, none);
  channel.exchangeBind({ source: 'x', destination: 'y', routingKey: '', arguments: new Map() });
  channel.exchangeBind({ source: 'y', destination: 'x', routingKey: '', arguments: new Map() });
  expect(amqp.publish('x', '', 'once').routed).toEqual(['q']);
});

it('an alternate exchange has what matched nothing at all, by the keys of CC neither', () => {
  const amqp = new AmqpBroker(modelContext());
  amqp.assertExchange('rest', 'fanout');
  amqp.assertExchange('x', 'direct', { arguments: { 'alternate-exchange': 'rest' } });
  for (const queue of ['own', 'others']) amqp.assertQueue(queue);
  amqp.bind('own', 'x', 'k');
  amqp.bind('others', 'rest');
  expect(amqp.publish('x', 'k', '').routed).toEqual(['own']);
  expect(amqp.publish('x', 'nope', '').routed).toEqual(['others']);
  expect(amqp.publish('x', 'nope', '', { headers: { CC: ['k'] } }).routed).toEqual(['own']);
});
