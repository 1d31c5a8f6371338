import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  type Clock,
  createClock,
  durationMs,
  type Timer,
  turnOfEventLoop,
  VIRTUAL_START_MS,
  VirtualClock,
} from '../../src/core/clock.js';
import { BrokerLimitError } from '../../src/core/errors.js';
import { TEST_LIMITS } from '../../src/core/limits.js';

const rethrow = (error: unknown) => {
  throw error;
};

describe('durationMs', () => {
  it('takes milliseconds and numbers with a unit', () => {
    expect([250, '250ms', '30s', '1m', '1.5h', '7d', ' 2s '].map(durationMs)).toEqual([
      250, 250, 30_000, 60_000, 5_400_000, 604_800_000, 2_000,
    ]);
  });

  it.each(['', '1', '-1s', '1 s', 'soon', '1y', -1, Number.NaN, Infinity])('refuses %s', (duration) => {
    expect(() => durationMs(duration)).toThrow(expect.objectContaining({ code: 'INVALID_DURATION' }));
  });
});

describe('a virtual clock', () => {
  it('starts at a fixed instant and moves only by advance', () => {
    const clock = new VirtualClock();
    expect(clock.now).toBe(VIRTUAL_START_MS);
    clock.advanceTo(clock.now + 5);
    expect(clock.now).toBe(VIRTUAL_START_MS + 5);
  });

  it('fires each timer at its own instant, those of one instant in the order they were scheduled', () => {
    const clock = new VirtualClock({ startMs: 100 });
    const fired: string[] = [];
    for (const [name, at] of [
      ['c', 130],
      ['a', 110],
      ['b', 110],
      ['never', 151],
    ] as const) {
      clock.schedule(at, () => fired.push(`${name}@${clock.now}`));
    }
    clock.advanceTo(150);
    expect(fired).toEqual(['a@110', 'b@110', 'c@130']);
    expect(clock.now).toBe(150);
    expect(clock.nextDataTimerMs).toBe(151);
  });

  it('fires what a timer schedules within the same jump, and what is long due at once', () => {
    const clock = new VirtualClock({ startMs: 1 });
    const fired: number[] = [];
    clock.schedule(10, () => {
      clock.schedule(20, () => fired.push(clock.now));
      clock.schedule(5, () => fired.push(clock.now));
    });
    clock.advanceTo(30);
    expect(fired).toEqual([10, 20]);
  });

  it('fires a timer once and never after cancel', () => {
    const clock = new VirtualClock({ startMs: 1 });
    let count = 0;
    const first = clock.schedule(2, () => count++);
    const second = clock.schedule(3, () => count++);
    expect([first.pending, second.pending]).toEqual([true, true]);
    clock.cancel(second);
    clock.cancel(second);
    clock.cancel(undefined);
    clock.advanceTo(10);
    clock.cancel(first);
    clock.advanceTo(20);
    expect([count, first.pending, second.pending]).toEqual([1, false, false]);
  });

  it('leaves liveness timers alone unless asked, and lets their time stand still meanwhile', () => {
    const clock = new VirtualClock({ startMs: 1_000 });
    const fired: string[] = [];
    clock.schedule(1_100, () => fired.push(`heartbeat@${clock.now}`), 'liveness');
    clock.schedule(1_100, () => fired.push(`ttl@${clock.now}`), 'data');
    clock.advanceTo(5_000);
    expect(fired).toEqual(['ttl@1100']);
    expect(clock.nextTimerMs(Infinity)).toBeUndefined();
    expect(clock.nextTimerMs(Infinity, true)).toBe(5_100);
    clock.advanceTo(5_100, { liveness: true });
    expect(fired).toEqual(['ttl@1100', 'heartbeat@5100']);
  });

  it('says when the next timer is due, not beyond a bound and never in the past', () => {
    const clock = new VirtualClock({ startMs: 100 });
    clock.schedule(50, () => {});
    expect(clock.nextTimerMs(100)).toBe(100);
    clock.advanceTo(101);
    clock.schedule(200, () => {});
    expect([clock.nextTimerMs(199), clock.nextTimerMs(200)]).toEqual([undefined, 200]);
  });

  it('finishes the jump when timers throw and throws their errors together', () => {
    const clock = new VirtualClock({ startMs: 1 });
    let later = false;
    clock.schedule(2, () => rethrow(new Error('one')));
    clock.schedule(3, () => {
      later = true;
    });
    expect(() => clock.advanceTo(10)).toThrow('one');
    expect([later, clock.now]).toEqual([true, 10]);
    clock.schedule(11, () => rethrow(new Error('two')));
    clock.schedule(12, () => rethrow(new Error('three')));
    expect(() => clock.advanceTo(20)).toThrow(AggregateError);
  });

  it('names the limit that a jump or a runaway timer exceeds', () => {
    const limits = { ...TEST_LIMITS, advanceMs: 1_000, advanceTimerCount: 100 };
    const clock = new VirtualClock({ startMs: 1, limits });
    expect(() => clock.advanceTo(1_002)).toThrow(/limits\.advanceMs/);
    const again = () => void clock.schedule(clock.now, again);
    again();
    expect(() => clock.advanceTo(2)).toThrow(BrokerLimitError);
    expect(() => clock.advanceTo(3)).toThrow(/limits\.advanceTimerCount/);
  });

  it('refuses timers once it is stopped', () => {
    const clock = new VirtualClock({ startMs: 1 });
    let fired = 0;
    const before = clock.schedule(2, () => fired++);
    const watch = clock.schedule(2, () => fired++, 'liveness');
    clock.stop();
    const after = clock.schedule(3, () => fired++);
    clock.advanceTo(10, { liveness: true });
    expect([before.pending, watch.pending, after.pending, fired]).toEqual([false, false, false, 0]);
  });

  it('prop: fires exactly what a sorted list says, in its order', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('schedule' as const), delayMs: fc.nat(50), liveness: fc.boolean() }),
      fc.record({ kind: fc.constant('cancel' as const), index: fc.nat(60) }),
      fc.record({ kind: fc.constant('advance' as const), ms: fc.nat(40), liveness: fc.boolean() }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const clock = new VirtualClock({ startMs: 1 });
        const fired: number[] = [];
        const timers: Timer[] = [];
        // The plain model: `left` is how much of the timer's own time line still has to pass.
        const waiting: Array<{ id: number; left: number; liveness: boolean }> = [];
        const expected: number[] = [];
        for (const each of steps) {
          if (each.kind === 'schedule') {
            const id = timers.length;
            const kind = each.liveness ? 'liveness' : 'data';
            timers.push(clock.schedule(clock.now + each.delayMs, () => fired.push(id), kind));
            waiting.push({ id, left: each.delayMs, liveness: each.liveness });
          } else if (each.kind === 'cancel') {
            clock.cancel(timers[each.index]);
            const at = waiting.findIndex(({ id }) => id === each.index);
            if (at >= 0) waiting.splice(at, 1);
          } else {
            clock.advanceTo(clock.now + each.ms, { liveness: each.liveness });
            const moving = waiting.filter((timer) => each.liveness || !timer.liveness);
            const due = moving.filter((timer) => timer.left <= each.ms).sort((a, b) => a.left - b.left || a.id - b.id);
            expected.push(...due.map(({ id }) => id));
            for (const timer of moving) timer.left -= each.ms;
            for (const timer of due) waiting.splice(waiting.indexOf(timer), 1);
          }
        }
        expect(fired).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('prop: cancelling most of many timers leaves the others in order', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(1_000), fc.boolean()), { minLength: 200, maxLength: 400 }), (plan) => {
        const clock = new VirtualClock({ startMs: 1 });
        const fired: number[] = [];
        const timers = plan.map(([delayMs], id) => clock.schedule(1 + delayMs, () => fired.push(id)));
        const kept = (id: number) => plan[id]?.[1] === true && id % 3 === 0;
        for (const [id, timer] of timers.entries()) if (!kept(id)) clock.cancel(timer);
        clock.advanceTo(2_000);
        const ids = [...plan.keys()].filter(kept);
        expect(fired).toEqual(ids.sort((a, b) => (plan[a]?.[0] ?? 0) - (plan[b]?.[0] ?? 0) || a - b));
      }),
      { numRuns: 50 },
    );
  });
});

