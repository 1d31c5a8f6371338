import { BrokerError } from '../../core/errors.js';
import { RedisError, SYNTAX_ERROR } from './errors.js';
import { globMatchIgnoreCase } from './glob.js';
import { ALIASES, DEFAULT_OUTPUT, type Kind, PARAMETERS } from './parameter.js';
import { canonicalValue, EVENT_CLASSES, parseMemory, Refusal } from './parameter-value.js';

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

/** Every name that a client may use. */
const NAMES: readonly string[] = [...PARAMETERS.keys(), ...ALIASES.keys()];

const currentName = (lowerCase: string): string => ALIASES.get(lowerCase) ?? lowerCase;

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
    if (options.debug) this.#values.set('enable-debug-command', 'yes');
    const given = { ...options.config, ...(options.password !== undefined && { requirepass: options.password }) };
    try {
      for (const [name, value] of Object.entries(given)) this.set([name, value]);
    } catch (error) {
      throw new BrokerError('INVALID_OPTION', `redis.config: ${(error as Error).message}`, { cause: error });
    }
  }

  /** The text of a known parameter. */
  text(name: string): string {
    return this.#values.get(currentName(name)) ?? '';
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
      const names = /[*?[]/.test(pattern)
        ? NAMES.filter((name) => globMatchIgnoreCase(pattern, name)).map((name) => [name, name] as const)
        : [[pattern.toLowerCase(), pattern] as const];
      for (const [name, shown] of names) {
        if (this.#values.has(currentName(name)) && !found.has(name)) found.set(name, shown);
      }
    }
    return [...found].map(([name, shown]) => [shown, this.text(name)]);
  }

  /** Sets pairs, all or nothing. @throws RedisError with the server's text */
  set(pairs: readonly string[]): void {
    if (pairs.length % 2 !== 0) throw new RedisError(SYNTAX_ERROR);
    const given = new Set<string>();
    const changed = new Map<string, string>();
    let events: EventFlags | undefined;
    for (let i = 0; i < pairs.length; i += 2) {
      const shown = pairs[i] as string;
      const value = pairs[i + 1] as string;
      const name = currentName(shown.toLowerCase());
      const parameter = PARAMETERS.get(name);
      if (!parameter)
        throw new RedisError(`ERR Unknown option or number of arguments for CONFIG SET - '${shown.split('\0', 1)[0]}'`);
      if (given.has(shown.toLowerCase())) throw refused(shown, 'duplicate parameter');
      given.add(shown.toLowerCase());
      // A refusal puts the old classes back from their text, which has lost the `n` of `An`.
      if (name === 'notify-keyspace-events') this.#events = parseEvents(this.text(name));
      changed.set(name, this.#check(shown, parameter[1], value));
      if (name === 'notify-keyspace-events') events = parseEvents(value);
    }
    if (events) this.#events = events;
    for (const [name, value] of changed) this.#values.set(name, value);
    const output = changed.get('client-output-buffer-limit');
    if (output !== undefined) this.#outputLimits = parseOutputLimits(output, this.#outputLimits);
    this.onChange([...changed.keys()]);
  }

  #check(name: string, kind: Kind, value: string): string {
    try {
      if (kind.kind === 'output-limit') return formatOutputLimits(parseOutputLimits(value, this.#outputLimits));
      return canonicalValue(kind, value);
    } catch (error) {
      throw error instanceof Refusal ? refused(name, error.message) : error;
    }
  }
}

function refused(name: string, reason: string): RedisError {
  return new RedisError(`ERR CONFIG SET failed (possibly related to argument '${name.split('\0', 1)[0]}') - ${reason}`);
}

/** The classes in force. `n` is among them also where the canonical text, with its `A`, does not show it. */
function parseEvents(value: string): EventFlags {
  const flags = new Set(value);
  if (flags.has('A')) for (const flag of EVENT_CLASSES) flags.add(flag);
  return { flags, any: flags.has('K') || flags.has('E') };
}

const CLASS_NAMES: Readonly<Record<string, ClientClass>> = {
  normal: 'normal',
  slave: 'slave',
  replica: 'slave',
  pubsub: 'pubsub',
};

/** @throws Refusal */
function parseOutputLimits(
  value: string,
  present: ReadonlyMap<ClientClass, OutputLimit>,
): Map<ClientClass, OutputLimit> {
  const words = value.split(' ').filter((word) => word !== '');
  if (words.length % 4 !== 0) throw new Refusal('Wrong number of arguments in buffer limit configuration.');
  const limits = new Map(present);
  for (let i = 0; i < words.length; i += 4) {
    const given = (words[i] as string).toLowerCase();
    const clientClass = Object.hasOwn(CLASS_NAMES, given) ? CLASS_NAMES[given] : undefined;
    if (!clientClass) throw new Refusal('Invalid client class specified in buffer limit configuration.');
    const hardBytes = parseMemory(words[i + 1] as string);
    const softBytes = parseMemory(words[i + 2] as string);
    const seconds = /^\+?\d{1,9}$/.test(words[i + 3] as string) ? Number(words[i + 3]) : undefined;
    if (hardBytes === undefined || softBytes === undefined || seconds === undefined) {
      throw new Refusal('Error in hard, soft or soft_seconds setting in buffer limit configuration.');
    }
    limits.set(clientClass, { hardBytes: Number(hardBytes), softBytes: Number(softBytes), softSeconds: seconds });
  }
  return limits;
}

function formatOutputLimits(limits: ReadonlyMap<ClientClass, OutputLimit>): string {
  return [...limits].map(([name, l]) => `${name} ${l.hardBytes} ${l.softBytes} ${l.softSeconds}`).join(' ');
}
