import { expect, it } from 'vitest';
import type { Envelope } from '../../../src/models/amqp/envelope.js';
import { ReadyList } from '../../../src/models/amqp/ready-list.js';
import { ReturnedFirstList } from '../../../src/models/amqp/returned-first-list.js';

const message = () => ({ position: 0, properties: {} }) as Envelope;

it('what came back goes first, in the order in which it came back', () => {
  const list = new ReturnedFirstList(new ReadyList());
  const messages = [message(), message(), message()];
  for (const each of messages) {
    list.number(each);
    list.push(each);
  }
  const [first, second] = [list.shift() as Envelope, list.shift() as Envelope];
  list.giveBack(second);
  list.giveBack(first);
  const order = [second, first, messages[2]];
  expect(messages.map(({ position }) => position)).toEqual([1, 2, 3]);
  expect(list.length).toBe(3);
  expect([...list.values()]).toEqual(order);
  expect(list.peek()).toBe(second);
  expect([list.shift(), list.shift(), list.shift(), list.shift()]).toEqual([...order, undefined]);
  list.push(first);
  list.giveBack(second);
  list.clear();
  expect(list.length).toBe(0);
});
