/**
 * Random programs of Kafka requests for a real broker and for this one, compared answer by answer. A divergence is
 * reduced to the fewest requests that still show it.
 *
 * The real broker is a single node of Kafka 3.9 with `group.initial.rebalance.delay.ms=0`, both rebalance protocols
 * and replication factor 1 for its internal topics. To compare what users may do it has an authorizer, ANONYMOUS and
 * `admin` for super users, and a listener with SASL PLAIN for `admin`, `u0` to `u2` and `v0` to `v2`.
 */
import {
  commonRanges,
  KIND_NAMES,
  type Kind,
  type Operation,
  type Program,
  programOf,
  type Ranges,
} from './kafka-program.js';
import { type Address, type Difference, KafkaRunner, type Outcome, until } from './kafka-run.js';
import { RealLine } from './kafka-site.js';
import { shrink } from './shrink.js';

export interface KafkaComparison {
  /** `host:port` of a real Kafka. */
  readonly address: string;
  readonly operations: number;
  readonly seed: number;
  /** `host:port` where the same broker asks its users who they are; rules say what they may. */
  readonly sasl?: string | undefined;
  /** Only programs of this kind. */
  readonly kind?: string | undefined;
  readonly report: (line: string) => void;
}

/** Programs that run side by side, since most of their time is spent waiting. */
const LANES = 3;
const MOST_DIVERGENCES = 12;
const REPORT_EVERY = 5_000;
/** Times that a program has to diverge: what happens now and then is a race of Kafka with itself. */
const ATTEMPTS = 8;
/** Times that a shorter one has to, which is seen in the end. */
const FEWER_ATTEMPTS = 2;

/** Returns a description of each divergence. */
export async function compareWithKafka(options: KafkaComparison): Promise<string[]> {
  const address = addressOf(options.address);
  const line = new RealLine(address);
  const { apiKeys } = await line.ask('ApiVersions', 0, {});
  // The internal topics are created when somebody asks for a coordinator.
  for (const keyType of [0, 1]) {
    await until(`there is a coordinator of kind ${keyType}`, async () => {
      const { errorCode } = await line.ask('FindCoordinator', 1, { key: 'first', keyType });
      return errorCode === 'NONE';
    });
  }
  const { topics } = await line.ask('Metadata', 7, { topics: [{ name: '__transaction_state' }] });
  if (topics[0].partitions.some(({ leaderEpoch }: { leaderEpoch: number }) => leaderEpoch !== 0)) {
    // Markers and the state of producers say it.
    throw new Error('the real broker was restarted, so its coordinators are in a later epoch; format its storage anew');
  }
  line.end();
  const comparison = new Comparison(options, commonRanges(apiKeys));
  await Promise.all(
    Array.from({ length: LANES }, (_, at) =>
      comparison.lane(new KafkaRunner(address, options.sasl === undefined ? undefined : addressOf(options.sasl), at)),
    ),
  );
  options.report(comparison.summary);
  return comparison.found;
}

/** A program that diverged. */
interface Case {
  readonly seed: number;
  readonly kind: Kind;
  readonly program: Program;
  readonly difference: Difference;
}

function addressOf(text: string): Address {
  const [host = '127.0.0.1', port = '9092'] = text.split(':');
  return { host, port: Number(port) };
}

class Comparison {
  readonly found: string[] = [];
  readonly #options: KafkaComparison;
  readonly #ranges: Ranges;
  readonly #seen = new Set<string>();
  readonly #texts = new Map<string, number>();
  #nextSeed: number;
  #operations = 0;
  #races = 0;
  #reported = 0;
  readonly #startedMs = Date.now();

  constructor(options: KafkaComparison, ranges: Ranges) {
    this.#options = options;
    this.#ranges = ranges;
    this.#nextSeed = options.seed;
  }

  get summary(): string {
    const rate = Math.round((this.#operations * 1_000) / (Date.now() - this.#startedMs));
    return (
      `${this.#operations} operations (${rate} a second), ${this.found.length} divergences, ` +
      `${this.#texts.size} different texts, ${this.#races} races of Kafka with itself, next seed ${this.#nextSeed}`
    );
  }

  /** Runs programs until there are enough of them. */
  async lane(runner: KafkaRunner): Promise<void> {
    while (this.#operations < this.#options.operations && this.found.length < MOST_DIVERGENCES) {
      const seed = this.#nextSeed++;
      const kind = (this.#options.sasl ? 'acl' : (this.#options.kind ?? KIND_NAMES[seed % KIND_NAMES.length])) as Kind;
      const program = programOf(seed, kind, this.#ranges);
      const outcome = await runner.run(program);
      this.#operations += program.length;
      this.#tell(outcome);
      const { difference } = outcome;
      if (difference && this.#isNew(difference)) await this.#reduce({ seed, kind, program, difference }, runner);
      if (this.#operations - this.#reported < REPORT_EVERY) continue;
      this.#reported = this.#operations;
      this.#options.report(this.summary);
    }
    runner.end();
  }

  /** The same difference of the same API shows in many programs. */
  #isNew(difference: Difference): boolean {
    const kind = kindOf(difference);
    if (this.#seen.has(kind)) return false;
    this.#seen.add(kind);
    return true;
  }

  #tell({ texts }: Outcome): void {
    for (const text of texts) {
      if (!this.#texts.has(text)) this.#options.report(`text of ${text}`);
      this.#texts.set(text, 1);
    }
  }

  async #reduce(found: Case, runner: KafkaRunner): Promise<void> {
    const { program } = found;
    let kind: string | undefined;
    const run = async (shorter: Program, attempts = FEWER_ATTEMPTS) => {
      let what: string | undefined;
      for (let attempt = 0; attempt < attempts; attempt++) {
        const { difference } = await runner.run(shorter);
        if (!difference) return undefined;
        kind ??= kindOf(difference);
        if (kindOf(difference) !== kind) return undefined;
        what = difference.what;
      }
      return what;
    };
    const what = await run(program, ATTEMPTS);
    if (what === undefined) {
      this.#race(found);
      return;
    }
    const smallest = await shrink(program, run);
    if ((await run(smallest.program, ATTEMPTS)) === undefined) {
      this.#race(found);
      return;
    }
    const shown = `${found.kind} seed ${found.seed} diverges: ${smallest.what ?? what}\n${describe(smallest.program)}`;
    this.found.push(shown);
    this.#options.report(shown.slice(0, 5_000));
  }

  /** Told of, since it may be a race of ours. */
  #race({ seed, kind, difference: { operation, what } }: Case): void {
    this.#races++;
    this.#options.report(`race in ${kind} seed ${seed}, ${operation?.api ?? 'at the end'}: ${what}`.slice(0, 1_500));
  }
}

/** Differences of one kind have one cause, as a rule. */
function kindOf({ operation, what }: Difference): string {
  const plain = what.replace(/^.*\n/, '').replace(/"errorMessage": "[^"]*"/g, '');
  return `${operation?.api} ${plain.replace(/\d+/g, '0')}`;
}

function describe(program: readonly Operation[]): string {
  return program
    .map(
      (operation) =>
        `  ${operation.connection}: ${operation.api} ${operation.version} ${JSON.stringify(operation.body).replace(/x{20,}/g, 'x…')}${operation.cut ? ` ${JSON.stringify(operation.cut)}` : ''}`,
    )
    .join('\n');
}
