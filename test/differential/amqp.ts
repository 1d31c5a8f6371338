/**
 * Random programs and routing matrices for a real RabbitMQ and for this broker, compared.
 *
 * After each operation every queue is asked for its counts and every channel for an answer: by then RabbitMQ has done
 * what the operation caused, since a queue answers behind what it sent on, and a channel behind what it got.
 */
import { happensToo } from './amqp-freedom.js';
import { matrixOf, runMatrix, VERDICTS_PER_MATRIX } from './amqp-matrix.js';
import { type Operation, type Program, type ProgramKind, programOf } from './amqp-program.js';
import { rabbitAt, run, type Site, tribroker } from './amqp-run.js';
import { shrink } from './shrink.js';

export interface AmqpComparison {
  /** `amqp://127.0.0.1:PORT`, guest/guest, vhost `/`. */
  readonly url: string;
  readonly operations: number;
  readonly seed: number;
  /** Kinds of programs, in turn; default is all of them, those that take longer than most seldom. */
  readonly kinds?: readonly string[] | undefined;
  readonly report: (line: string) => void;
}

/** Programs that run side by side, since most of their time is spent waiting. */
const LANES = 6;
const MOST_DIVERGENCES = 10;
const REPORT_EVERY = 5_000;
const QUICK_KINDS: readonly ProgramKind[] = [
  'plain',
  'graph',
  'mixed',
  'plain',
  'graph',
  'mixed',
  'plain',
  'graph',
  'churn',
  'ttl',
  'topology',
  'policy',
];
/** Queues that answer before they are done have to be asked again and again, so that their programs are fewer. */
const SLOW_KINDS: readonly ProgramKind[] = ['quorum', 'quorum-policy', 'quorum-ttl', 'stream'];
const KINDS: readonly ProgramKind[] = [...QUICK_KINDS, ...QUICK_KINDS, ...SLOW_KINDS];
/** One round in this many is a matrix. */
const MATRIX_EVERY = 30;

/** Returns a description of each divergence. */
export async function compareWithRabbit(options: AmqpComparison): Promise<string[]> {
  const comparison = new Comparison(options);
  await Promise.all(Array.from({ length: LANES }, () => comparison.lane()));
  options.report(comparison.summary);
  return comparison.found;
}

class Comparison {
  readonly found: string[] = [];
  readonly #options: AmqpComparison;
  readonly #rabbit: Site;
  readonly #kinds: readonly ProgramKind[];
  #nextSeed: number;
  #operations = 0;
  #verdicts = 0;
  #races = 0;
  #reported = 0;
  readonly #startedMs = Date.now();

  constructor(options: AmqpComparison) {
    this.#options = options;
    this.#rabbit = rabbitAt(Number(new URL(options.url).port));
    this.#kinds = (options.kinds as readonly ProgramKind[] | undefined) ?? KINDS;
    this.#nextSeed = options.seed;
  }

  get summary(): string {
    const rate = Math.round((this.#operations * 1_000) / (Date.now() - this.#startedMs));
    return (
      `${this.#operations} operations (${rate} a second), ${this.#verdicts} routing verdicts, ` +
      `${this.found.length} divergences, ${this.#races} races of RabbitMQ with itself, next seed ${this.#nextSeed}`
    );
  }

  /** Runs programs until there are enough of them. */
  async lane(): Promise<void> {
    while (this.#operations < this.#options.operations && this.found.length < MOST_DIVERGENCES) {
      const seed = this.#nextSeed++;
      const what = seed % MATRIX_EVERY === 0 ? await this.#matrix(seed) : await this.#program(seed);
      if (what !== undefined) {
        this.found.push(what);
        this.#options.report(what);
      }
      if (this.#operations - this.#reported < REPORT_EVERY) continue;
      this.#reported = this.#operations;
      this.#options.report(this.summary);
    }
  }

  async #matrix(seed: number): Promise<string | undefined> {
    const matrix = matrixOf(seed);
    const ours = await runMatrix(matrix, tribroker());
    const theirs = await runMatrix(matrix, this.#rabbit);
    this.#verdicts += VERDICTS_PER_MATRIX;
    const difference = differenceOf(theirs, ours);
    return difference && `matrix ${seed}, binding ${difference}`;
  }

  async #program(seed: number): Promise<string | undefined> {
    const program = programOf(seed, this.#kinds[seed % this.#kinds.length] as ProgramKind);
    const difference = await this.#compare(program);
    this.#operations += program.operations.reduce((sum, operation) => sum + methodsOf(operation), 0);
    if (difference === undefined) return undefined;
    const ours = await run(program, tribroker());
    if (await happensToo(ours, () => run(program, this.#rabbit))) {
      this.#races++;
      return undefined;
    }
    const smallest = await shrink(program.operations, (operations) => this.#compare({ ...program, operations }));
    return `seed ${seed} diverges:\n${describe({ ...program, operations: smallest.program })}\n${smallest.what ?? difference}`;
  }

  async #compare(program: Program): Promise<string | undefined> {
    const [ours, theirs] = await Promise.all([run(program, tribroker()), run(program, this.#rabbit)]);
    return differenceOf(theirs, ours);
  }
}

/** Methods that a client sends for it. */
function methodsOf(operation: Operation): number {
  if (operation.do === 'publish') return operation.messages.length;
  return 'times' in operation ? operation.times : 1;
}

function differenceOf(theirs: readonly string[], ours: readonly string[]): string | undefined {
  const at = theirs.findIndex((line, i) => line !== ours[i]);
  return at === -1 ? undefined : `${at}:\n  RabbitMQ  ${theirs[at]}\n  tribroker ${ours[at]}`;
}

function describe({ queues, exchanges, bindings, channels, operations }: Program): string {
  const lines = [
    ...[...queues].map(([name, args]) => `queue ${name} ${JSON.stringify(args)}`),
    ...[...exchanges].map(([name, { type, args }]) => `exchange ${name} ${type} ${JSON.stringify(args)}`),
    ...bindings.map((binding) => `binding ${JSON.stringify(binding)}`),
    ...channels.map((channel, i) => `channel ${i} ${JSON.stringify(channel)}`),
    ...operations.map((operation, i) => `${i}: ${JSON.stringify(operation)}`),
  ];
  return lines.map((line) => `  ${line}`).join('\n');
}
