import { describe, expect, it } from 'vitest';
import type { Envelope } from '../../../src/models/amqp/envelope.js';
import { AmqpBroker } from '../../../src/models/amqp/index.js';
import { TwoClassList } from '../../../src/models/amqp/two-class-list.js';
import { modelContext } from '../../helpers/amqp-recording.js';

const message = (position: number, priority?: number) => ({ position, properties: { priority } }) as Envelope;

function drain(list: TwoClassList): number[] {
  const out: number[] = [];
  for (let next = list.shift(); next; next = list.shift()) out.push(next.position);
  return out;
}

describe('two classes of priority', () => {
  it('two high ones go before a normal one that is older', () => {
    const list = new TwoClassList();
    for (const position of [1, 2, 3]) list.push(message(position));
    for (const position of [4, 5, 6, 7, 8]) list.push(message(position, 9));
    expect([...list.values()].map(({ position }) => position)).toEqual([4, 5, 1, 6, 7, 2, 8, 3]);
    expect(drain(list)).toEqual([4, 5, 1, 6, 7, 2, 8, 3]);
  });

  it('a normal one that is younger has no turn before them', () => {
    const list = new TwoClassList();
    for (const position of [1, 2, 3, 4]) list.push(message(position, 5));
    list.push(message(5, 4));
    expect(drain(list)).toEqual([1, 2, 3, 4, 5]);
  });
});

it.each([
  ['3', ['normal', 'high']],
  ['4', ['high', 'normal']],
] as const)('a quorum queue of version %s delivers %j', (version, order) => {
  const amqp = new AmqpBroker(modelContext(), { version });
  amqp.assertQueue('q', { arguments: { 'x-queue-type': 'quorum' } });
  amqp.publish('', 'q', 'normal');
  amqp.publish('', 'q', 'high', { priority: 9 });
  expect([amqp.get('q')?.text(), amqp.get('q')?.text()]).toEqual(order);
});

it('an exchange that picks a queue of its node by chance is there since version 4', () => {
  const amqp = new AmqpBroker(modelContext(), { version: '4' });
  amqp.assertExchange('r', 'x-local-random');
  for (const queue of ['a', 'b']) {
    amqp.assertQueue(queue);
    amqp.bind(queue, 'r');
  }
  expect(amqp.publish('r', '', '').routed).toHaveLength(1);
  expect(() => new AmqpBroker(modelContext()).assertExchange('r', 'x-local-random')).toThrow('x-local-random');
});
