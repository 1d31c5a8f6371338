import type { RedisDoor } from './index.js';

export interface LatencySample {
  readonly atSeconds: number;
  readonly durationMs: number;
}

/** How many samples of an event are remembered. */
const MOST_SAMPLES = 160;

/** What LATENCY tells: events that took `latency-monitor-threshold` milliseconds or more of the broker's time. */
export class LatencyMonitor {
  readonly #door: RedisDoor;
  /** The newest sample last, one a second: the longest. */
  readonly #samples = new Map<string, LatencySample[]>();
  readonly #longestMs = new Map<string, number>();

  constructor(door: RedisDoor) {
    this.#door = door;
  }

  get events(): readonly string[] {
    return [...this.#samples.keys()];
  }

  samples(event: string): readonly LatencySample[] {
    return this.#samples.get(event) ?? [];
  }

  longestMs(event: string): number {
    return this.#longestMs.get(event) ?? 0;
  }

  note(event: string, durationMs: number): void {
    const leastMs = this.#door.broker.config.number('latency-monitor-threshold');
    if (leastMs === 0 || durationMs < leastMs) return;
    const samples = this.#samples.get(event) ?? [];
    this.#samples.set(event, samples);
    this.#longestMs.set(event, Math.max(this.longestMs(event), durationMs));
    const atSeconds = Math.floor(this.#door.now / 1000);
    const last = samples.at(-1);
    if (last?.atSeconds === atSeconds) samples.pop();
    samples.push({
      atSeconds,
      durationMs: last?.atSeconds === atSeconds ? Math.max(last.durationMs, durationMs) : durationMs,
    });
    if (samples.length > MOST_SAMPLES) samples.shift();
  }

  /** Forgets an event; false when there is none. */
  forget(event: string): boolean {
    this.#longestMs.delete(event);
    return this.#samples.delete(event);
  }
}
