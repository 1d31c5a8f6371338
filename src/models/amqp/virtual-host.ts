import type { Timer } from '../../core/clock.js';
import type { JournalEventName } from '../../core/journal.js';
import type { ModelContext } from '../../core/model.js';
import { type AbsentQueue, bringBack, isClassic, takeAway } from './absent-queue.js';
import type { Binding } from './binding.js';
import type { AmqpBroker } from './broker.js';
import type { AmqpChannel } from './channel.js';
import { ClassicQueue } from './classic-queue.js';
import { type Cluster, nodeName } from './cluster.js';
import type { AmqpVersion } from './config.js';
import { DeadLetterList } from './dead-letter-list.js';
import { DrainList } from './drain.js';
import type { Envelope } from './envelope.js';
import { AmqpError, absentQueue, noQueue } from './errors.js';
import { Exchange, type ExchangeDefinition } from './exchange.js';
import { type ExchangeType, QueueNameMatcher, type Routed } from './exchange-type.js';
import { FanOut } from './fan-out.js';
import { EMPTY_TABLE } from './field-table.js';
import { MessageCounts } from './message-counts.js';
import { journalMessage, journalPublished, journalRefusal } from './message-journal.js';
import { Policy, type PolicyDefinition, policyFor } from './policy.js';
import type { PolicyKind } from './policy-definition.js';
import type { Publication } from './publication.js';
import type { DeathReason, Queue, QueueDefinition, QueueHost } from './queue.js';
import { queueTypeOf } from './queue-arguments.js';
import { QuorumQueue } from './quorum-queue.js';
import { route } from './router.js';
import { StreamQueue } from './stream-queue.js';

const BUILT_IN: ReadonlyArray<readonly [name: string, type: string]> = [
  ['amq.direct', 'direct'],
  ['amq.fanout', 'fanout'],
  ['amq.headers', 'headers'],
  ['amq.match', 'headers'],
  ['amq.rabbitmq.trace', 'topic'],
  ['amq.topic', 'topic'],
];

const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const QUEUE_CLASSES = { classic: ClassicQueue, quorum: QuorumQueue, stream: StreamQueue } as const;

/** A message to so many queues has a plan. */
const MANY = 4;

const call = <T>(fn: () => T): T => fn();

export type VirtualHostLimit = 'max-queues' | 'max-connections';

/** A space of exchanges, queues and policies of its own. */
export class VirtualHost implements QueueHost {
  readonly name: string;
  readonly broker: AmqpBroker;
  readonly context: ModelContext;
  readonly exchanges = new Map<string, Exchange>();
  readonly queues = new Map<string, Queue>();
  readonly policies = new Map<string, Policy>();
  readonly operatorPolicies = new Map<string, Policy>();
  readonly limits = new Map<VirtualHostLimit, number>();
  /** Channels that wait for direct replies, by the name that is given to the replier. */
  readonly replyTargets = new Map<string, AmqpChannel>();
  description: string;
  readonly counts = new MessageCounts();
  tags: readonly string[] = [];
  /** Grows with each change of what `Queue.passesTo` says of any queue. */
  passageVersion = 0;
  /** Durable queues whose home node is down. */
  readonly absentQueues = new Map<string, AbsentQueue>();
  /** How many of its queues are streams. */
  streamCount = 0;
  readonly #delayed = new Set<Timer>();
  readonly #drains = new DrainList();
  readonly #fanOut = new FanOut(this);
  readonly #deadLetters = new DeadLetterList(this, (queues, envelope) => this.#enqueueAll(queues, envelope));
  #depth = 0;

  constructor(name: string, broker: AmqpBroker) {
    this.name = name;
    this.broker = broker;
    this.description = name === '/' ? 'Default virtual host' : '';
    this.context = broker.context;
    this.#addBuiltIn();
  }

  get version(): AmqpVersion {
    return this.broker.version;
  }

  get cluster(): Cluster {
    return this.broker.cluster;
  }

  /** Why a name leads to no queue. */
  missingQueue(name: string): AmqpError {
    const home = this.absentQueues.get(name)?.definition.homeNode;
    return home === undefined ? noQueue(name, this.name) : absentQueue(name, this.name, nodeName(home));
  }

