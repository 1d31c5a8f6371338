/**
 * How a benchmark is measured and told.
 *
 * A `*.bench.ts` file is a script of its own: it first checks that all contenders give the same answer, then times them
 * in turn, round by round, so that what disturbs the machine disturbs all of them, and ends with `report.print()`.
 * `npm run bench` runs all of them, `npm run bench -- redis` those whose name holds a word; `--smoke` makes one short
 * round that only shows that they run, `--json` prints one line of JSON a row, and a missed target ends with exit code 1.
 * `--amqp=amqp://HOST:PORT` names a RabbitMQ for the rows beside a real one.
 */

/** One short round, no verdicts. */
export const smoke = process.argv.includes('--smoke');
const json = process.argv.includes('--json');

/** What a row has to keep: a bound on `ours / peer` where there is a peer, on `ours` itself where there is none. */
export interface Target {
  readonly atLeast?: number;
  readonly atMost?: number;
}

export interface Row {
  readonly row: string;
  /** `ops/s` (more is better), `ms`, `us` or `bytes` (less is better): as the target says. */
  readonly unit: string;
  readonly ours: number;
  readonly peer?: { readonly name: string; readonly value: number };
  readonly target?: Target;
  /** Distance between the quartiles over the median of our rounds. */
  readonly spread?: number;
}

/** One table. */
export class Report {
  readonly #subject: string;
  readonly #rows: Row[] = [];

  constructor(subject: string) {
    this.#subject = subject;
  }

  add(row: Row): void {
    this.#rows.push(row);
  }

  /** Prints the table; a missed target sets the exit code, except in a smoke run. */
  print(): void {
    for (const row of this.#rows) if (!smoke && !isMet(row)) process.exitCode = 1;
    if (json)
      for (const row of this.#rows) console.log(JSON.stringify({ subject: this.#subject, ...row, met: isMet(row) }));
    else console.log(formatTable(this.#subject, this.#rows));
  }
}

function ratio(row: Row): number | undefined {
  return row.peer && row.ours / row.peer.value;
}

function isMet(row: Row): boolean {
  const value = ratio(row) ?? row.ours;
  return value >= (row.target?.atLeast ?? -Infinity) && value <= (row.target?.atMost ?? Infinity);
}

function formatTable(subject: string, rows: readonly Row[]): string {
  const cells = [
    ['', 'ours', 'peer', 'ratio', 'target', 'spread', ''],
    ...rows.map((row) => [
      row.row,
      `${formatNumber(row.ours)} ${row.unit}`,
      row.peer ? `${formatNumber(row.peer.value)} ${row.peer.name}` : '',
      row.peer ? `${formatNumber(ratio(row) as number)}x` : '',
      formatTarget(row),
      row.spread === undefined ? '' : `${(row.spread * 100).toFixed(0)} %`,
      row.target === undefined || smoke ? '' : isMet(row) ? 'ok' : 'MISSED',
    ]),
  ];
  const widths = (cells[0] as string[]).map((_, column) =>
    Math.max(...cells.map((line) => (line[column] as string).length)),
  );
  const lines = cells.map((line) =>
    line
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] as number) : cell.padStart(widths[column] as number),
      )
      .join('  ')
      .trimEnd(),
  );
  return [`\n${subject}`, ...lines].join('\n');
}

function formatTarget({ target, peer }: Row): string {
  if (!target) return '';
  const unit = peer ? 'x' : '';
  if (target.atLeast !== undefined) return `>= ${target.atLeast}${unit}`;
  return target.atMost === undefined ? '' : `<= ${target.atMost}${unit}`;
}

function formatNumber(value: number): string {
  const absolute = Math.abs(value);
  if (absolute >= 1e6) return `${(value / 1e6).toFixed(2)} M`;
  if (absolute >= 1e4) return `${(value / 1e3).toFixed(1)} k`;
  return absolute >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

export interface Measured {
  readonly median: number;
  readonly spread: number;
}

/** Median and spread of some values. */
export function summarize(values: readonly number[]): Measured {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] as number;
  return { median: at(0.5), spread: (at(0.75) - at(0.25)) / at(0.5) };
}

/** A contender's work: does `count` operations, now or in its own time. */
export type Work = (count: number) => unknown | Promise<unknown>;

/**
 * Operations a second of each contender: rounds in turn, medians.
 *
 * @param options `roundMs` length of a round (default 200), `rounds` (default 5), `now` in seconds (default the CPU time
 * of this process, which other processes do not disturb; `wallSeconds` where some of the work is done by one of them)
 */
export async function race<Name extends string>(
  contenders: Readonly<Record<Name, Work>>,
  options: { roundMs?: number; rounds?: number; now?: () => number } = {},
): Promise<Record<Name, Measured>> {
  const roundMs = smoke ? 5 : (options.roundMs ?? 200);
  const rounds = smoke ? 1 : (options.rounds ?? 5);
  const now = options.now ?? cpuSeconds;
  const names = Object.keys(contenders) as Name[];
  const counts = new Map<Name, number>();
  for (const name of names) counts.set(name, await calibrate(contenders[name], roundMs, now));
  const rates = new Map<Name, number[]>(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const name of names) {
      const count = counts.get(name) as number;
      (rates.get(name) as number[]).push(count / (await seconds(contenders[name], count, now)));
    }
  }
  return Object.fromEntries(names.map((name) => [name, summarize(rates.get(name) as number[])])) as Record<
    Name,
    Measured
  >;
}

/** How many operations fill a round; warms the code up on the way. */
async function calibrate(work: Work, roundMs: number, now: () => number): Promise<number> {
  for (let count = 1; ; count *= 2) {
    const spentMs = (await seconds(work, count, now)) * 1_000;
    if (spentMs >= roundMs / 4) return Math.max(1, Math.round((count * roundMs) / spentMs));
  }
}

async function seconds(work: Work, count: number, now: () => number): Promise<number> {
  const started = now();
  await work(count);
  return now() - started;
}

/** CPU time of this process. */
export function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

export function wallSeconds(): number {
  return performance.now() / 1_000;
}
