import { BrokerError } from '../../core/errors.js';
import { RedisError, SYNTAX_ERROR } from './errors.js';
import { globMatchIgnoreCase } from './glob.js';
import { DEFAULT_OUTPUT, INT_MAX, type Kind, PARAMETERS } from './parameter.js';

/** Which Redis to be like, where releases differ. */
export type RedisVersion = '7.0' | '7.2';

/** What can be set on the redis broker. */
export interface RedisOptions {
  /** Default `'7.2'`. */
  readonly version?: RedisVersion;
  /** `requirepass`: the password of the user `default`. */
  readonly password?: string;
  /** Whether DEBUG answers. Default false, as in Redis. */
  readonly debug?: boolean;
  /** Cluster mode with one node that owns every slot. Default false. */
  readonly cluster?: boolean;
  /** Further parameters as for CONFIG SET, e.g. `{ maxmemory: '10mb' }`. */
  readonly config?: Readonly<Record<string, string>>;
}

/** Class and limits of `client-output-buffer-limit`, in bytes and seconds; 0 is off. */
export interface OutputLimit {
  readonly hardBytes: number;
  readonly softBytes: number;
  readonly softSeconds: number;
}

export type ClientClass = 'normal' | 'slave' | 'pubsub';

/** Parameters go by the names of earlier releases, too. */
const canonicalName = (name: string): string =>
  name
    .toLowerCase()
    .replace(/^((?:list|hash|zset)-max-)ziplist-/, '$1listpack-')
    .replace(/^slave-/, 'replica-')
    .replace(/^repl-ping-slave-/, 'repl-ping-replica-')
    .replace(/^min-slaves-/, 'min-replicas-');

const EVENT_CLASSES = 'g$lshzxetd';

/** Classes and channel kinds of `notify-keyspace-events`. */
interface EventFlags {
  readonly flags: ReadonlySet<string>;
  /** Some kind of channel is switched on. */
  readonly any: boolean;
}

/** The server's parameters: what CONFIG GET and SET see. */
export class RedisConfig {
  readonly #values = new Map<string, string>();
  /** Called after parameters changed, with their names. */
  onChange: (names: readonly string[]) => void = () => {};
  #events: EventFlags = { flags: new Set(), any: false };
  #outputLimits = parseOutputLimits(DEFAULT_OUTPUT, new Map());

  readonly version: RedisVersion;

  constructor(options: RedisOptions) {
    this.version = options.version ?? '7.2';
    for (const [name, [value]] of PARAMETERS) this.#values.set(name, value);
    if (options.cluster) this.#values.set('cluster-enabled', 'yes');
    const given = { ...options.config, ...(options.password !== undefined && { requirepass: options.password }) };
    try {
      for (const [name, value] of Object.entries(given)) this.set([name, value]);
    } catch (error) {
      throw new BrokerError('INVALID_OPTION', `redis.config: ${(error as Error).message}`, { cause: error });
    }
  }

  /** The text of a known parameter. */
  text(name: string): string {
    return this.#values.get(name) ?? '';
  }

