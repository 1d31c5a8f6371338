/** Random programs for AMQP brokers, as data, so that they can be shortened. */
import { Random } from '../../src/core/random.js';
import { TopologyWriter } from './amqp-topology-program.js';

export type Table = Readonly<Record<string, unknown>>;

/** What one client does on one channel of its own. `channel` counts over all connections. */
export type Operation = { readonly channel: number } & (
  | { readonly do: 'publish'; readonly exchange: string; readonly key: string; readonly messages: readonly Message[] }
  /** Publishes what the channel got last, with its properties. */
  | { readonly do: 'republish'; readonly exchange: string; readonly key: string }
  /** Publishes to where the last request that came wants its reply. */
  | { readonly do: 'reply'; readonly mandatory: boolean }
  | { readonly do: 'get'; readonly queue: string; readonly noAck: boolean; readonly times: number }
  | {
      readonly do: 'consume';
      readonly queue: string;
      readonly tag: string;
      readonly noAck: boolean;
      readonly exclusive: boolean;
      readonly args: Table;
    }
  | { readonly do: 'cancel'; readonly pick: number }
  | { readonly do: 'qos'; readonly count: number; readonly global: boolean }
  | { readonly do: 'settle'; readonly how: Settle; readonly pick: number; readonly times: number }
  | { readonly do: 'settle-all'; readonly how: Settle }
  | { readonly do: 'settle-up-to'; readonly how: Settle; readonly pick: number }
  | { readonly do: 'recover' | 'commit' | 'rollback' | 'close-channel' | 'close-connection' }
  | { readonly do: 'cut-connection' }
  | { readonly do: 'declare-exclusive'; readonly queue: string }
  | {
      readonly do: 'bind-exchange' | 'unbind-exchange';
      readonly from: string;
      readonly to: string;
      readonly key: string;
    }
  | { readonly do: 'purge' | 'delete-queue' | 'declare-queue'; readonly queue: string }
  | { readonly do: 'delete-exchange' | 'declare-exchange'; readonly exchange: string }
  | { readonly do: 'bind' | 'unbind'; readonly queue: string; readonly exchange: string; readonly key: string }
  | { readonly do: 'wrong'; readonly what: 'tag' | 'redeclare' | 'absent' | 'unknown-exchange' }
  | {
      readonly do: 'call';
      readonly method: string;
      readonly args: Table;
      /** Whether it is answered when it is right. */
      readonly answered: boolean;
    }
  /** Sets a policy or one of the operator's, or clears it where it says nothing. */
  | { readonly do: 'policy'; readonly operator: boolean; readonly name: string; readonly policy: Table | undefined }
  /** Asks the management API for all exchanges, queues and bindings of the program. */
  | { readonly do: 'inspect' }
);

export type Settle = 'ack' | 'reject' | 'requeue';

export interface Message {
  readonly body: string;
  readonly mandatory: boolean;
  readonly immediate?: boolean;
  readonly props: Table;
}

export interface ChannelPlan {
  readonly connection: number;
  readonly mode: 'plain' | 'confirm' | 'tx';
  /** The only queue that its unsettled messages come from; undefined when they come from all. */
  readonly home: string | undefined;
}

export interface Program {
  /** Begins the names of all that it declares. */
  readonly prefix: string;
  readonly queues: ReadonlyMap<string, Table>;
  /** Queues that go with their last consumer. */
  readonly autoDeleted: ReadonlySet<string>;
  readonly exchanges: ReadonlyMap<string, { readonly type: string; readonly args: Table }>;
  readonly bindings: ReadonlyArray<{ readonly queue: string; readonly exchange: string; readonly key: string }>;
  readonly channels: readonly ChannelPlan[];
  /** Queues that a message may die into, one after the other. */
  readonly hops: number;
  /** Whether there are queues that answer before they have done what they were told. */
  readonly isReplicated: boolean;
  /** Passes after every operation. */
  readonly waitMs: number;
  readonly operations: readonly Operation[];
}

