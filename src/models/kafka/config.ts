import type { AuthorizerOptions } from './acl.js';
import { KafkaError } from './errors.js';
import { BROKER_SETTINGS, type Setting, TOPIC_SETTINGS } from './setting.js';

export type SaslMechanism = 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512';

/** Who may connect. With it every connection has to authenticate. */
export interface SaslOptions {
  /** Passwords by user. */
  readonly users: Readonly<Record<string, string>>;
  /** Default: all. */
  readonly mechanisms?: readonly SaslMechanism[];
}

/** What can be set on the kafka broker. */
export interface KafkaOptions {
  /** Nodes of the cluster, from 1. Set by the broker. */
  readonly nodes?: number;
  /** Set by the broker. Default 1. */
  readonly firstNodeId?: number;
  /** Versions offered to clients: those of a current Kafka (default), or the fewest that all known clients accept. */
  readonly apiVersions?: 'standard' | 'lean';
  readonly sasl?: SaslOptions;
  /** Settings of all nodes by Kafka's names, such as `{ 'num.partitions': 3 }`. */
  readonly config?: Readonly<Record<string, string | number | boolean>>;
  /**
   * What a client sees that asks for a topic which is then made for it: the topic, or, as with Kafka (default), first
   * that it does not exist.
   */
  readonly autoCreate?: 'kafka' | 'immediate';
  /** Time between the decision on a transaction and its markers, in which clients are told to ask again. Default 0. */
  readonly markerDelayMs?: number;
  /** Directory that keeps topics, records, groups, transactions and what an admin has set, for a later process. */
  readonly dataDir?: string;
  /** Switches access control on: without a rule nobody but super users may do anything. */
  readonly authorizer?: AuthorizerOptions;
  /** Rack of each node, that of node 1 first. */
  readonly racks?: readonly string[];
}

/** Where the value of a setting comes from; the numbers are those of the wire. */
export const CONFIG_SOURCES = {
  topic: 1,
  dynamicBroker: 2,
  dynamicDefault: 3,
  static: 4,
  default: 5,
  group: 8,
} as const;

export type ConfigSource = keyof typeof CONFIG_SOURCES;

type Parsed = number | boolean | string | readonly string[];

/** One value of a setting, and where it comes from. */
export interface ConfigValue {
  readonly name: string;
  readonly value: string;
  readonly source: ConfigSource;
}

/**
 * Settings of something: what was set on it, then what it inherits, then the defaults.
 *
 * Values are texts, as on the wire; what they mean is parsed once.
 */
export class Config {
  readonly settings: ReadonlyMap<string, Setting>;
  readonly #source: ConfigSource;
  readonly #parent: Config | undefined;
  readonly #changed: () => void;
  #overrides = new Map<string, string>();
  readonly #parsed = new Map<string, Parsed>();

  constructor(
    settings: ReadonlyMap<string, Setting>,
    source: ConfigSource,
    parent: Config | undefined,
    changed: () => void = () => {},
  ) {
    this.settings = settings;
    this.#source = source;
    this.#parent = parent;
    this.#changed = changed;
  }

  /** What was set here, by name. */
  get overrides(): ReadonlyMap<string, string> {
    return this.#overrides;
  }

  /** Replaces everything that was set here. The values must have been checked. */
  replace(overrides: ReadonlyMap<string, string>): void {
    this.#overrides = new Map(overrides);
    this.#forget();
  }

  /** Checks a value and sets it. @throws KafkaError INVALID_CONFIG */
  set(name: string, value: string | number | boolean): void {
    checkSetting(this.settings, name, String(value));
    this.#overrides.set(name, String(value));
    this.#forget();
  }

