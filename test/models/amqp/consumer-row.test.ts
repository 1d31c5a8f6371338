import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Consumer } from '../../../src/models/amqp/consumer.js';
import { ConsumerRow } from '../../../src/models/amqp/consumer-row.js';

/** The part of a consumer that a row knows. */
const member = () => ({ row: undefined, before: undefined, after: undefined }) as unknown as Consumer;

it('prop: two rows hold what two plain lists hold', () => {
  const step = fc.record({ row: fc.nat(1), consumer: fc.nat(4), joins: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const consumers = Array.from({ length: 5 }, member);
      const rows = [new ConsumerRow(), new ConsumerRow()];
      let lists: number[][] = [[], []];
      for (const { row, consumer, joins } of steps) {
        const each = consumers[consumer] as Consumer;
        if (!joins && each.row !== rows[row]) continue;
        lists = lists.map((list) => list.filter((other) => other !== consumer));
        if (joins) (lists[row] as number[]).push(consumer);
        if (joins) rows[row]?.join(each);
        else rows[row]?.leave(each);
        for (const [n, list] of lists.entries()) {
          expect(rows[n]?.values().map((other) => consumers.indexOf(other))).toEqual(list);
          expect(rows[n]?.isEmpty).toBe(list.length === 0);
          expect(rows[n]?.first).toBe(consumers[list[0] ?? -1]);
        }
      }
    }),
  );
});
