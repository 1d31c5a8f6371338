import { expect, test } from 'vitest';
import { AmqpBroker } from '../../../src/models/amqp/index.js';
import { modelContext } from '../../helpers/amqp-recording.js';

/** A queue of length one, whose message was taken while another one filled its place; then the first comes back. */
function bodiesAfterRequeue(overflow: string): string[] {
  const amqp = new AmqpBroker(modelContext());
  amqp.assertQueue('q', { maxLength: 1, arguments: { 'x-overflow': overflow } });
  amqp.publish('', 'q', 'first');
  const taken = amqp.get('q');
  amqp.publish('', 'q', 'second');
  taken?.nack(true);
  return amqp
    .queue('q')
    .messages()
    .map((message) => message.text());
}

test('a requeue above the limit drops the head', () => {
  expect(bodiesAfterRequeue('drop-head')).toEqual(['second']);
});

test.each(['reject-publish', 'reject-publish-dlx'])('a queue with %s keeps what comes back', (overflow) => {
  expect(bodiesAfterRequeue(overflow)).toEqual(['first', 'second']);
});
