import { type Clock, type Duration, durationMs, turnOfEventLoop, VirtualClock } from './clock.js';
import { BrokerError } from './errors.js';

/** The clock as users drive it. */
export interface BrokerClock {
  /** Milliseconds since 1970. */
  readonly now: number;
  /**
   * Moves a virtual clock, firing everything due in order and letting clients react in between.
   *
   * @param duration milliseconds or `'30s'`, `'1m'`, `'1h'`
   * @param options `liveness: true` also fires heartbeats and session timeouts
   * @throws BrokerError CLOCK_NOT_VIRTUAL on any other clock
   */
  advance(duration: Duration, options?: { liveness?: boolean }): Promise<void>;
}

/** What a broker shows of its clock. */
export function createClockFace(clock: Clock): BrokerClock {
  return {
    get now() {
      return clock.now;
    },
    advance: async (duration, options = {}) => {
      if (!(clock instanceof VirtualClock)) {
        throw new BrokerError(
          'CLOCK_NOT_VIRTUAL',
          "only a virtual clock can be advanced; start with { clock: 'virtual' }",
        );
      }
      const target = clock.now + durationMs(duration);
      for (let at = clock.nextTimerMs(target, options.liveness); at !== undefined; ) {
        clock.advanceTo(at, options);
        // Clients on this thread see what fired, and may send, before time goes on.
        for (let i = 0; i < 3; i++) await turnOfEventLoop();
        at = clock.nextTimerMs(target, options.liveness);
      }
      clock.advanceTo(target, options);
      await turnOfEventLoop();
    },
  };
}