  /** What is read is parsed again: called when an inherited value has changed, too. */
  #forget(): void {
    this.#parsed.clear();
    this.#changed();
  }

  /** Drops what was parsed, when something that is inherited has changed. */
  refresh(): void {
    this.#forget();
  }

  /** A value and where it comes from, most specific first; the first one counts. */
  chain(name: string): ConfigValue[] {
    const setting = this.settings.get(name);
    const own = this.#overrides.get(name);
    const found: ConfigValue[] = own === undefined ? [] : [{ name, value: own, source: this.#source }];
    // A topic inherits what has another name; layers over the same settings inherit by the same one.
    const inherited = this.#parent?.settings === this.settings ? name : setting?.synonym;
    if (this.#parent && inherited !== undefined) found.push(...this.#parent.chain(inherited));
    else if (setting) found.push({ name, value: setting.defaultValue, source: 'default' });
    return found;
  }

  /** What there is to tell: the settings, then what else was set, here or above. */
  names(): ReadonlySet<string> {
    const above = this.#parent?.settings === this.settings ? this.#parent.names() : this.settings.keys();
    return new Set([...above, ...this.#overrides.keys()]);
  }

  text(name: string): string {
    return this.#value(name) as string;
  }

  number(name: string): number {
    return this.#value(name) as number;
  }

  flag(name: string): boolean {
    return this.#value(name) as boolean;
  }

  list(name: string): readonly string[] {
    return this.#value(name) as readonly string[];
  }

  #value(name: string): Parsed {
    const known = this.#parsed.get(name);
    if (known !== undefined) return known;
    const setting = this.settings.get(name);
    const [first] = this.chain(name);
    if (!setting || !first) throw new KafkaError('INVALID_CONFIG', `setting '${name}' is unknown`);
    const parsed = parseSetting(setting, first.value);
    this.#parsed.set(name, parsed);
    return parsed;
  }
}

/**
 * Settings of the whole cluster: those that can be changed while it runs, over those that it was started with, over
 * Kafka's defaults (except where a test would only wait).
 *
 * @param changed called after each change
 */
export function createBrokerConfig(options: KafkaOptions, changed: () => void = () => {}): Config {
  const fixed = new Config(BROKER_SETTINGS, 'static', undefined);
  for (const [name, value] of Object.entries(options.config ?? {})) fixed.set(name, value);
  return new Config(BROKER_SETTINGS, 'dynamicDefault', fixed, changed);
}

/** Settings of one node: those that can be changed, over what it is, over those of the cluster. */
export function createNodeConfig(cluster: Config, nodeId: number, rack: string | null): Config {
  const fixed = new Config(BROKER_SETTINGS, 'static', cluster);
  fixed.set('node.id', nodeId);
  fixed.set('broker.id', nodeId);
  if (rack !== null) fixed.set('broker.rack', rack);
  return new Config(BROKER_SETTINGS, 'dynamicBroker', fixed);
}

/** Settings of a topic, which inherit from those of the cluster. */
export function createTopicConfig(broker: Config, changed: () => void): Config {
  return new Config(TOPIC_SETTINGS, 'topic', broker, changed);
}

/** @throws KafkaError INVALID_CONFIG for an unknown name or a value that the setting cannot have */
export function checkSetting(settings: ReadonlyMap<string, Setting>, name: string, value: string): void {
  checkSettings(settings, new Map([[name, value]]));
}

/**
 * Checks the names, then the values in the order of the table.
 *
 * @param kind whose settings these are, for the message
 * @throws KafkaError INVALID_CONFIG
 */
export function checkSettings(
  settings: ReadonlyMap<string, Setting>,
  values: ReadonlyMap<string, string>,
  kind?: 'topic' | 'group',
): void {
  for (const name of values.keys()) {
    if (settings.has(name)) continue;
    throw new KafkaError('INVALID_CONFIG', `Unknown ${kind ? `${kind} ` : ''}config name: ${name}`);
  }
  for (const setting of settings.values()) {
    const value = values.get(setting.name);
    if (value === undefined) continue;
    const parsed = parseSetting(setting, value);
    const problem = setting.problem?.(parsed as never);
    if (!problem) continue;
    throw invalid(setting, setting.type === 'double' ? plainValue(setting, value) : problem.value, problem.what);
  }
}

/** A value of a setting as it was understood: without spaces, in one spelling. */
export function plainValue(setting: Setting, text: string): string {
  const parsed = parseSetting(setting, text);
  switch (setting.type) {
    case 'int':
    case 'short':
    case 'long':
      return String(BigInt(text.trim().replace('+', '')));
    case 'double':
      return Number.isInteger(parsed) ? `${parsed}.0` : String(parsed);
    default:
      return String(parsed);
  }
}

function invalid({ name }: Setting, value: unknown, what: string): KafkaError {
  return new KafkaError('INVALID_CONFIG', `Invalid value ${value} for configuration ${name}: ${what}`);
}

const WHOLE_BITS = { short: 16, int: 32, long: 64 } as const;

function parseSetting(setting: Setting, text: string): Parsed {
  const { type } = setting;
  const trimmed = text.trim();
  switch (type) {
    case 'boolean': {
      const word = trimmed.toLowerCase();
      if (word === 'true' || word === 'false') return word === 'true';
      throw invalid(setting, text, 'Expected value to be either true or false');
    }
    case 'int':
    case 'short':
    case 'long': {
      const value = /^[+-]?\d+$/.test(trimmed) ? BigInt(trimmed.replace('+', '')) : undefined;
      if (value !== undefined && BigInt.asIntN(WHOLE_BITS[type], value) === value) return Number(value);
      throw invalid(setting, text, `Not a number of type ${type.toUpperCase()}`);
    }
    case 'double': {
      const value = trimmed === '' ? Number.NaN : Number(trimmed);
      if (Number.isFinite(value)) return value;
      throw invalid(setting, text, 'Not a number of type DOUBLE');
    }
    case 'list':
      return trimmed === '' ? [] : trimmed.split(/\s*,\s*/);
    case 'string':
    case 'class':
    case 'password':
      return trimmed;
    default:
      return type satisfies never;
  }
}
