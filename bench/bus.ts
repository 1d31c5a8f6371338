/** A way of a message from a publisher to its one subscriber, and how fast messages take it. */
import { type Measured, type Report, race, smoke, summarize, wallSeconds } from './report.js';

export const PAYLOAD = 'x'.repeat(100);
const WINDOW = 1_000;

/** A publisher and what has arrived at its one subscriber. */
export interface Bus {
  publish(payload: string): unknown;
  /** Called for each message that arrives. */
  arrived: (payload: string) => void;
  close(): unknown;
}

/** The same way in front of this broker and of a real one. */
export interface Rivals {
  readonly ours: Bus;
  readonly real: Bus;
}

/** Publishes `count` messages with at most `window` on their way, and waits for all of them. */
export function pump(bus: Bus, count: number, window: number): Promise<void> {
  return new Promise((resolve) => {
    let sent = 0;
    let missing = count;
    // What arrives within the first burst asks for no more: a bus that delivers at once would recurse.
    let bursting = true;
    const send = () => {
      sent++;
      bus.publish(PAYLOAD);
    };
    bus.arrived = () => {
      if (--missing === 0) resolve();
      else if (!bursting && sent < count) send();
    };
    for (const first = Math.min(window, count); sent < first; ) send();
    bursting = false;
  });
}

/** The contenders must hand on the same texts in the same order. */
export async function checkAgreement(buses: readonly Bus[]): Promise<void> {
  const texts = ['', 'one', 'grün', '\r\n'];
  for (const bus of buses) {
    const seen: string[] = [];
    await new Promise<void>((resolve) => {
      bus.arrived = (payload) => {
        if (seen.push(payload) === texts.length) resolve();
      };
      for (const text of texts) bus.publish(text);
    });
    if (seen.join('|') !== texts.join('|')) throw new Error(`the contenders do not agree: ${seen.join('|')}`);
  }
}

/** Adds a row: messages a second with a thousand on their way. */
export async function benchThroughput(
  report: Report,
  row: string,
  { ours, real }: Rivals,
  name: string,
  atLeast: number,
): Promise<void> {
  // By whole windows: a round of a few messages would time the way there and back.
  const windows = (bus: Bus) => (count: number) => pump(bus, count * WINDOW, WINDOW);
  const rates = await race({ ours: windows(ours), real: windows(real) }, { roundMs: 500, now: wallSeconds });
  report.add({
    row,
    unit: 'ops/s',
    ours: rates.ours.median * WINDOW,
    spread: rates.ours.spread,
    peer: { name, value: rates.real.median * WINDOW },
    target: { atLeast },
  });
}

/** Adds rows: how long one message takes that is alone, its quantiles over all messages of a round. */
export async function benchRoundTrip(
  report: Report,
  row: string,
  rivals: Rivals,
  name: string,
  atMost: { readonly p50?: number; readonly p99?: number },
): Promise<void> {
  const quantiles = { p50: 0.5, p99: 0.99 };
  const rounds: Record<keyof Rivals, number[][]> = { ours: [], real: [] };
  for (let round = 0; round < (smoke ? 1 : 6); round++) {
    for (const rival of ['ours', 'real'] as const) {
      const times = await tripTimes(rivals[rival], smoke ? 20 : 3_000);
      // The first round warms up.
      if (round > 0 || smoke) rounds[rival].push(times);
    }
  }
  for (const [quantile, part] of Object.entries(quantiles)) {
    const target = atMost[quantile as keyof typeof quantiles];
    if (target === undefined) continue;
    const measure = (rival: keyof Rivals): Measured =>
      summarize(rounds[rival].map((times) => times[Math.floor(times.length * part)] as number));
    const { median, spread } = measure('ours');
    const peer = { name, value: measure('real').median };
    report.add({ row: `${row}, ${quantile}`, unit: 'us', ours: median, spread, peer, target: { atMost: target } });
  }
}

/** Microseconds, shortest first. */
async function tripTimes(bus: Bus, count: number): Promise<number[]> {
  const times: number[] = [];
  for (let n = 0; n < count; n++) {
    const started = performance.now();
    await pump(bus, 1, 1);
    times.push((performance.now() - started) * 1_000);
  }
  return times.sort((a, b) => a - b);
}