  number(name: string): number {
    return Number(this.#values.get(name));
  }

  /** Classes and channel kinds of `notify-keyspace-events` in force. */
  get events(): EventFlags {
    return this.#events;
  }

  outputLimit(clientClass: ClientClass): OutputLimit {
    return this.#outputLimits.get(clientClass) as OutputLimit;
  }

  /** Name and text of each parameter that a pattern names; an exact name comes back as typed. */
  get(patterns: readonly string[]): Array<readonly [string, string]> {
    const found = new Map<string, string>();
    for (const pattern of patterns) {
      if (/[*?[]/.test(pattern)) {
        for (const name of this.#values.keys()) {
          if (globMatchIgnoreCase(pattern, name) && !found.has(name))
            found.set(name, pattern === name ? pattern : name);
        }
      } else if (this.#values.has(canonicalName(pattern)) && !found.has(pattern.toLowerCase())) {
        found.set(pattern.toLowerCase(), pattern);
      }
    }
    return [...found].map(([name, shown]) => [shown, this.#values.get(canonicalName(name)) as string]);
  }

  /** Sets pairs, all or nothing. @throws RedisError with the server's text */
  set(pairs: readonly string[]): void {
    if (pairs.length % 2 !== 0) throw new RedisError(SYNTAX_ERROR);
    const changed = new Map<string, string>();
    let events: EventFlags | undefined;
    for (let i = 0; i < pairs.length; i += 2) {
      const shown = pairs[i] as string;
      const name = canonicalName(shown);
      const parameter = PARAMETERS.get(name);
      if (!parameter)
        throw new RedisError(`ERR Unknown option or number of arguments for CONFIG SET - '${shown.split('\0', 1)[0]}'`);
      if (changed.has(name)) throw refused(shown, 'duplicate parameter');
      // A refusal puts the old classes back from their text, which has lost the `n` of `An`.
      if (name === 'notify-keyspace-events') this.#events = parseEvents(this.#values.get(name) as string);
      changed.set(name, this.#check(shown, parameter[1], pairs[i + 1] as string));
      if (name === 'notify-keyspace-events') events = parseEvents(pairs[i + 1] as string);
    }
    if (events) this.#events = events;
    for (const [name, value] of changed) this.#values.set(name, value);
    const output = changed.get('client-output-buffer-limit');
    if (output !== undefined) this.#outputLimits = parseOutputLimits(output, this.#outputLimits);
    this.onChange([...changed.keys()]);
  }

  #check(name: string, kind: Kind, value: string): string {
    switch (kind.kind) {
      case 'text':
        return value;
      case 'fixed':
        throw refused(name, "can't set immutable config");
      case 'bool':
        if (!/^(yes|no)$/i.test(value)) throw refused(name, "argument must be 'yes' or 'no'");
        return value.toLowerCase();
      case 'choice': {
        const chosen = kind.of.find((option) => option === value.toLowerCase());
        if (!chosen) throw refused(name, `argument(s) must be one of the following: ${kind.of.join(', ')}`);
        return chosen;
      }
      case 'int': {
        if (!/^-?\d{1,18}$/.test(value)) throw refused(name, "argument couldn't be parsed into an integer");
        const number = Number(value);
        if (!kind.clamp) return String(inBounds(name, number, kind.min, kind.max));
        return String(Math.min(Math.max(inBounds(name, number, 0, INT_MAX), kind.min), kind.max));
      }
      case 'memory': {
        const bytes = parseMemory(value);
        if (bytes === undefined) throw refused(name, 'argument must be a memory value');
        return String(inBounds(name, bytes, kind.min ?? 0, kind.max ?? Number.MAX_SAFE_INTEGER));
      }
      case 'events':
        return canonicalEvents(name, value);
      case 'output-limit':
        return formatOutputLimits(parseOutputLimits(value, this.#outputLimits, name));
      default:
        return kind satisfies never;
    }
  }
}

function refused(name: string, reason: string): RedisError {
  return new RedisError(`ERR CONFIG SET failed (possibly related to argument '${name.split('\0', 1)[0]}') - ${reason}`);
}

function inBounds(name: string, value: number, min: number, max: number): number {
  if (value >= min && value <= max) return value;
  throw refused(name, `argument must be between ${min} and ${max} inclusive`);
}

const UNITS: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['b', 1],
  ['k', 1000],
  ['kb', 1024],
  ['m', 1000 ** 2],
  ['mb', 1024 ** 2],
  ['g', 1000 ** 3],
  ['gb', 1024 ** 3],
]);

/** Bytes of `100mb` and the like; undefined when it is none. */
export function parseMemory(value: string): number | undefined {
  const match = /^(\d{1,15})([a-z]*)$/i.exec(value);
  const unit = match && UNITS.get((match[2] as string).toLowerCase());
  return match && unit ? Number(match[1]) * unit : undefined;
}

/** The classes in force. `n` is among them also where the canonical text, with its `A`, does not show it. */
function parseEvents(value: string): EventFlags {
  const flags = new Set(value);
  if (flags.has('A')) for (const flag of EVENT_CLASSES) flags.add(flag);
  return { flags, any: flags.has('K') || flags.has('E') };
}

function canonicalEvents(name: string, value: string): string {
  for (const char of value) {
    if (!'Ag$lshzxeKEtmdn'.includes(char)) {
      throw refused(name, "Invalid event class character. Use 'Ag$lshzxeKEtmdn'.");
    }
  }
  const all = value.includes('A') || [...EVENT_CLASSES].every((flag) => value.includes(flag));
  const classes = all ? 'A' : [...`${EVENT_CLASSES}n`].filter((flag) => value.includes(flag)).join('');
  return classes + [...'KEm'].filter((flag) => value.includes(flag)).join('');
}

const CLASS_NAMES: Readonly<Record<string, ClientClass>> = {
  normal: 'normal',
  slave: 'slave',
  replica: 'slave',
  pubsub: 'pubsub',
};

function parseOutputLimits(
  value: string,
  present: ReadonlyMap<ClientClass, OutputLimit>,
  name = 'client-output-buffer-limit',
): Map<ClientClass, OutputLimit> {
  const words = value.split(' ').filter((word) => word !== '');
  if (words.length === 0 || words.length % 4 !== 0) {
    throw refused(name, 'Wrong number of arguments in buffer limit configuration.');
  }
  const limits = new Map(present);
  for (let i = 0; i < words.length; i += 4) {
    const given = (words[i] as string).toLowerCase();
    const clientClass = Object.hasOwn(CLASS_NAMES, given) ? CLASS_NAMES[given] : undefined;
    if (!clientClass) throw refused(name, 'Invalid client class specified in buffer limit configuration.');
    const hardBytes = parseMemory(words[i + 1] as string);
    const softBytes = parseMemory(words[i + 2] as string);
    const seconds = /^\d{1,9}$/.test(words[i + 3] as string) ? Number(words[i + 3]) : undefined;
    if (hardBytes === undefined || softBytes === undefined || seconds === undefined) {
      throw refused(name, 'Error in hard, soft or soft_seconds setting in buffer limit configuration.');
    }
    limits.set(clientClass, { hardBytes, softBytes, softSeconds: seconds });
  }
  return limits;
}

function formatOutputLimits(limits: ReadonlyMap<ClientClass, OutputLimit>): string {
  return [...limits].map(([name, l]) => `${name} ${l.hardBytes} ${l.softBytes} ${l.softSeconds}`).join(' ');
}
