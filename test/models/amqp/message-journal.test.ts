import { expect, it } from 'vitest';
import { createBroker } from '../../../src/index.js';

it('tells the way of a message: published, routed or dropped, dead-lettered or expired', async () => {
  const broker = createBroker({ clock: 'virtual' });
  const { amqp } = broker;
  amqp.assertQueue('dead');
  amqp.assertQueue('work', { arguments: { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'dead' } });
  const before = broker.journal.lastSeq;
  amqp.publish('', 'work', 'job');
  amqp.publish('', 'nowhere', 'lost');
  amqp.get('work')?.reject();
  amqp.publish('', 'dead', 'old', { expiration: 5 });
  amqp.get('dead')?.ack();
  await broker.clock.advance(5);
  const told = broker.journal
    .since(before)
    .filter(({ model }) => model === 'amqp')
    .map(({ name, receiver, reason }) => [name, receiver, reason].filter(Boolean).join(' '));
  expect(told).toEqual([
    'published',
    'routed work',
    'published',
    'dropped no route',
    'dead-lettered work rejected',
    'routed dead',
    'published',
    'routed dead',
    'acked dead',
    'expired dead expired',
  ]);
  await broker.close();
});

it('tells why a message was lost: a full queue, a circle of dead letters, a dead letter exchange that leads nowhere', async () => {
  const broker = createBroker({ clock: 'virtual' });
  const { amqp } = broker;
  amqp.assertQueue('full', { arguments: { 'x-max-length': 0, 'x-overflow': 'reject-publish' } });
  amqp.assertQueue('round', { messageTtl: 5, deadLetterExchange: '', deadLetterRoutingKey: 'round' });
  amqp.assertQueue('astray', { messageTtl: 5, deadLetterExchange: '', deadLetterRoutingKey: 'gone' });
  for (const queue of ['full', 'round', 'astray']) amqp.publish('', queue, 'x');
  await broker.clock.advance(5);
  const told = broker.journal.since(0).filter(({ name }) => name === 'dropped');
  expect(told.map(({ key, receiver, reason }) => [key, receiver, reason])).toEqual([
    ['full', 'full', 'reject-publish'],
    ['round', undefined, 'circle of dead letters'],
    ['gone', undefined, 'no route'],
  ]);
  await broker.close();
});
