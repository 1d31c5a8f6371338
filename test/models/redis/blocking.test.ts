import { describe, expect, it } from 'vitest';
import { Blocking } from '../../../src/models/redis/blocking.js';

function waiterOf(blocking: Blocking, served: string[], name: string, keys: readonly string[], want = true) {
  const stop = blocking.wait({
    db: 0,
    keys,
    attempt: (key) => {
      if (!want) return false;
      served.push(`${name}:${key}`);
      stop();
      return true;
    },
  });
  return stop;
}

describe('waiting for keys', () => {
  it('serves who has waited longest, when asked to', () => {
    const blocking = new Blocking();
    const served: string[] = [];
    waiterOf(blocking, served, 'a', ['k', 'l']);
    waiterOf(blocking, served, 'b', ['k']);
    blocking.signal(0, 'k');
    expect(served).toEqual([]);
    blocking.serve(() => 'value');
    expect(served).toEqual(['a:k', 'b:k']);
    expect(blocking.keyCount).toBe(0);
  });

  it('keeps those who did not get what they want, and forgets those who left', () => {
    const blocking = new Blocking();
    const served: string[] = [];
    waiterOf(blocking, served, 'a', ['k'], false);
    waiterOf(blocking, served, 'b', ['k'])();
    blocking.signal(0, 'k');
    blocking.serve(() => undefined);
    expect([served, blocking.keyCount]).toEqual([[], 1]);
    blocking.clear();
    expect(blocking.keyCount).toBe(0);
  });

  it('minds the database', () => {
    const blocking = new Blocking();
    const served: string[] = [];
    waiterOf(blocking, served, 'a', ['k']);
    blocking.signal(1, 'k');
    blocking.serve(() => 'value');
    expect(served).toEqual([]);
    blocking.signalAll(0);
    blocking.serve(() => 'value');
    expect(served).toEqual(['a:k']);
  });
});
