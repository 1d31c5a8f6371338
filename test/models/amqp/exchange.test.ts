import { expect, it } from 'vitest';
import { AmqpBroker } from '../../../src/models/amqp/index.js';
import { modelContext } from '../../helpers/amqp-recording.js';

it('a binding twice is one binding, and one unbind removes it', () => {
  const amqp = new AmqpBroker(modelContext());
  const exchange = amqp.assertExchange('e', 'topic');
  amqp.assertQueue('q');
  amqp.bind('q', 'e', 'a.#');
  amqp.bind('q', 'e', 'a.#');
  expect(exchange.bindings).toEqual([expect.objectContaining({ destination: 'q', routingKey: 'a.#' })]);
  amqp.unbind('q', 'e', 'a.#');
  expect(exchange.bindings).toEqual([]);
  expect(amqp.publish('e', 'a.b', 'x').routed).toEqual([]);
});

it('bindings that differ in their arguments are two', () => {
  const amqp = new AmqpBroker(modelContext());
  const exchange = amqp.assertExchange('e', 'headers');
  amqp.assertQueue('q');
  amqp.bind('q', 'e', '', { a: 1 });
  amqp.bind('q', 'e', '', { a: 2 });
  amqp.unbind('q', 'e', '', { a: 1 });
  expect(exchange.bindings).toHaveLength(1);
  expect(amqp.publish('e', '', 'x', { headers: { a: 2 } }).routed).toEqual(['q']);
  expect(amqp.publish('e', '', 'x', { headers: { a: 1 } }).routed).toEqual([]);
});

it('what matches nothing goes to the alternate of the argument, not to that of the policy', () => {
  const amqp = new AmqpBroker(modelContext());
  for (const name of ['own', 'other']) {
    amqp.assertExchange(name, 'fanout');
    amqp.assertQueue(`${name}-queue`);
    amqp.bind(`${name}-queue`, name);
  }
  const alternate = { pattern: '^e', definition: { 'alternate-exchange': 'other' } };
  amqp.importDefinitions({ policies: [{ vhost: '/', name: 'p', 'apply-to': 'exchanges', priority: 0, ...alternate }] });
  amqp.assertExchange('e1', 'direct', { alternateExchange: 'own' });
  amqp.assertExchange('e2', 'direct');
  expect(amqp.publish('e1', 'k', 'x').routed).toEqual(['own-queue']);
  expect(amqp.publish('e2', 'k', 'x').routed).toEqual(['other-queue']);
});
