import { describe, expect, it } from 'vitest';
import { packCanonical, unpackCanonical } from '../../../src/core/codec.js';
import { AmqpBroker, TypedField } from '../../../src/models/amqp/index.js';
import { modelContext } from '../../helpers/amqp-recording.js';

const setUp = () => {
  const context = modelContext();
  return { context, amqp: new AmqpBroker(context) };
};

const texts = (amqp: AmqpBroker, queue: string) =>
  amqp
    .queue(queue)
    .messages()
    .map((message) => message.text());

describe('a snapshot', () => {
  it('keeps exchanges, queues, bindings and messages, those that are out included', () => {
    const { amqp } = setUp();
    amqp.assertExchange('x', 'topic', { alternateExchange: 'y' });
    amqp.assertQueue('q', { maxLength: 5 });
    amqp.bind('q', 'x', 'a.*', { n: new TypedField('s', 3) });
    amqp.publish('x', 'a.b', 'one', { headers: { n: 1, list: [1.5, 'x', null] }, persistent: true });
    amqp.publish('x', 'a.b', 'two');
    amqp.get('q');
    const bytes = packCanonical(amqp.snapshot());

    const { amqp: other } = setUp();
    other.assertQueue('gone');
    other.restore(unpackCanonical(bytes));
    expect(other.queue('gone').exists).toBe(false);
    expect(texts(other, 'q')).toEqual(['one', 'two']);
    const [first] = other.queue('q').messages();
    expect(first?.redelivered).toBe(true);
    expect(first?.headers).toEqual({ n: 1, list: [1.5, 'x', null] });
    expect(other.publish('x', 'a.c', 'three').routed).toEqual(['q']);
    expect(packCanonical(setUpAgain(bytes).snapshot())).toEqual(packCanonical(setUpAgain(bytes).snapshot()));
  });

  it('shares messages and goes back as often as wanted', () => {
    const { amqp } = setUp();
    amqp.assertQueue('q');
    amqp.publish('', 'q', 'one');
    const snapshot = amqp.snapshot();
    for (let i = 0; i < 2; i++) {
      amqp.get('q', { noAck: true });
      expect(amqp.queue('q').length).toBe(0);
      amqp.restore(snapshot);
      expect(texts(amqp, 'q')).toEqual(['one']);
    }
  });

  it('keeps a stream with its offsets', () => {
    const { amqp } = setUp();
    amqp.assertQueue('s', { arguments: { 'x-queue-type': 'stream' } });
    amqp.publish('', 's', 'one');
    amqp.restore(amqp.snapshot());
    expect(texts(amqp, 's')).toEqual(['one']);
  });
});

describe('a restart', () => {
  it('keeps durable queues with their persistent messages', () => {
    const { amqp } = setUp();
    amqp.assertQueue('durable');
    amqp.assertQueue('transient', { durable: false });
    amqp.publish('', 'durable', 'kept', { persistent: true });
    amqp.publish('', 'durable', 'lost');
    amqp.restart();
    expect(texts(amqp, 'durable')).toEqual(['kept']);
    expect(amqp.queue('transient').exists).toBe(false);
  });
});

function setUpAgain(bytes: Uint8Array): AmqpBroker {
  const { amqp } = setUp();
  amqp.restore(unpackCanonical(bytes));
  return amqp;
}
