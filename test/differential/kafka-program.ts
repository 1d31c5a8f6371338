/** Random programs of Kafka requests, as data, so that they can be shortened and kept. */
import { Random } from '../../src/core/random.js';
import type { AnyApi } from '../../src/wire/kafka/handler.js';
import { HANDLERS } from '../../src/wire/kafka/handlers/index.js';
import { aclOperation, firstRules } from './kafka-acl-program.js';
import { adminOperation } from './kafka-admin-program.js';
import { groupOperation } from './kafka-group-program.js';
import { logOperation } from './kafka-log-program.js';
import { transactionOperation } from './kafka-transaction-program.js';

/** One request. Texts have `~` where the program's own prefix stands, and `@` for its lane; `kafka-content` says what else is put in. */
export interface Operation {
  readonly connection: number;
  readonly api: string;
  readonly version: number;
  readonly body: object;
  readonly client?: string;
  /** What is done to the bytes behind the header: all but the last `keep` cut off, or one overwritten. */
  readonly cut?: { readonly keep?: number; readonly at?: number; readonly byte?: number };
}

export type Program = readonly Operation[];

/** Versions that both brokers offer, by name of the API. */
export type Ranges = ReadonlyMap<string, readonly [first: number, last: number]>;

export const CONNECTION_COUNT = 4;

const APIS = new Map<string, AnyApi>(HANDLERS.map(({ api }) => [api.name, api]));

export function kafkaApi(name: string): AnyApi {
  const api = APIS.get(name);
  if (!api) throw new Error(`no API '${name}'`);
  return api;
}

/** What both offer, given what the other one says. */
export function commonRanges(
  offered: ReadonlyArray<{ readonly apiKey: number; readonly minVersion: number; readonly maxVersion: number }>,
): Ranges {
  const ranges = new Map<string, readonly [number, number]>();
  for (const { apiKey, minVersion, maxVersion } of offered) {
    const api = HANDLERS.find((handler) => handler.api.key === apiKey)?.api;
    const range = api?.offered('standard');
    if (!api || !range) continue;
    const first = Math.max(minVersion, range[0], api.definition.versions[0]);
    const last = Math.min(maxVersion, range[1]);
    if (first <= last) ranges.set(api.name, [first, last]);
  }
  return ranges;
}

/** What a program is mostly about. */
const KINDS = { log: logOperation, admin: adminOperation, group: groupOperation, transaction: transactionOperation };
/** With an authorizer a program is about everything. */
export type Kind = keyof typeof KINDS | 'acl';
export const KIND_NAMES = Object.keys(KINDS) as Array<keyof typeof KINDS>;

const OPERATIONS_PER_PROGRAM = 40;

/** Chance with the habits of these programs. */
export class Dice {
  readonly random: Random;
  readonly #ranges: Ranges;

  constructor(seed: number, ranges: Ranges) {
    this.random = new Random(seed);
    this.#ranges = ranges;
  }

  int(bound: number): number {
    return this.random.int(bound);
  }

  /** Once in `n`. */
  once(n: number): boolean {
    return this.random.int(n) === 0;
  }

  pick<T>(list: readonly T[]): T {
    return this.random.pick(list);
  }

  /** The usual one, or seldom one of others. */
  mostly<T>(usual: T, ...others: readonly T[]): T {
    return this.once(5) ? this.pick(others) : usual;
  }

  some<T>(most: number, one: () => T, least = 1): T[] {
    return Array.from({ length: least + this.int(most - least + 1) }, one);
  }

  get connection(): number {
    return this.int(CONNECTION_COUNT);
  }

  topic(): string {
    return this.once(6) ? this.pick(['~none', '~c', '~e', '', '~d']) : this.pick(['~a', '~b']);
  }

  partition(): number {
    return this.once(8) ? this.pick([3, 7, -1]) : this.int(2);
  }

  /** An operation in a version that both have; undefined where they have none. */
  make(api: string, body: object, connection = this.connection, least = 0): Operation | undefined {
    const range = this.#ranges.get(api);
    if (!range) return undefined;
    const first = Math.max(range[0], least);
    const version = first + this.int(range[1] - first + 1);
    return { connection, api, version, body };
  }
}

export function programOf(seed: number, kind: Kind, ranges: Ranges): Program {
  const dice = new Dice(seed, ranges);
  const program: Operation[] = kind === 'acl' ? [startOf(dice), firstRules(dice)] : [startOf(dice)];
  while (program.length < OPERATIONS_PER_PROGRAM) {
    const about = kind === 'acl' || dice.once(8) ? dice.pick(KIND_NAMES) : kind;
    const operation = kind === 'acl' && dice.once(5) ? aclOperation(dice) : KINDS[about](dice);
    if (operation) program.push(dice.once(60) ? broken(dice, operation) : operation);
  }
  return program;
}

/** Topics that everything else is about. */
function startOf(dice: Dice): Operation {
  const topic = (name: string, numPartitions: number, configs: object[] = []) => ({
    name,
    numPartitions,
    replicationFactor: 1,
    assignments: [],
    configs,
  });
  const time = dice.once(6) ? [{ name: 'message.timestamp.type', value: 'LogAppendTime' }] : [];
  const compact = dice.once(5) ? [{ name: 'cleanup.policy', value: 'compact' }] : [];
  const body = { topics: [topic('~a', 1, time), topic('~b', 2, compact)], timeoutMs: 5_000, validateOnly: false };
  return { connection: 0, api: 'CreateTopics', version: 7, body };
}

function broken(dice: Dice, operation: Operation): Operation {
  const cut = dice.once(2)
    ? { keep: 1 + dice.int(12) }
    : { at: dice.int(60), byte: dice.pick([0, 1, 0x7f, 0x80, 0xff]) };
  return { ...operation, cut };
}
