import { describe, expect, it } from 'vitest';
import { createClock, VirtualClock } from '../../src/core/clock.js';
import { createClockFace } from '../../src/core/clock-face.js';

describe('the face of a virtual clock', () => {
  it('fires what is due in order, and lets others react before time goes on', async () => {
    const clock = new VirtualClock({ startMs: 1_000 });
    const face = createClockFace(clock);
    const seen: string[] = [];
    clock.schedule(3_000, () => seen.push(`second at ${face.now}`));
    clock.schedule(2_000, () => {
      seen.push(`first at ${face.now}`);
      Promise.resolve().then(() => clock.schedule(2_500, () => seen.push(`reaction at ${face.now}`)));
    });
    await face.advance('5s');
    expect(seen).toEqual(['first at 2000', 'reaction at 2500', 'second at 3000']);
    expect(face.now).toBe(6_000);
  });

  it('fires liveness timers only when asked', async () => {
    const clock = new VirtualClock({ startMs: 1_000 });
    const face = createClockFace(clock);
    let silent = 0;
    clock.schedule(2_000, () => silent++, 'liveness');
    await face.advance(5_000);
    expect(silent).toBe(0);
    await face.advance(5_000, { liveness: true });
    expect(silent).toBe(1);
  });
});

it('a clock that follows real time cannot be advanced', async () => {
  const clock = createClock('system', () => {});
  await expect(createClockFace(clock).advance(1)).rejects.toMatchObject({ code: 'CLOCK_NOT_VIRTUAL' });
  clock.stop();
});
