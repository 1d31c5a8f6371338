import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../src/core/clock.js';
import { Journal } from '../../src/core/journal.js';

const clock = new VirtualClock({ startMs: 1_000 });

describe('a journal', () => {
  it('numbers what happens, with its time, across models', () => {
    const journal = new Journal(clock, 10);
    journal.record('amqp', 'published', { to: 'events', key: 'a' });
    journal.record('redis', 'dropped', { to: 'news', reason: 'no subscriber' });
    expect(journal.since()).toEqual([
      { seq: 1, atMs: 1_000, model: 'amqp', name: 'published', to: 'events', key: 'a' },
      { seq: 2, atMs: 1_000, model: 'redis', name: 'dropped', to: 'news', reason: 'no subscriber' },
    ]);
    expect(journal.lastSeq).toBe(2);
  });

  it('tells listeners of one event and of all', () => {
    const journal = new Journal(clock, 10);
    const seen: string[] = [];
    journal.events.on('acked', (event) => seen.push(`acked ${event.seq}`));
    journal.events.on('event', (event) => seen.push(`any ${event.seq}`));
    journal.record('amqp', 'acked', {});
    journal.record('amqp', 'requeued', {});
    expect(seen).toEqual(['acked 1', 'any 1', 'any 2']);
  });

  it('starts over when it is cleared', () => {
    const journal = new Journal(clock, 2);
    for (let i = 0; i < 5; i++) journal.record('kafka', 'published', { offset: i });
    journal.clear();
    expect([journal.lastSeq, journal.since()]).toEqual([0, []]);
    journal.record('kafka', 'published', { offset: 9 });
    expect(journal.since().map(({ seq, offset }) => [seq, offset])).toEqual([[1, 9]]);
  });

  it('keeps nothing with a capacity of 0, and still tells listeners', () => {
    const journal = new Journal(clock, 0);
    let told = 0;
    journal.events.on('event', () => told++);
    journal.record('kafka', 'published', {});
    expect([journal.since(), told]).toEqual([[], 1]);
  });

  it('is off when made so', () => {
    expect([new Journal(clock, 1).on, new Journal(clock, 1, false).on]).toEqual([true, false]);
  });

  it('prop: keeps the newest events in order, without gaps', () => {
    fc.assert(
      fc.property(fc.nat(20), fc.nat(60), fc.nat(80), (capacity, count, from) => {
        const journal = new Journal(clock, capacity);
        for (let i = 1; i <= count; i++) journal.record('kafka', 'published', { offset: i });
        const all = Array.from({ length: count }, (_, i) => i + 1);
        const kept = capacity === 0 ? [] : all.slice(-capacity);
        expect(journal.since(from).map((event) => event.offset)).toEqual(kept.filter((seq) => seq > from));
      }),
    );
  });
});