/**
 * `plain`: nothing dies; `graph`: dead letters; `mixed`: channels have messages of several queues; `ttl`: time passes;
 * `quorum`: queues are quorum queues with dead letters, with time passing or policies too where the kind says so; `churn`: connections are cut, queues go with their connection or
 * with their last consumer, exchanges lead into each other; `stream`: queues are streams; `topology`: what is declared
 * with every flag, and methods where they are wrong; `policy`: policies come and go.
 */
export type ProgramKind =
  | 'plain'
  | 'graph'
  | 'mixed'
  | 'ttl'
  | 'quorum'
  | 'quorum-ttl'
  | 'quorum-policy'
  | 'churn'
  | 'stream'
  | 'topology'
  | 'policy';

/** A queue that nobody uses goes before the next operation. */
const EXPIRES_MS = 60;
/** Names of policies, behind a program's prefix. */
const POLICIES = ['a', 'b', 'c'] as const;
const OPERATIONS_PER_PROGRAM = 70;
const OPERATIONS_WITH_TIME = 16;
const TTLS_MS = [0, 10, 20];
/** Longer than a message lives in all the queues that it dies into. */
const WAIT_MS = 120;
const KEYS = ['a', 'b', 'a.b', 'c'] as const;

const PROPERTIES: ReadonlyArray<readonly [name: string, value: unknown]> = [
  ['contentType', 'text/plain'],
  ['contentEncoding', 'gzip'],
  ['deliveryMode', 2],
  ['correlationId', 'ключ'],
  ['replyTo', 'amq.rabbitmq.reply'],
  ['messageId', ''],
  ['timestamp', 1_700_000_000],
  ['type', 't'],
  ['userId', 'guest'],
  ['appId', 'a'],
  ['clusterId', 'c'],
];
const HEADERS: ReadonlyArray<readonly [name: string, value: unknown]> = [
  ['void', null],
  ['flag', true],
  ['octet', { $t: 'b', v: -1 }],
  ['short', { $t: 's', v: -300 }],
  ['int', -70_000],
  ['long', { $t: 'l', v: '-9223372036854775808' }],
  ['float', { $t: 'f', v: 0.5 }],
  ['double', -0.1],
  ['decimal', { $t: 'D', v: [2, 314] }],
  ['text', 'é'],
  ['bytes', { $t: 'x', v: 'a' }],
  ['time', { $t: 'T', v: 1_700_000_000 }],
  ['list', [1, ['a', null], {}]],
  ['table', { a: { b: [] } }],
  ['', ''],
];

/**
 * What may die on its own in a circle that a message was rejected in goes round for ever in RabbitMQ. So either there
 * is no circle, or nothing is rejected, or nothing else dies.
 */
type Circles = 'none' | 'without-rejects' | 'of-rejects';

export function programOf(seed: number, kind: ProgramKind): Program {
  return new ProgramWriter(new Random(seed), kind, `p${seed}.`).write();
}

class ProgramWriter {
  readonly #random: Random;
  readonly #kind: ProgramKind;
  readonly #prefix: string;
  readonly #queues: string[];
  readonly #exchanges: string[];
  readonly #circles: Circles;
  readonly #isQuorum: boolean;
  readonly #hasTime: boolean;
  readonly #hasPolicies: boolean;
  /** Whether channels have a prefetch of their own: nothing is requeued then, see `amqp-freedom`. */
  readonly #channelPrefetch: boolean;
  /** What is acked by itself still counts in the prefetch of a quorum queue, until the channel has heard of it. */
  readonly #quorumNoAck: boolean;
  /** Whether policies say where messages die to. */
  readonly #deadLetterPolicies: boolean;
  #messages = 0;
  #tags = 0;

