import fc from 'fast-check';
import { expect, it } from 'vitest';
import { AmqpBroker } from '../../../src/models/amqp/index.js';
import { modelContext } from '../../helpers/amqp-recording.js';

const key = fc.constantFrom('', 'a', 'b', 'a.b', '__proto__', '*', '#');
const queue = fc.constantFrom('q1', 'q2', 'q3');
const program = fc.array(fc.record({ add: fc.boolean(), queue, key }), { maxLength: 20 });

/** Binds and unbinds, and returns the bindings that are left. */
function follow(amqp: AmqpBroker, steps: readonly { add: boolean; queue: string; key: string }[]) {
  const left = new Map<string, { queue: string; key: string }>();
  for (const step of steps) {
    const identity = `${step.queue} ${step.key}`;
    if (step.add) {
      amqp.bind(step.queue, 'e', step.key);
      left.set(identity, step);
    } else {
      amqp.unbind(step.queue, 'e', step.key);
      left.delete(identity);
    }
  }
  return [...left.values()];
}

const sorted = (names: Iterable<string>) => [...new Set(names)].sort();

it.each([
  ['direct', (bound: string, sent: string) => bound === sent],
  ['fanout', () => true],
])('prop: %s reaches the queues of the bindings that are left, each once', (type, matches) => {
  fc.assert(
    fc.property(program, key, (steps, sent) => {
      const amqp = new AmqpBroker(modelContext());
      amqp.assertExchange('e', type);
      for (const name of ['q1', 'q2', 'q3']) amqp.assertQueue(name);
      const left = follow(amqp, steps);
      const { routed } = amqp.publish('e', sent, 'x');
      expect([...routed].sort()).toEqual(
        sorted(left.filter((each) => matches(each.key, sent)).map((each) => each.queue)),
      );
    }),
    { numRuns: 300 },
  );
});

it('headers refuses a binding whose x-match nobody knows', () => {
  const amqp = new AmqpBroker(modelContext());
  amqp.assertExchange('e', 'headers');
  amqp.assertQueue('q1');
  expect(() => amqp.bind('q1', 'e', '', { 'x-match': 'some' })).toThrow('x-match');
});