  /** A node has gone, and its queues with it. @param unacked what channels have not settled */
  stopNode(nodeId: number, unacked: ReadonlyMap<Queue, readonly Envelope[]>): void {
    this.command(() => {
      for (const queue of [...this.queues.values()]) {
        if (!isClassic(queue) || queue.homeNode !== nodeId) continue;
        if (queue.durable) this.absentQueues.set(queue.name, takeAway(this, queue, unacked.get(queue) ?? []));
        else this.removeQueue(queue);
      }
    });
  }

  /** A node is back with its queues, and perhaps the majority with it. */
  startNode(nodeId: number): void {
    this.command(() => {
      for (const [name, absent] of this.absentQueues) {
        if (absent.definition.homeNode !== nodeId) continue;
        this.absentQueues.delete(name);
        bringBack(this, absent);
      }
      for (const queue of this.queues.values()) queue.dispatch();
    });
  }

  /** Runs a command: what it posts leaves, and what died in it is dead-lettered, once it has ended. */
  command<T>(fn: () => T): T {
    return this.commandOn(fn, call, undefined);
  }

  /** `command` for the hot path: runs `fn(subject, item)`, so that no closure has to be made for it. */
  commandOn<Subject, Item, T>(subject: Subject, fn: (subject: Subject, item: Item) => T, item: Item): T {
    if (this.#depth > 0) return fn(subject, item);
    const { outbox } = this.context;
    const mark = outbox.begin();
    this.#depth++;
    let result: T;
    try {
      result = fn(subject, item);
      if (!this.#deadLetters.isEmpty) this.#deadLetters.settle();
      this.#drains.settle();
    } catch (error) {
      this.#depth--;
      outbox.abort(mark);
      throw error;
    }
    this.#depth--;
    outbox.end();
    return result;
  }

  /** Whether someone waits for a queue to be empty. */
  get isWaitedFor(): boolean {
    return this.#drains.isWaitedFor;
  }

  typeOf(exchange: Exchange): ExchangeType {
    return this.broker.exchangeTypes.get(exchange.type) as ExchangeType;
  }

  addExchange(definition: ExchangeDefinition): Exchange {
    this.#checkCount(this.exchanges.size, 'exchanges');
    const exchange = new Exchange(definition, this.broker.createMatcher(definition.type, definition.arguments));
    this.exchanges.set(exchange.name, exchange);
    exchange.applyPolicy(policyFor(this.policies.values(), exchange));
    return exchange;
  }

  removeExchange(exchange: Exchange): void {
    exchange.alive = false;
    this.exchanges.delete(exchange.name);
    for (const binding of [...exchange.bindings.values()]) this.removeBinding(exchange, binding.identity);
    for (const binding of [...exchange.incoming]) this.removeBinding(binding.source, binding.identity);
  }

  addQueue(definition: QueueDefinition): Queue {
    this.#checkCount(this.queues.size, 'queues');
    const queue = new QUEUE_CLASSES[queueTypeOf(definition.arguments)](definition, this);
    this.queues.set(queue.name, queue);
    if (queue.type === 'stream') this.streamCount++;
    queue.exclusiveOwner?.exclusiveQueues.add(queue);
    this.#applyPolicies(queue);
    queue.touch();
    return queue;
  }

  removeQueue(queue: Queue): void {
    if (!queue.alive) return;
    queue.dispose();
    this.queues.delete(queue.name);
    if (queue.type === 'stream') this.streamCount--;
    queue.exclusiveOwner?.exclusiveQueues.delete(queue);
    for (const binding of [...queue.incoming]) this.removeBinding(binding.source, binding.identity);
    for (const consumer of [...queue.consumers.values()]) consumer.channel.consumerLost(consumer);
    queue.consumers.clear();
    queue.purge();
  }

  addBinding(binding: Binding): void {
    this.#checkBindings(binding);
    if (binding.source.bind(binding)) binding.destination.incoming.add(binding);
  }

  /** Removes a binding; an exchange that deletes itself goes with its last one. */
  removeBinding(source: Exchange | undefined, identity: string): void {
    const binding = source?.unbind(identity);
    if (!source || !binding) return;
    binding.destination.incoming.delete(binding);
    if (source.alive && source.autoDelete && source.bindings.size === 0) this.removeExchange(source);
  }

  /** Where a publication goes. */
  destinations(publication: Publication): readonly Queue[] {
    return route(publication.exchange, publication.envelope, publication.furtherKeys, this.exchanges);
  }

  /** Queues that a message would reach from an exchange. */
  route(exchange: Exchange, message: Routed): readonly Queue[] {
    return route(exchange, message, undefined, this.exchanges);
  }

  /** Keeps a publication for later where its exchange delays it. @returns whether it did */
  delay(publication: Publication): boolean {
    const delayMs = publication.exchange.matcher.delayMs?.(publication.envelope) ?? 0;
    if (delayMs === 0) return false;
    const { clock } = this.context;
    const timer = clock.schedule(clock.now + delayMs, () => {
      this.#delayed.delete(timer);
      if (!publication.exchange.alive) return;
      this.command(() => this.put(publication, this.destinations(publication)));
    });
    this.#delayed.add(timer);
    return true;
  }

  /** Records what happened to a message in a queue. */
  journal(name: JournalEventName, envelope: Envelope, queue: Queue, connection?: string): void {
    journalMessage(this.context.journal, name, envelope, queue, connection);
  }

  lingererCount(queue: Queue): number {
    let count = 0;
    for (const { deliveries } of this.broker.channels()) count += deliveries.lingererCount(queue);
    return count;
  }

  /** Resolves when a queue is empty, unacked deliveries included, or gone. */
  whenDrained(queue: Queue): Promise<void> {
    return this.#drains.wait(queue);
  }

  /** The channel that waits for a direct reply, where the publication is one. */
  replyTarget(publication: Publication): AmqpChannel | undefined {
    if (this.replyTargets.size === 0 || publication.exchange.name !== '') return undefined;
    return this.replyTargets.get(publication.envelope.routingKey);
  }

  /** Puts a publication into its queues. @returns false when one of them refused it */
  put(publication: Publication, queues: readonly Queue[]): boolean {
    if (this.context.journal.on) journalPublished(this.context.journal, publication, queues);
    publication.exchange.countRouted(queues.length);
    this.replyTarget(publication)?.deliverReply(publication.envelope);
    return this.#enqueueAll(queues, publication.envelope, publication.publisher);
  }

  #enqueueAll(queues: readonly Queue[], envelope: Envelope, publisher?: object): boolean {
    const { hasMajority } = this.cluster;
    if (queues.length >= MANY && hasMajority && publisher) return this.#fanOut.put(queues, envelope, publisher);
    let accepted = true;
    for (let i = 0; i < queues.length; i++) {
      const queue = queues[i] as Queue;
      if (!hasMajority && !queue.available) this.#enqueueLater(queue, envelope.copy(), publisher);
      else if (!this.offer(queue, envelope, i > 0, publisher)) accepted = false;
    }
    return accepted;
  }

  /** Gives a message to a queue, see `Queue.enqueue`. */
  offer(queue: Queue, envelope: Envelope, shared: boolean, publisher: object | undefined): boolean {
    if (publisher !== undefined) queue.counts.publish++;
    const accepted = queue.enqueue(envelope, shared, publisher);
    if (!accepted && this.context.journal.on) journalRefusal(this.context.journal, queue, envelope);
    return accepted;
  }

  /** Puts a message into a queue once it has a majority of its nodes. */
  #enqueueLater(queue: Queue, envelope: Envelope, publisher: object | undefined): void {
    if (publisher !== undefined) queue.counts.publish++;
    this.cluster.whenMajority(() => this.command(() => queue.alive && queue.enqueue(envelope, false, publisher)));
  }