  constructor(random: Random, kind: ProgramKind, prefix: string) {
    this.#random = random;
    this.#kind = kind;
    this.#prefix = prefix;
    this.#queues = Array.from({ length: 2 + random.int(3) }, (_, i) => `${prefix}q${i}`);
    const circles = ['none', 'without-rejects', 'of-rejects'] as const;
    this.#circles = kind === 'graph' ? random.pick(circles) : 'none';
    this.#isQuorum = kind.startsWith('quorum');
    this.#hasTime = kind.endsWith('ttl');
    this.#hasPolicies = kind.endsWith('policy');
    if (kind === 'ttl') this.#circles = random.pick(['none', 'without-rejects']);
    // Replicated queues refuse it.
    this.#channelPrefetch = random.int(3) === 0 && !this.#isQuorum && kind !== 'stream';
    this.#deadLetterPolicies = this.#hasPolicies && random.int(2) === 0;
    this.#quorumNoAck = this.#isQuorum && random.int(3) === 0;
    this.#exchanges = ['fan', 'top', 'head'].map((name) => prefix + name);
  }

  write(): Program {
    const queues = new Map(this.#queues.map((queue, i) => [queue, this.#queueArguments(i)]));
    const [fan, top, head] = this.#exchanges as [string, string, string];
    const exchanges = new Map<string, { type: string; args: Table }>([
      [fan, { type: 'fanout', args: this.#alternate() }],
      [top, { type: 'topic', args: this.#chance(2) ? { 'alternate-exchange': fan } : {} }],
      [head, { type: 'headers', args: this.#alternate() }],
    ]);
    const autoDeleted = new Set(this.#kind === 'churn' ? this.#queues.filter(() => this.#chance(3)) : []);
    const bindings = Array.from({ length: 4 }, () => this.#binding());
    const channels = Array.from({ length: 2 + this.#random.int(4) }, () => this.#channel());
    const count = this.#hasTime ? OPERATIONS_WITH_TIME : OPERATIONS_PER_PROGRAM;
    const connections = new Set(channels.map(({ connection }) => connection));
    const names = { prefix: this.#prefix, queues: this.#queues, exchanges: this.#exchanges };
    const topology = new TopologyWriter(this.#random, names, connections.size < channels.length);
    const operations = Array.from({ length: count }, () => {
      const channel = this.#random.int(channels.length);
      const operation =
        this.#kind === 'topology' ? topology.operation() : this.#operation(channels[channel] as ChannelPlan);
      return { channel, ...operation } as Operation;
    });
    const hops = this.#dies ? queues.size : 0;
    const waitMs = this.#hasTime ? WAIT_MS : 0;
    const isReplicated = this.#isQuorum || this.#kind === 'stream';
    const prefix = this.#prefix;
    return { prefix, queues, autoDeleted, exchanges, bindings, channels, hops, isReplicated, waitMs, operations };
  }

  #chance(n: number): boolean {
    return this.#random.int(n) === 0;
  }

  get #dies(): boolean {
    return this.#kind === 'graph' || this.#hasTime || this.#isQuorum || this.#deadLetterPolicies;
  }

  #queue(): string {
    return this.#random.pick(this.#queues);
  }

  #queueArguments(at: number): Table {
    if (this.#kind === 'stream') return { 'x-queue-type': 'stream' };
    return this.#isQuorum ? this.#quorumArguments(at) : this.#classicArguments(at);
  }

  #quorumArguments(at: number): Table {
    const args: Record<string, unknown> = { 'x-queue-type': 'quorum' };
    if (!this.#chance(3)) Object.assign(args, this.#deadLetters(at));
    if (!this.#chance(3)) args['x-delivery-limit'] = this.#random.int(4);
    if (this.#chance(6)) args['x-single-active-consumer'] = true;
    if (this.#chance(3)) args['x-max-length'] = 1 + this.#random.int(4);
    if (this.#chance(6)) args['x-max-length-bytes'] = 4 + this.#random.int(20);
    if (this.#chance(3)) args['x-overflow'] = this.#random.pick(['reject-publish', 'drop-head']);
    return { ...args, ...this.#times() };
  }

  #times(): Table {
    if (!this.#hasTime) return {};
    return {
      ...(this.#chance(2) && { 'x-message-ttl': this.#random.pick(TTLS_MS) }),
      // A quorum queue only looks every five seconds whether anybody uses it.
      ...(!this.#isQuorum && this.#chance(10) && { 'x-expires': EXPIRES_MS }),
    };
  }

  #classicArguments(at: number): Table {
    const args: Record<string, unknown> = {};
    if (this.#dies && !this.#chance(3)) Object.assign(args, this.#deadLetters(at));
    if (this.#chance(4)) args['x-max-priority'] = 1 + this.#random.int(4);
    if (this.#chance(5) && this.#kind !== 'topology') args['x-single-active-consumer'] = true;
    if (this.#circles === 'of-rejects') return args;
    if (this.#chance(3)) args['x-max-length'] = this.#random.int(4);
    if (this.#chance(6)) args['x-max-length-bytes'] = 4 + this.#random.int(20);
    if (this.#chance(3)) args['x-overflow'] = this.#random.pick(['reject-publish', 'reject-publish-dlx', 'drop-head']);
    return { ...args, ...this.#times() };
  }

  #deadLetters(at: number): Table {
    if (this.#circles === 'none') {
      const later = this.#queues.slice(at + 1);
      if (later.length === 0) return {};
      return { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': this.#random.pick(later) };
    }
    const exchange = { 'x-dead-letter-exchange': this.#chance(4) ? this.#random.pick(this.#exchanges) : '' };
    return this.#chance(3) ? exchange : { ...exchange, 'x-dead-letter-routing-key': this.#queue() };
  }

  #alternate(): Table {
    if (this.#kind !== 'churn' || this.#chance(2)) return {};
    return { 'alternate-exchange': this.#random.pick(this.#exchanges) };
  }

  #binding() {
    return {
      queue: this.#queue(),
      exchange: this.#random.pick(this.#exchanges),
      key: this.#random.pick([...KEYS, '#', 'a.*']),
    };
  }

  #channel(): ChannelPlan {
    return {
      connection: this.#random.int(3),
      mode: this.#random.pick([
        'plain',
        'plain',
        'confirm',
        'confirm',
        this.#isQuorum || this.#kind === 'stream' ? 'plain' : 'tx',
      ]),
      home: this.#kind === 'mixed' || this.#kind === 'topology' ? undefined : this.#queue(),
    };
  }

  #operation(channel: ChannelPlan): object {
    if (this.#kind === 'stream') return this.#onStream(channel);
    if (this.#kind === 'churn' && this.#chance(8)) return this.#churn();
    if (this.#hasPolicies && this.#chance(5)) return this.#chance(4) ? { do: 'inspect' } : this.#policy();
    const roll = this.#random.int(100);
    // Of several queues nobody knows what came last.
    if (roll < 29 || (roll < 32 && channel.home === undefined)) return this.#publish();
    if (roll < 32) return { do: 'republish', ...this.#target() };
    if (roll < 44) return this.#get(channel);
    if (roll < 54) return this.#consume(channel);
    if (roll < 58) return { do: 'cancel', pick: this.#random.int(5) };
    if (roll < 64)
      return {
        do: 'qos',
        count: this.#quorumNoAck ? 0 : this.#random.int(4),
        global: this.#channelPrefetch && channel.home !== undefined && channel.mode !== 'tx',
      };
    if (roll < 86) return this.#settle(channel);
    if (roll < 89 && channel.mode === 'tx') return { do: 'rollback' };
    if (roll < 94 && channel.mode === 'tx') return { do: 'commit' };
    if (roll < 88 && !this.#channelPrefetch) return { do: 'recover' };
    if (roll < 91) return { do: 'purge', queue: this.#queue() };
    return this.#rare();
  }

  #onStream(channel: ChannelPlan): object {
    const roll = this.#random.int(100);
    if (roll < 40) return this.#publish();
    if (roll < 52) return { do: 'qos', count: 1 + this.#random.int(4), global: false };
    if (roll < 68) {
      const offset = this.#random.pick(['first', 'last', 'next', { $t: 'l', v: this.#random.int(8) }]);
      const args = this.#chance(4) ? {} : { 'x-stream-offset': offset };
      return { ...this.#consume(channel), noAck: false, exclusive: false, args };
    }
    if (roll < 72) return { do: 'cancel', pick: this.#random.int(5) };
    if (roll < 94) return this.#settle(channel);
    return { do: this.#random.pick(['close-channel', 'close-connection', 'recover']) };
  }

  #churn(): object {
    const queue = `${this.#prefix}x${this.#random.int(2)}`;
    switch (this.#random.int(6)) {
      case 0:
        return { do: 'cut-connection' };
      case 1:
        return { do: 'declare-exclusive', queue };
      case 2:
        return { do: 'get', queue, noAck: true, times: 1 };
      case 3:
        return { do: 'bind', ...this.#binding(), queue };
      default: {
        const [from, to] = [this.#random.pick(this.#exchanges), this.#random.pick(this.#exchanges)];
        const key = this.#random.pick([...KEYS, '#', 'a.*']);
        return { do: this.#random.pick(['bind-exchange', 'bind-exchange', 'unbind-exchange']), from, to, key };
      }
    }
  }

  #policy(): object {
    const name = `${this.#prefix}${this.#random.pick(POLICIES)}`;
    const operator = this.#chance(3);
    if (this.#chance(4)) return { do: 'policy', operator, name, policy: undefined };
    const at = this.#random.int(this.#queues.length);
    // Queues that hear of a policy together dead-letter to each other in any order.
    const isForOne = this.#deadLetterPolicies || this.#isQuorum || this.#chance(2);
    const pattern = `^${this.#prefix.replace('.', '[.]')}${isForOne ? `q${at}$` : ''}`;
    const applyTo = this.#random.pick(['queues', 'exchanges', 'all', 'all']);
    // Which of the same priority is in force only RabbitMQ's hash table knows.
    const priority = 10 * this.#random.int(3) + POLICIES.findIndex((each) => name.endsWith(each));
    const definition = this.#policyDefinition(operator, this.#deadLetterPolicies ? at : undefined);
    return { do: 'policy', operator, name, policy: { pattern, definition, priority, 'apply-to': applyTo } };
  }

  /** @param at the queue that it dead-letters from; undefined when it does not */
  #policyDefinition(operator: boolean, at: number | undefined): Table {
    const all = new Map<string, unknown>([
      ['max-length', this.#random.int(5)],
      ['max-length-bytes', 4 + this.#random.int(20)],
      ['overflow', this.#random.pick(['reject-publish', 'reject-publish-dlx', 'drop-head'])],
    ]);
    if (!operator) all.set('alternate-exchange', this.#random.pick(this.#exchanges));
    const definition: Record<string, unknown> = Object.fromEntries([...all].filter(() => this.#chance(2)));
    // With a setting that classic queues have not, a policy is not for them.
    if (this.#chance(8)) definition['delivery-limit'] = 1 + this.#random.int(3);
    if (!operator && this.#chance(8)) definition['queue-mode'] = 'lazy';
    const deadLetters = operator || at === undefined ? {} : this.#deadLetters(at);
    for (const [name, value] of Object.entries(deadLetters)) definition[name.slice('x-'.length)] = value;
    return Object.keys(definition).length > 0 ? definition : { 'max-length': this.#random.int(5) };
  }

  #rare(): object {
    switch (this.#random.int(8)) {
      case 0:
        return { do: 'close-channel' };
      case 1:
        return { do: 'close-connection' };
      case 2:
        return { do: 'delete-queue', queue: this.#queue() };
      case 3:
        return { do: 'declare-queue', queue: this.#queue() };
      case 4:
        return {
          do: this.#random.pick(['delete-exchange', 'declare-exchange']),
          exchange: this.#random.pick(this.#exchanges),
        };
      case 5:
      case 6:
        return { do: this.#random.pick(['bind', 'unbind']), ...this.#binding() };
      default:
        return { do: 'wrong', what: this.#random.pick(['tag', 'redeclare', 'absent', 'unknown-exchange'] as const) };
    }
  }

  #publish(): object {
    // A stream delivers what it took in together in one go, whatever the prefetch.
    const count = this.#dies || this.#kind === 'stream' ? 1 : 1 + this.#random.int(5);
    return { do: 'publish', ...this.#target(), messages: Array.from({ length: count }, () => this.#message()) };
  }

  #target(): { readonly exchange: string; readonly key: string } {
    const direct = this.#kind === 'graph' ? !this.#chance(8) : !this.#chance(3);
    const exchange = direct ? '' : this.#random.pick(this.#exchanges);
    return { exchange, key: direct ? this.#queue() : this.#random.pick(KEYS) };
  }

  #message(): Message {
    const props: Record<string, unknown> = this.#chance(4) ? this.#properties() : {};
    if (this.#chance(2)) props.priority = this.#random.int(5);
    if (this.#chance(3)) props.headers = { h: this.#random.int(3) };
    if (this.#chance(12)) props.headers = { [this.#random.pick(['CC', 'BCC'])]: [this.#queue()] };
    if (this.#hasTime && this.#chance(2)) props.expiration = String(this.#random.pick(TTLS_MS));
    return { body: `m${++this.#messages}${'x'.repeat(this.#random.int(6))}`, mandatory: this.#chance(3), props };
  }

  /** Some of what a message may say of itself. */
  #properties(): Record<string, unknown> {
    const some = PROPERTIES.filter(() => this.#chance(3));
    // A channel of RabbitMQ ends of a decimal that it is to write into a stream.
    const known = this.#kind === 'stream' ? HEADERS.filter(([name]) => name !== 'decimal') : HEADERS;
    const headers = known.filter(() => this.#chance(4));
    return Object.fromEntries(headers.length > 0 ? [...some, ['headers', Object.fromEntries(headers)]] : some);
  }

  #get({ home }: ChannelPlan): object {
    const queue = this.#queue();
    const noAck = home === undefined ? this.#chance(2) : queue !== home;
    return { do: 'get', queue, noAck, times: this.#kind === 'plain' ? 1 + this.#random.int(3) : 1 };
  }

  #consume({ home }: ChannelPlan): object {
    return {
      do: 'consume',
      queue: home ?? this.#queue(),
      tag: `${this.#prefix}c${String(++this.#tags).padStart(3, '0')}`,
      noAck: this.#chance(5) && (!this.#isQuorum || this.#quorumNoAck),
      exclusive: this.#chance(15),
      args: this.#chance(4) ? { 'x-priority': this.#random.int(3) } : {},
    };
  }

  #settle({ home, mode }: ChannelPlan): object {
    const withoutRejects = this.#channelPrefetch ? 'ack' : 'requeue';
    const rejects = this.#circles === 'without-rejects' ? withoutRejects : 'reject';
    const returns = this.#channelPrefetch ? rejects : 'requeue';
    const how = this.#random.pick(['ack', 'ack', rejects, returns] as const);
    const roll = this.#random.int(4);
    const pick = this.#random.int(8);
    if (roll === 0) return { do: 'settle-all', how };
    if (roll === 1 && home !== undefined) return { do: 'settle-up-to', how, pick };
    return { do: 'settle', how, pick, times: this.#kind === 'plain' && mode !== 'tx' ? 1 + this.#random.int(2) : 1 };
  }
}
