import { type Clock, type Duration, durationMs } from './clock.js';
import { BrokerError } from './errors.js';

export interface WaitOptions {
  /** How long to wait on the broker's clock; milliseconds or `'500ms'`, `'5s'`. Default 5 seconds. */
  readonly timeout?: Duration;
}

const DEFAULT_TIMEOUT_MS = 5_000;

/**
 * Waits for something to happen.
 *
 * @param listen starts listening: calls its argument with what happened; returns how to stop
 * @param describe says what was waited for, and what came instead, for the error
 * @throws BrokerError TIMEOUT when time is up
 */
export function waitFor<T>(
  clock: Clock,
  options: WaitOptions,
  listen: (happened: (value: T) => void) => () => void,
  describe: () => string,
): Promise<T> {
  const timeoutMs = durationMs(options.timeout ?? DEFAULT_TIMEOUT_MS);
  return new Promise<T>((resolve, reject) => {
    const timer = clock.schedule(clock.now + timeoutMs, () => {
      stop();
      reject(new BrokerError('TIMEOUT', `${describe()} within ${timeoutMs} ms`));
    });
    const stop = listen((value) => {
      clock.cancel(timer);
      stop();
      resolve(value);
    });
  });
}