describe('a clock that follows a wall clock', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  const fakeTime = () => vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'], now: 1_000 });
  const create = (errors: unknown[] = []): Clock => createClock('global', (error) => void errors.push(error));

  it('with kind global fires when the fake timers of the application move', () => {
    fakeTime();
    const clock = create();
    const fired: string[] = [];
    clock.schedule(1_050, () => fired.push(`b@${clock.now}`));
    clock.schedule(1_020, () => fired.push(`a@${clock.now}`), 'liveness');
    clock.schedule(1_050, () => fired.push(`c@${clock.now}`), 'liveness');
    expect(clock.nextDataTimerMs).toBe(1_050);
    vi.advanceTimersByTime(49);
    expect(fired).toEqual(['a@1020']);
    vi.advanceTimersByTime(1);
    expect(fired).toEqual(['a@1020', 'b@1050', 'c@1050']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('holds one timeout for all its timers and none when everything is cancelled or stopped', () => {
    fakeTime();
    const clock = create();
    const timers = [30, 10, 20].map((delay) => clock.schedule(1_000 + delay, () => {}));
    expect(vi.getTimerCount()).toBe(1);
    for (const timer of timers) clock.cancel(timer);
    vi.advanceTimersByTime(100);
    expect(vi.getTimerCount()).toBe(0);
    clock.schedule(5_000, () => {});
    clock.stop();
    expect(vi.getTimerCount()).toBe(0);
    expect(clock.schedule(6_000, () => {}).pending).toBe(false);
  });

  it('reports what a timer throws and goes on', () => {
    fakeTime();
    const errors: unknown[] = [];
    const clock = create(errors);
    let fired = false;
    const error = new Error('of the user');
    clock.schedule(1_001, () => rethrow(error));
    clock.schedule(1_001, () => {
      fired = true;
    });
    vi.advanceTimersByTime(1);
    expect([errors, fired]).toEqual([[error], true]);
  });

  it('never runs backwards and never reads 0', () => {
    fakeTime();
    const clock = create();
    expect(clock.now).toBe(1_000);
    vi.setSystemTime(500);
    expect(clock.now).toBe(1_000);
    vi.setSystemTime(0);
    expect(create().now).toBe(1);
  });

  it('waits longer than setTimeout can', () => {
    fakeTime();
    const clock = create();
    let firedAt = 0;
    const days = 60 * 24 * 3_600_000;
    clock.schedule(1_000 + days, () => {
      firedAt = clock.now;
    });
    vi.advanceTimersByTime(days);
    expect(firedAt).toBe(1_000 + days);
  });

  it('with kind system is not stopped by fake timers', async () => {
    const clock = createClock('system', rethrow);
    vi.useFakeTimers();
    const before = clock.now;
    // Held open by the test's own interval: the clock's timeout keeps no process alive.
    await new Promise<void>((resolve) => clock.schedule(before + 5, resolve));
    expect(clock.now).toBeGreaterThanOrEqual(before + 5);
    await turnOfEventLoop();
    clock.stop();
  });
});

it('an unknown kind of clock is refused', () => {
  expect(() => createClock('sundial' as 'system', rethrow)).toThrow(expect.objectContaining({ code: 'INVALID_CLOCK' }));
});