  died(queue: Queue, envelope: Envelope, reason: DeathReason): void {
    this.#deadLetters.add(queue, envelope, reason);
  }

  /** A name that nobody has: 22 random characters behind a prefix. */
  generateName(prefix: string): string {
    return prefix + this.context.random.text(22, BASE64URL);
  }

  /** Adds a policy or replaces the one of its name. @returns whether there was none. @throws BrokerError INVALID_POLICY */
  setPolicy(kind: PolicyKind, definition: PolicyDefinition): boolean {
    const policies = this.#policiesOf(kind);
    const policy = new Policy(definition, kind, this.version);
    const isNew = !policies.has(policy.name);
    policies.set(policy.name, policy);
    this.command(() => this.#applyAllPolicies());
    return isNew;
  }

  /** @returns whether there was one */
  deletePolicy(kind: PolicyKind, name: string): boolean {
    if (!this.#policiesOf(kind).delete(name)) return false;
    this.command(() => this.#applyAllPolicies());
    return true;
  }

  /** @param value undefined or below 0 for no limit */
  setLimit(limit: VirtualHostLimit, value: number | undefined): void {
    if (value === undefined || value < 0) this.limits.delete(limit);
    else this.limits.set(limit, value);
  }

  /** As after a restart: durable exchanges and queues stay, exclusive ones go, and with them their bindings. */
  restart(): void {
    this.command(() => {
      for (const queue of [...this.queues.values()]) {
        if (!queue.durable || queue.exclusiveOwner) this.removeQueue(queue);
        else queue.restart();
      }
      for (const exchange of [...this.exchanges.values()]) if (!exchange.durable) this.removeExchange(exchange);
    });
  }

  /** Removes everything in it but the built-in exchanges; connections stay. */
  clear(): void {
    this.dispose();
    for (const exchange of [...this.exchanges.values()]) {
      if (exchange.name !== '' && !exchange.name.startsWith('amq.')) this.removeExchange(exchange);
      else for (const identity of [...exchange.bindings.keys()]) this.removeBinding(exchange, identity);
    }
    this.absentQueues.clear();
    this.limits.clear();
    this.policies.clear();
    this.operatorPolicies.clear();
    this.#applyAllPolicies();
  }

  /** Ends timers and consumers; nothing of it is used again. */
  dispose(): void {
    for (const queue of [...this.queues.values()]) this.command(() => this.removeQueue(queue));
    this.replyTargets.clear();
    for (const timer of this.#delayed) this.context.clock.cancel(timer);
    this.#delayed.clear();
  }

  #policiesOf(kind: PolicyKind): Map<string, Policy> {
    return kind === 'policy' ? this.policies : this.operatorPolicies;
  }

  #applyAllPolicies(): void {
    for (const exchange of this.exchanges.values()) exchange.applyPolicy(policyFor(this.policies.values(), exchange));
    for (const queue of this.queues.values()) this.#applyPolicies(queue);
  }

  #applyPolicies(queue: Queue): void {
    const policy = this.policies.size === 0 ? undefined : policyFor(this.policies.values(), queue);
    const operator = this.operatorPolicies.size === 0 ? undefined : policyFor(this.operatorPolicies.values(), queue);
    queue.applyPolicies(policy, operator);
  }

  #checkCount(size: number, what: string): void {
    const { entityCount } = this.context.limits;
    if (size >= entityCount) {
      throw new AmqpError(
        'RESOURCE_ERROR',
        `limits.entityCount (${entityCount}) exceeded by ${what} of vhost '${this.name}'`,
      );
    }
  }

  #checkBindings({ source }: Binding): void {
    const { bindingCount } = this.context.limits;
    if (source.bindings.size >= bindingCount) {
      throw new AmqpError(
        'PRECONDITION_FAILED',
        `limits.bindingCount (${bindingCount}) exceeded by exchange '${source.name}' in vhost '${this.name}'`,
      );
    }
  }

  #addBuiltIn(): void {
    const base = { durable: true, autoDelete: false, internal: false, arguments: EMPTY_TABLE };
    this.exchanges.set('', new Exchange({ ...base, name: '', type: 'direct' }, new QueueNameMatcher(this.queues)));
    for (const [name, type] of BUILT_IN) {
      this.addExchange({ ...base, name, type, internal: name === 'amq.rabbitmq.trace' });
    }
  }
}
