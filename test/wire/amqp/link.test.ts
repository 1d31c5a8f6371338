import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../../src/core/clock.js';
import { Link } from '../../../src/wire/amqp/link.js';

function linked() {
  const clock = new VirtualClock();
  const seen: string[] = [];
  const link = new Link(
    {
      write: (bytes) => seen.push(`write ${bytes.length}`),
      end: () => seen.push('end'),
      destroy: () => seen.push('destroy'),
      pause: () => seen.push('pause'),
      resume: () => seen.push('resume'),
      bufferedBytes: 7,
    },
    clock,
  );
  const pass = (ms: number) => clock.advanceTo(clock.now + ms, { liveness: true });
  return { link, seen, pass };
}

describe('the way to a peer', () => {
  test('counts what passes', () => {
    const { link } = linked();
    link.received(3);
    link.received(4);
    link.write(new Uint8Array(5));
    expect([link.receivedBytes, link.sentBytes, link.bufferedBytes]).toEqual([7, 5, 7]);
  });

  test('lets no more bytes leave than a cut allows, and tells when they have', () => {
    const { link, seen } = linked();
    link.cutAfter(6, () => seen.push('cut'));
    link.write(new Uint8Array(4));
    link.write(new Uint8Array(4));
    expect(seen).toEqual(['write 4', 'write 2', 'cut']);
    expect(link.sentBytes).toBe(6);
  });

  test('pauses and resumes once each', () => {
    const { link, seen } = linked();
    for (const paused of [false, true, true, false, false]) link.setPaused(paused);
    expect(seen).toEqual(['pause', 'resume']);
  });

  test('has one deadline, the last that was armed', () => {
    const { link, seen, pass } = linked();
    link.arm(10, () => seen.push('first'));
    link.arm(20, () => seen.push('second'));
    pass(20);
    link.arm(10, () => seen.push('third'));
    link.disarm();
    pass(10);
    expect(seen).toEqual(['second']);
  });

  test('sends heartbeats, and tells of a silent peer, until its timers are stopped', () => {
    const { link, seen, pass } = linked();
    link.startHeartbeat(1000, () => seen.push('silent'));
    pass(500);
    expect(seen).toEqual(['write 8']);
    pass(1500);
    expect(seen).toContain('silent');
    link.stopTimers();
    const count = seen.length;
    pass(5000);
    expect(seen).toHaveLength(count);
  });
});
