import { describe, expect, it } from 'vitest';
import type { Destination } from '../../../src/models/amqp/binding.js';
import { DestinationSet, NO_MATCH, toMatch, unite } from '../../../src/models/amqp/match.js';

const queue = (name: string) => ({ kind: 'queue', name }) as unknown as Destination;
const exchange = (name: string) => ({ kind: 'exchange', name }) as unknown as Destination;
const [a, b, x] = [queue('a'), queue('b'), exchange('x')] as const;

function set(...destinations: Destination[]): DestinationSet {
  const made = new DestinationSet();
  for (const destination of destinations) made.add(destination);
  return made;
}

it('a match names each destination once, queues and exchanges apart', () => {
  expect(toMatch([a, x, a, b])).toEqual({ queues: [a, b], exchanges: [x] });
  expect(toMatch([])).toBe(NO_MATCH);
});

describe('a set of destinations', () => {
  it('keeps one as long as a binding names it', () => {
    const both = set(a, a, b);
    both.remove(a);
    expect(both.match.queues).toEqual([a, b]);
    both.remove(a);
    both.remove(a);
    expect([both.match.queues, both.size]).toEqual([[b], 1]);
    both.remove(b);
    expect(both.match).toBe(NO_MATCH);
  });

  it('makes its match once after each change', () => {
    const one = set(a);
    expect(one.match).toBe(one.match);
    const before = one.match;
    one.add(x);
    expect([before.exchanges, one.match.exchanges]).toEqual([[], [x]]);
  });
});

it.each([2, 40])('the union of %d sets names each destination once, in order', (count) => {
  const sets = Array.from({ length: count }, (_, at) => (at % 2 === 0 ? set(a, x) : set(b, a)));
  expect(unite(sets)).toEqual({ queues: [a, b], exchanges: [x] });
  expect(unite([])).toBe(NO_MATCH);
});
