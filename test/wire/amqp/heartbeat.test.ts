import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../../src/core/clock.js';
import { Heartbeat } from '../../../src/wire/amqp/heartbeat.js';

function started() {
  const clock = new VirtualClock();
  const seen: string[] = [];
  const heartbeat = new Heartbeat(
    clock,
    1000,
    () => seen.push('sent'),
    () => seen.push('gave up'),
  );
  const pass = (ms: number) => clock.advanceTo(clock.now + ms, { liveness: true });
  return { seen, heartbeat, pass };
}

describe('heartbeat', () => {
  test('is sent each half interval in which nothing else left', () => {
    const { seen, heartbeat, pass } = started();
    pass(500);
    heartbeat.sent();
    pass(500);
    expect(seen).toEqual(['sent']);
    pass(500);
    expect(seen).toEqual(['sent', 'sent']);
  });

  test('gives a peer up after two whole intervals of silence', () => {
    const { seen, heartbeat, pass } = started();
    heartbeat.received();
    pass(2999);
    expect(seen).not.toContain('gave up');
    pass(1);
    expect(seen).toContain('gave up');
  });

  test('does nothing once it was stopped', () => {
    const { seen, heartbeat, pass } = started();
    heartbeat.stop();
    pass(10_000);
    expect(seen).toEqual([]);
  });

  test('prop: R20 a peer is given up in the second whole interval of silence, and never while it talks', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 1000 }), { maxLength: 20 }), (pauses) => {
        const { seen, heartbeat, pass } = started();
        let passedMs = 0;
        for (const ms of pauses) {
          pass(ms);
          passedMs += ms;
          heartbeat.received();
        }
        expect(seen).not.toContain('gave up');
        // The interval in which the last word fell does not count as silent.
        const givenUpMs = (Math.floor(passedMs / 1000) + (pauses.length > 0 ? 3 : 2)) * 1000;
        pass(givenUpMs - passedMs - 1);
        expect(seen).not.toContain('gave up');
        pass(1);
        expect(seen).toContain('gave up');
      }),
    );
  });
});
