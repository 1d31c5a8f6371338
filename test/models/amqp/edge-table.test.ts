import fc from 'fast-check';
import { expect, it } from 'vitest';
import { EdgeTable } from '../../../src/models/amqp/edge-table.js';

it('prop: is a map by start and label, whatever comes and goes', () => {
  const number = fc.integer({ min: 1, max: 12 });
  fc.assert(
    fc.property(fc.array(fc.tuple(number, number), { maxLength: 300 }), (steps) => {
      const table = new EdgeTable();
      const model = new Map<string, number>();
      for (const [at, [from, label]] of steps.entries()) {
        const name = `${from} ${label}`;
        if (model.delete(name)) table.remove(from, label);
        else {
          table.add(from, label, at + 1);
          model.set(name, at + 1);
        }
        expect(table.size).toBe(model.size);
      }
      for (let from = 1; from <= 12; from++) {
        for (let label = 1; label <= 12; label++) {
          expect(table.get(from, label)).toBe(model.get(`${from} ${label}`) ?? 0);
        }
      }
    }),
  );
});

it('keeps many', () => {
  const table = new EdgeTable();
  for (let n = 1; n <= 5_000; n++) table.add(n, (n % 7) + 1, n * 2);
  for (let n = 1; n <= 5_000; n += 2) table.remove(n, (n % 7) + 1);
  for (let n = 1; n <= 5_000; n++) expect(table.get(n, (n % 7) + 1)).toBe(n % 2 === 0 ? n * 2 : 0);
});
