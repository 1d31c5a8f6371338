import { expect, it } from 'vitest';
import { createBroker } from '../../../src/index.js';

it('what died in a command goes on when it has ended, in the order of its deaths', () => {
  const { amqp } = createBroker();
  amqp.assertQueue('dead');
  amqp.assertQueue('q', { maxLength: 2, deadLetterExchange: '', deadLetterRoutingKey: 'dead' });
  for (const body of ['1', '2', '3', '4']) amqp.publish('', 'q', body);
  expect(
    amqp
      .queue('dead')
      .messages()
      .map((message) => message.text()),
  ).toEqual(['1', '2']);
});

it('what dies again on its way goes on behind it', () => {
  const { amqp } = createBroker();
  amqp.assertQueue('end');
  amqp.assertQueue('none', { maxLength: 0, deadLetterExchange: '', deadLetterRoutingKey: 'end' });
  amqp.assertQueue('q', { maxLength: 0, deadLetterExchange: '', deadLetterRoutingKey: 'none' });
  amqp.publish('', 'q', 'x');
  const [message] = amqp.queue('end').messages();
  const deaths = message?.headers['x-death'] as Array<{ queue: string }>;
  expect(deaths.map(({ queue }) => queue)).toEqual(['none', 'q']);
});

it('a message without a way on is gone', () => {
  const { amqp } = createBroker();
  amqp.assertQueue('q', { maxLength: 0, deadLetterExchange: 'nowhere' });
  amqp.publish('', 'q', 'x');
  expect(amqp.queue('q').length).toBe(0);
});
