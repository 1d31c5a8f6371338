import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../src/core/clock.js';
import { Delayed } from '../../src/core/delayed.js';

function wait(deadlineMs: number, kind?: 'data' | 'liveness') {
  const clock = new VirtualClock({ startMs: 100 });
  const answers: string[] = [];
  const delayed = new Delayed(
    clock,
    deadlineMs,
    () => 'late',
    (answer: string) => answers.push(answer),
    kind,
  );
  return { clock, answers, delayed };
}

describe('a delayed answer', () => {
  it('comes from the event when that is first', () => {
    const { clock, answers, delayed } = wait(150);
    expect([delayed.done, delayed.complete('event'), delayed.complete('again')]).toEqual([false, true, false]);
    clock.advanceTo(1_000);
    expect([answers, delayed.done, clock.nextDataTimerMs]).toEqual([['event'], true, undefined]);
  });

  it('comes from the deadline otherwise', () => {
    const { clock, answers, delayed } = wait(150);
    clock.advanceTo(149);
    expect(answers).toEqual([]);
    clock.advanceTo(150);
    expect([answers, delayed.complete('event')]).toEqual([['late'], false]);
  });

  it('never comes once it is abandoned', () => {
    const { clock, answers, delayed } = wait(150);
    expect([delayed.abandon(), delayed.abandon()]).toEqual([true, false]);
    clock.advanceTo(1_000);
    expect([answers, delayed.done]).toEqual([[], true]);
  });

  it('without a deadline waits for the event alone', () => {
    const { clock, delayed } = wait(Infinity);
    clock.advanceTo(1e9);
    expect([delayed.done, clock.nextDataTimerMs]).toEqual([false, undefined]);
  });

  it('with a deadline that watches a peer waits for liveness time', () => {
    const { clock, answers } = wait(150, 'liveness');
    clock.advanceTo(1_000);
    expect(answers).toEqual([]);
    clock.advanceTo(1_050, { liveness: true });
    expect(answers).toEqual(['late']);
  });

  it('may complete itself from within its own deadline', () => {
    const clock = new VirtualClock({ startMs: 1 });
    const answers: string[] = [];
    const delayed: Delayed<string> = new Delayed(
      clock,
      5,
      () => {
        delayed.complete('inner');
        return 'outer';
      },
      (answer) => answers.push(answer),
    );
    clock.advanceTo(10);
    expect(answers).toEqual(['inner']);
  });

  it('prop: answers at most once, whatever happens in which order', () => {
    const step = fc.constantFrom('complete' as const, 'abandon' as const, 'advance' as const);
    fc.assert(
      fc.property(fc.nat(50), fc.array(step, { maxLength: 20 }), (delayMs, steps) => {
        const { clock, answers, delayed } = wait(100 + delayMs);
        for (const each of steps) {
          if (each === 'advance') clock.advanceTo(clock.now + 10);
          else if (each === 'complete') delayed.complete('event');
          else delayed.abandon();
        }
        expect(answers.length).toBeLessThanOrEqual(1);
        expect(delayed.done || answers.length === 0).toBe(true);
      }),
    );
  });
});
