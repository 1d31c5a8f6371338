import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DeliveryWindow } from '../../../src/models/amqp/delivery-window.js';
import { Envelope } from '../../../src/models/amqp/envelope.js';

const envelope = () => new Envelope('', 'q', {}, new Uint8Array());

describe('a delivery window', () => {
  it('prop: is a map by tag, oldest first', () => {
    const step = fc.record({ add: fc.boolean(), gap: fc.integer({ min: 1, max: 5 }), pick: fc.nat(50) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 150 }), (steps) => {
        const window = new DeliveryWindow<number>();
        const model = new Map<number, Envelope>();
        const takers = new Map<number, number>();
        let tag = 0;
        for (const { add, gap, pick } of steps) {
          if (add) {
            tag += gap;
            const each = envelope();
            window.add(tag, each, tag * 2);
            model.set(tag, each);
            takers.set(tag, tag * 2);
          } else {
            const chosen = [...model.keys()][pick] ?? pick + 1000;
            if (gap === 1) {
              window.retake(chosen, -chosen);
              takers.set(chosen, -chosen);
            }
            expect(window.has(chosen)).toBe(model.has(chosen));
            expect(window.take(chosen)).toBe(model.get(chosen));
            if (model.delete(chosen)) expect(window.taken).toBe(takers.get(chosen));
          }
          expect(window.size).toBe(model.size);
          expect(window.tags()).toEqual([...model.keys()]);
          expect(window.oldest).toBe([...model.keys()][0]);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('does not grow with what was settled behind an old delivery', () => {
    const window = new DeliveryWindow<number>();
    window.add(1, envelope(), 1);
    for (let tag = 2; tag < 300_000; tag++) {
      window.add(tag, envelope(), tag);
      window.take(tag);
    }
    expect(window.tags()).toEqual([1]);
    expect(window.oldest).toBe(1);
    expect(window.take(1)).toBeDefined();
    expect(window.size).toBe(0);
  });
});
