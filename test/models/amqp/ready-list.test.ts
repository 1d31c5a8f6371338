import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Envelope } from '../../../src/models/amqp/envelope.js';
import { type MessageStore, PriorityReadyList, ReadyList } from '../../../src/models/amqp/ready-list.js';

const step = fc.oneof(
  fc.record({ do: fc.constant('push' as const), priority: fc.nat({ max: 4 }) }),
  fc.record({ do: fc.constant('take' as const) }),
  fc.record({ do: fc.constant('giveBack' as const), pick: fc.nat() }),
);

/** Messages sorted by priority, then age: what a store has to be. */
function check(make: () => MessageStore, level: (priority: number) => number): void {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const store = make();
      let model: Envelope[] = [];
      const taken: Envelope[] = [];
      let position = 0;
      const order = (envelope: Envelope) => -level(envelope.properties.priority ?? 0) * 1_000 + envelope.position;
      for (const each of steps) {
        if (each.do === 'push') {
          const envelope = { position: ++position, properties: { priority: each.priority } } as Envelope;
          store.push(envelope);
          model.push(envelope);
        } else if (each.do === 'take') {
          const envelope = store.shift();
          expect(envelope).toBe(model.shift());
          if (envelope) taken.push(envelope);
        } else {
          const [envelope] = taken.splice(each.pick % Math.max(taken.length, 1), 1);
          if (!envelope) continue;
          store.giveBack(envelope);
          model.push(envelope);
        }
        model = model.sort((a, b) => order(a) - order(b));
        expect([store.length, store.peek()]).toEqual([model.length, model[0]]);
      }
      expect([...store.values()]).toEqual(model);
    }),
    { numRuns: 300 },
  );
}

it('prop: a list is first in, first out; what is given back stands where it was', () => {
  check(
    () => new ReadyList(),
    () => 0,
  );
});

it('prop: the highest priority comes first, larger ones count as the largest', () => {
  check(
    () => new PriorityReadyList(2),
    (priority) => Math.min(priority, 2),
  );
});
