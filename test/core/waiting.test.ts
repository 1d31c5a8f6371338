import { expect, test } from 'vitest';
import { VirtualClock } from '../../src/core/clock.js';
import { waitFor } from '../../src/core/waiting.js';

test('resolves with what happened and stops listening', async () => {
  let happened: (value: string) => void = () => {};
  let stopped = 0;
  const listen = (found: (value: string) => void) => {
    happened = found;
    return () => stopped++;
  };
  const waiting = waitFor(new VirtualClock(), {}, listen, () => 'nothing');
  happened('it');
  expect(await waiting).toBe('it');
  expect(stopped).toBe(1);
});

test('gives up on the clock it was given, and says what was waited for', async () => {
  const clock = new VirtualClock();
  let stopped = 0;
  const waiting = waitFor(
    clock,
    { timeout: '2s' },
    () => () => stopped++,
    () => 'no bird sang',
  );
  clock.advanceTo(clock.now + 1_999);
  expect(stopped).toBe(0);
  clock.advanceTo(clock.now + 1);
  await expect(waiting).rejects.toMatchObject({ code: 'TIMEOUT', message: 'no bird sang within 2000 ms' });
  expect(stopped).toBe(1);
});

test('refuses a duration that is none', () => {
  const never = () => () => {};
  expect(() => waitFor(new VirtualClock(), { timeout: 'soon' }, never, () => '')).toThrow(/no duration/);
});
