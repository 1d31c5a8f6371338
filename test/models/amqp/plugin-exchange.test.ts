import { describe, expect, it } from 'vitest';
import { AmqpBroker, TypedField } from '../../../src/models/amqp/index.js';
import { modelContext } from '../../helpers/amqp-recording.js';

const setUp = () => {
  const context = modelContext();
  return { context, amqp: new AmqpBroker(context) };
};

describe('x-consistent-hash', () => {
  it('gives each key to one queue, always the same, in proportion to the weights', () => {
    const { amqp } = setUp();
    amqp.assertExchange('h', 'x-consistent-hash');
    for (const [queue, weight] of [
      ['a', '1'],
      ['b', '3'],
    ] as const) {
      amqp.assertQueue(queue);
      amqp.bind(queue, 'h', weight);
    }
    for (let i = 0; i < 2000; i++) {
      const [first] = amqp.publish('h', `key-${i}`, '').routed;
      expect(amqp.explain('h', `key-${i}`).routed).toEqual([first]);
    }
    expect(amqp.queue('b').length / amqp.queue('a').length).toBeGreaterThan(2.4);
    expect(amqp.queue('b').length / amqp.queue('a').length).toBeLessThan(3.6);
  });

  it('refuses a binding key that is no weight', () => {
    const { amqp } = setUp();
    amqp.assertExchange('h', 'x-consistent-hash');
    amqp.assertQueue('a');
    expect(() => amqp.bind('a', 'h', 'x')).toThrow('The binding key must be an integer');
    expect(() => amqp.bind('a', 'h', '0')).toThrow('The binding key must be greater than 0');
    amqp.bind('a', 'h', '+3');
    expect(amqp.explain('h', 'k').routed).toEqual(['a']);
  });
});

describe('x-random', () => {
  it('gives a message to one of its queues', () => {
    const { amqp } = setUp();
    amqp.assertExchange('r', 'x-random');
    for (const queue of ['a', 'b']) {
      amqp.assertQueue(queue);
      amqp.bind(queue, 'r');
    }
    for (let i = 0; i < 200; i++) expect(amqp.publish('r', '', '').routed).toHaveLength(1);
    expect(amqp.queue('a').length).toBeGreaterThan(50);
    expect(amqp.queue('b').length).toBeGreaterThan(50);
  });
});

describe('x-delayed-message', () => {
  it('routes after the delay on the broker’s clock', () => {
    const { amqp, context } = setUp();
    amqp.assertExchange('d', 'x-delayed-message', { arguments: { 'x-delayed-type': 'direct' } });
    amqp.assertQueue('q');
    amqp.bind('q', 'd', 'k');
    amqp.publish('d', 'k', 'late', { headers: { 'x-delay': new TypedField('I', 1000) } });
    amqp.publish('d', 'k', 'now');
    context.clock.advanceTo(context.clock.now + 999);
    expect(
      amqp
        .queue('q')
        .messages()
        .map((message) => message.text()),
    ).toEqual(['now']);
    context.clock.advanceTo(context.clock.now + 1);
    expect(
      amqp
        .queue('q')
        .messages()
        .map((message) => message.text()),
    ).toEqual(['now', 'late']);
  });

  it('needs a type to stand in front of', () => {
    expect(() => setUp().amqp.assertExchange('d', 'x-delayed-message')).toThrow("'x-delayed-type' must be an existing");
  });
});
