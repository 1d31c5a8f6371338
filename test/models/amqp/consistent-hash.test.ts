import { expect, it } from 'vitest';
import { jump } from '../../../src/models/amqp/consistent-hash.js';
import { erlangHash, termOfText } from '../../../src/models/amqp/erlang-hash.js';
import { AmqpBroker } from '../../../src/models/amqp/index.js';
import { modelContext } from '../../helpers/amqp-recording.js';

it('picks the bucket that Erlang picks with its exs1024', () => {
  const bucketOf = (key: string, count: number) => jump(erlangHash(termOfText(key)) % 2 ** 27, count);
  const buckets = (key: string) => [1, 2, 3, 10, 1000].map((count) => bucketOf(key, count));
  expect(buckets('a')).toEqual([0, 1, 1, 6, 47]);
  expect(buckets('key-1')).toEqual([0, 1, 1, 1, 935]);
  expect(buckets('order.42')).toEqual([0, 1, 1, 3, 366]);
  expect(buckets('')).toEqual([0, 0, 0, 9, 161]);
  const first = Array.from({ length: 20 }, (_, i) => bucketOf(String(i), 7));
  expect(first).toEqual([3, 2, 5, 2, 0, 0, 3, 2, 6, 6, 2, 3, 1, 6, 3, 5, 0, 2, 2, 2]);
});

it('sends keys where RabbitMQ 3.10.8 sends them, whatever came and went', () => {
  const amqp = new AmqpBroker(modelContext());
  amqp.assertExchange('h', 'x-consistent-hash');
  for (const queue of ['a', 'b', 'c']) amqp.assertQueue(queue);
  /** Which of 60 keys go to a queue. */
  const keysOf = (queue: string) =>
    Array.from({ length: 60 }, (_, i) => i).filter((i) => amqp.explain('h', `key-${i}`).routed.includes(queue));
  amqp.bind('a', 'h', '2');
  amqp.bind('b', 'h', '3');
  const ofTwo = [1, 2, 3, 4, 5, 9, 10, 12, 17, 20, 24, 26, 28, 29, 32, 33, 38, 42, 43, 45, 48, 51, 53, 54, 55, 56, 57];
  expect(keysOf('a')).toEqual(ofTwo);
  amqp.bind('c', 'h', '1');
  const ofThree = [1, 3, 5, 9, 10, 12, 17, 20, 24, 29, 32, 33, 38, 42, 45, 48, 51, 53, 54, 55, 56, 57];
  expect([keysOf('a'), keysOf('c')]).toEqual([ofThree, [2, 4, 7, 18, 25, 26, 27, 28, 43, 50]]);
  amqp.bind('a', 'h', '5');
  expect(keysOf('a')).toEqual(ofThree);
  amqp.unbind('a', 'h', '5');
  expect([keysOf('a'), keysOf('c')]).toEqual([[], [0, 6, 7, 8, 22, 27, 30, 35, 36, 37, 44, 47, 49, 58, 59]]);
});
