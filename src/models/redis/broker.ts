import { type BodyEncoding, type BodyInput, encodeBody } from '../../core/message.js';
import type { BrokerModel, ModelContext } from '../../core/model.js';
import { type WaitOptions, waitFor } from '../../core/waiting.js';
import { Acl } from './acl.js';
import { fromBytes, fromText, toText } from './byte-string.js';
import { ChannelHandle } from './channel-handle.js';
import { ChannelIndex } from './channel-index.js';
import { ClusterSlots } from './cluster.js';
import { RedisConfig, type RedisOptions, type RedisVersion } from './config.js';
import { Keyspace } from './keyspace.js';
import { NativeSubscriber } from './native-subscriber.js';
import { PublicationLog } from './publication-log.js';
import { PubSubMessage, type Subscriber } from './subscriber.js';
import { estimateBytes } from './value.js';

/** What a publication reached. */
export interface ChannelExplanation {
  /** Number of exact subscribers. */
  readonly subscribers: number;
  /** Patterns that match, with their number of subscribers, in order of first appearance. */
  readonly patterns: ReadonlyArray<{ readonly pattern: string; readonly subscribers: number }>;
}

/** Characters of a body that an error shows. */
const SHOWN_LENGTH = 60;

/** Ephemeral pattern-matching channels, and the server state around them. */
export class RedisBroker implements BrokerModel {
  readonly context: ModelContext;
  readonly version: RedisVersion;
  readonly config: RedisConfig;
  readonly acl: Acl;
  /** Exact channels and patterns. */
  readonly channels = new ChannelIndex<Subscriber>();
  /** Shard channels: a space of their own, without patterns. */
  readonly shardChannels = new ChannelIndex<Subscriber>();
  readonly keyspace: Keyspace;
  /** 40 hex digits, new at every start. */
  runId: string;
  /** 40 hex digits: the name of this node in a cluster. */
  readonly nodeId: string;
  /** DEBUG answers, as with `enable-debug-command yes`. */
  readonly debugEnabled: boolean;
  readonly clusterEnabled: boolean;
  /** Slots of this node, in cluster mode. */
  readonly clusterSlots = new ClusterSlots();
  /** Whom REPLICAOF told this server to follow; undefined while it is a primary itself. */
  primary: { readonly host: string; readonly port: number } | undefined;
  readonly #options: RedisOptions;
  /** What was published lately; kept while the journal is on. */
  readonly publications: PublicationLog;
  /** Who waits for a message of a channel, without being a subscriber. */
  readonly #waiting = new Map<string, Set<(message: PubSubMessage) => void>>();
  /** Native subscriptions, each with the way to end it. */
  readonly #natives = new Set<() => void>();

  constructor(context: ModelContext, options: RedisOptions = {}) {
    this.context = context;
    this.#options = options;
    this.config = new RedisConfig(options);
    this.version = this.config.version;
    const { journalEventCount, queueBytes } = context.limits;
    this.publications = new PublicationLog(journalEventCount, queueBytes);
    this.acl = new Acl(this.config.text('requirepass'));
    this.debugEnabled = options.debug ?? false;
    this.clusterEnabled = options.cluster ?? false;
    this.runId = context.random.text(40, '0123456789abcdef');
    this.nodeId = context.random.text(40, '0123456789abcdef');
    this.keyspace = new Keyspace(context, this.config, (channel, payload) => this.publishBytes(channel, payload));
  }

  /** The release that is reported to clients. */
  get releaseName(): string {
    return this.version === '7.0' ? '7.0.15' : '7.2.6';
  }

  get counters(): Keyspace['counters'] {
    return this.keyspace.counters;
  }

  get usedMemory(): number {
    return this.keyspace.usedBytes;
  }

  /** Evicts what must go; true when memory is still over its limit and the command may not run (`exempt` ones may). */
  overMemory(exempt: boolean): boolean {
    return this.keyspace.evict() && !exempt;
  }

  setActiveExpire(on: boolean): void {
    this.keyspace.setActiveExpire(on);
  }

  /** Estimated bytes of a key and its value; undefined when there is none. */
  memoryUsage(db: number, key: string): number | undefined {
    const entry = this.keyspace.lookup(db, key);
    return entry && estimateBytes(key, entry.value);
  }

  /** Lines of INFO's Keyspace section. */
  keyspaceInfo(): Array<readonly [string, string]> {
    const lines: Array<readonly [string, string]> = [];
    for (let index = 0; index < this.keyspace.databaseCount; index++) {
      const { entries, volatile } = this.keyspace.database(index);
      if (entries.size === 0) continue;
      let total = 0;
      for (const key of volatile) total += Math.max(0, (entries.get(key)?.expireAtMs ?? 0) - this.context.clock.now);
      const average = volatile.size === 0 ? 0 : Math.floor(total / volatile.size);
      lines.push([`db${index}`, `keys=${entries.size},expires=${volatile.size},avg_ttl=${average}`]);
    }
    return lines;
  }

  /** Serves clients that block on keys which have changed. */
  serveBlocked(): void {
    this.keyspace.serveBlocked();
  }

