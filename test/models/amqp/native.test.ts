import { describe, expect, it } from 'vitest';
import { AmqpBroker } from '../../../src/models/amqp/index.js';
import { modelContext } from '../../helpers/amqp-recording.js';

const setUp = () => {
  const context = modelContext();
  return { context, amqp: new AmqpBroker(context) };
};

describe('the native API', () => {
  it('says where a message went', () => {
    const { amqp } = setUp();
    amqp.assertExchange('events', 'topic');
    amqp.assertQueue('mail');
    amqp.bind('mail', 'events', 'user.*.created');
    expect(amqp.publish('events', 'user.eu.created', { id: 7 })).toEqual({ routed: ['mail'], dropped: false });
    expect(amqp.publish('events', 'user.created', 'x')).toEqual({ routed: [], dropped: true });
    const delivery = amqp.get('mail');
    expect(delivery?.json()).toEqual({ id: 7 });
    expect(amqp.queue('mail').unacked).toBe(1);
    delivery?.ack();
    expect(amqp.queue('mail').unacked).toBe(0);
    expect(amqp.get('mail')).toBeUndefined();
  });

  it('looks into queues and explains routes', () => {
    const { amqp } = setUp();
    amqp.assertExchange('events', 'topic', { alternateExchange: 'rest' });
    amqp.assertQueue('mail');
    amqp.bind('mail', 'events', 'a.#');
    amqp.publish('events', 'a.b', 'one', { headers: { n: 1 } });
    amqp.publish('', 'mail', 'two');
    expect(amqp.queue('mail').length).toBe(2);
    expect(amqp.queue('mail').peek()?.headers.n).toBe(1);
    expect(
      amqp
        .queue('mail')
        .messages()
        .map((message) => message.text()),
    ).toEqual(['one', 'two']);
    expect(amqp.exchange('events').bindings).toEqual([{ destination: 'mail', routingKey: 'a.#' }]);
    expect(amqp.explain('events', 'b')).toEqual({
      exchange: 'events',
      type: 'topic',
      routed: [],
      bindings: [{ destination: 'mail', routingKey: 'a.#', matches: false }],
      alternate: 'rest',
    });
  });

  it('consumes with prefetch, and a queue tells when it is drained', async () => {
    const { amqp } = setUp();
    amqp.assertQueue('work');
    const taken: string[] = [];
    const end = amqp.consume('work', (delivery) => void taken.push(delivery.text()), { prefetch: 1 });
    amqp.publish('', 'work', 'a');
    amqp.publish('', 'work', 'b');
    expect(taken).toEqual(['a']);
    end();
    expect(amqp.queue('work').peek()?.redelivered).toBe(true);
    const drained = amqp.queue('work').drained();
    amqp.consume('work', (delivery) => delivery.ack());
    await drained;
    expect(amqp.queue('work').length).toBe(0);
  });

  it('chains publishes from a consumer without recursion', () => {
    const { amqp } = setUp();
    amqp.assertQueue('loop');
    let count = 0;
    amqp.consume('loop', (delivery) => {
      delivery.ack();
      if (++count < 20_000) amqp.publish('', 'loop', '');
    });
    amqp.publish('', 'loop', '');
    expect(count).toBe(20_000);
  });

  it('journals what was published, routed and dropped', () => {
    const { amqp, context } = setUp();
    context.journal.on = true;
    amqp.assertQueue('q');
    amqp.publish('', 'q', 'x');
    amqp.publish('', 'nope', 'x');
    expect(context.journal.since().map(({ name, receiver, reason }) => [name, receiver ?? reason])).toEqual([
      ['published', undefined],
      ['routed', 'q'],
      ['published', undefined],
      ['dropped', 'no route'],
    ]);
  });
});