  /**
   * Publishes natively.
   *
   * @param channel text (UTF-8) or bytes
   * @param body text, bytes, or a value that is written as JSON (`encoding: 'msgpack'` for MessagePack)
   * @returns deliveries, as PUBLISH counts them: a subscriber that matches twice counts twice
   */
  publish(
    channel: string | Uint8Array,
    body: Exclude<BodyInput, null>,
    options: { encoding?: BodyEncoding } = {},
  ): number {
    const name = fromName(channel);
    if (typeof body === 'string') return this.context.outbox.run(() => this.#publish(name, body, true));
    const payload = fromBytes(encodeBody(body, options.encoding));
    return this.context.outbox.run(() => this.#publish(name, payload, false));
  }

  /**
   * Calls `listener` for every message of a channel, or of all channels that match a pattern.
   *
   * @returns ends the subscription
   */
  subscribe(
    channel: string | Uint8Array,
    listener: (message: PubSubMessage) => void,
    options: { pattern?: boolean } = {},
  ): () => void {
    const name = fromName(channel);
    const subscriber = new NativeSubscriber(this.context.outbox, listener);
    const index = this.channels;
    if (options.pattern) index.psubscribe(name, subscriber);
    else index.subscribe(name, subscriber);
    const end = () => {
      subscriber.end();
      this.#natives.delete(end);
      if (options.pattern) index.punsubscribe(name, subscriber);
      else index.unsubscribe(name, subscriber);
    };
    this.#natives.add(end);
    return end;
  }

  /** `subscribe` with a pattern. */
  psubscribe(pattern: string | Uint8Array, listener: (message: PubSubMessage) => void): () => void {
    return this.subscribe(pattern, listener, { pattern: true });
  }

  /** A channel, to look at and to publish on. */
  channel(name: string | Uint8Array): ChannelHandle {
    return new ChannelHandle(this, fromName(name));
  }

  /** The next message on a channel (a byte string) that a predicate takes. @throws BrokerError TIMEOUT */
  nextMessage(
    channel: string,
    predicate: (message: PubSubMessage) => boolean,
    options: WaitOptions,
  ): Promise<PubSubMessage> {
    const seen: string[] = [];
    const listen = (found: (message: PubSubMessage) => void) => {
      const look = (message: PubSubMessage) => {
        if (predicate(message)) found(message);
        else seen.push(message.text().slice(0, SHOWN_LENGTH));
      };
      const waiting = this.#waiting.get(channel) ?? new Set();
      this.#waiting.set(channel, waiting.add(look));
      return () => {
        if (waiting.delete(look) && waiting.size === 0) this.#waiting.delete(channel);
      };
    };
    return waitFor(this.context.clock, options, listen, () => {
      const other =
        seen.length === 0 ? 'nothing was published there' : `${seen.length} others came: ${seen.join(', ')}`;
      return `no message that was waited for came on channel '${toText(channel)}' (${other})`;
    });
  }

  /** Who would get a message on this channel. */
  explain(channel: string | Uint8Array): ChannelExplanation {
    const name = fromName(channel);
    return {
      subscribers: this.channels.members(name)?.size ?? 0,
      patterns: this.channels.match(name).map((entry) => ({ pattern: entry.pattern, subscribers: entry.members.size })),
    };
  }

  /** PUBLISH on byte strings: exact subscribers first, then patterns in order of first appearance. */
  publishBytes(channel: string, payload: string): number {
    return this.#publish(channel, payload, false);
  }

  /** SPUBLISH on byte strings. */
  spublishBytes(channel: string, payload: string): number {
    const members = this.shardChannels.members(channel);
    if (members) deliver(members, new PubSubMessage('smessage', undefined, channel, payload, false));
    const deliveries = members?.size ?? 0;
    this.#published(channel, payload, false, deliveries);
    return deliveries;
  }

  #publish(channel: string, payload: string, isText: boolean): number {
    let deliveries = 0;
    const exact = this.channels.members(channel);
    if (exact) {
      deliver(exact, new PubSubMessage('message', undefined, channel, payload, isText));
      deliveries += exact.size;
    }
    if (this.channels.patternCount > 0) {
      for (const { pattern, members } of this.channels.match(channel)) {
        deliver(members, new PubSubMessage('pmessage', pattern, channel, payload, isText));
        deliveries += members.size;
      }
    }
    this.#published(channel, payload, isText, deliveries);
    return deliveries;
  }

  /** Everything is lost, as with Redis without persistence. The door has cut the connections before. */
  restart(): void {
    this.#endNatives();
    this.publications.clear();
    this.acl.reset(this.#options.password ?? this.config.text('requirepass'));
    this.keyspace.clear();
    this.clusterSlots.reset();
    this.primary = undefined;
    this.runId = this.context.random.text(40, '0123456789abcdef');
  }

  reset(): void {
    this.restart();
  }

  snapshot(): unknown {
    return new Map([['databases', this.keyspace.snapshot()]]);
  }

  restore(state: unknown): void {
    this.keyspace.restore((state as Map<string, ReturnType<Keyspace['snapshot']>>).get('databases') ?? []);
  }

  busy(): string[] {
    return [];
  }

  close(): void {
    this.#endNatives();
    this.keyspace.clear();
  }

  #endNatives(): void {
    for (const end of [...this.#natives]) end();
  }

  /** Tells those who look without being subscribers: waiting tests, the log and the journal. */
  #published(channel: string, payload: string, isText: boolean, count: number): void {
    const { journal, outbox } = this.context;
    const waiting = this.#waiting.size > 0 ? this.#waiting.get(channel) : undefined;
    if (waiting) {
      const message = new PubSubMessage('message', undefined, channel, payload, isText);
      for (const look of waiting) outbox.post(look, message);
    }
    if (!journal.on) return;
    const bytes = isText ? fromText(payload) : payload;
    this.publications.add({ channel, payload: bytes, deliveries: count });
    journal.record('redis', 'published', { to: channel, bytes: bytes.length, count });
    if (count === 0) journal.record('redis', 'dropped', { to: channel, bytes: bytes.length, reason: 'no subscriber' });
  }
}

function deliver(members: ReadonlySet<Subscriber>, message: PubSubMessage): void {
  for (const subscriber of members) subscriber.deliver(message);
}

function fromName(name: string | Uint8Array): string {
  return typeof name === 'string' ? fromText(name) : fromBytes(name);
}
