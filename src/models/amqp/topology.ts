/**
 * Declaring, binding and deleting, with RabbitMQ's checks in RabbitMQ's order and its texts.
 *
 * An `Actor` is a connection, or the management API acting for a user.
 */
import { Binding, bindingIdentity } from './binding.js';
import type { AmqpConnection } from './connection.js';
import { erlangAtom } from './erlang-term.js';
import { isErlangWord } from './erlang-word.js';
import {
  AmqpError,
  accessRefused,
  noExchange,
  noQueue,
  notImplemented,
  onDefaultExchange,
  preconditionFailed,
  queueLocked,
  queueTimedOut,
} from './errors.js';

import type { Exchange, ExchangeDefinition } from './exchange.js';
import { EMPTY_TABLE, type FieldTable, fieldTypeName } from './field-table.js';
import type { Queue, QueueDefinition } from './queue.js';
import {
  checkMasterLocator,
  checkQueueArguments,
  checkSameArgument,
  checkSameArguments,
  checkSameProperty,
  checkServerNamed,
  queueTypeOf,
} from './queue-arguments.js';
import { isReplyName, REPLY_TO } from './reply-to.js';
import type { User } from './user.js';
import type { VirtualHost } from './virtual-host.js';

/** Who asks. */
export interface Actor {
  readonly user: User;
  readonly vhost: VirtualHost;
  /** The node that it is connected to; default 1. */
  readonly nodeId?: number;
}

export interface ExchangeDeclareArguments {
  readonly exchange: string;
  readonly type: string;
  readonly passive?: boolean;
  readonly durable?: boolean;
  readonly autoDelete?: boolean;
  readonly internal?: boolean;
  readonly arguments?: FieldTable;
}

export interface ExchangeDeleteArguments {
  readonly exchange: string;
  readonly ifUnused?: boolean;
}

export interface ExchangeBindArguments {
  readonly destination: string;
  readonly source: string;
  readonly routingKey: string;
  readonly arguments?: FieldTable;
}

export interface QueueDeclareArguments {
  /** Empty for a name that the server makes up. */
  readonly queue: string;
  readonly passive?: boolean;
  readonly durable?: boolean;
  readonly exclusive?: boolean;
  readonly autoDelete?: boolean;
  readonly arguments?: FieldTable;
}

export interface QueueDeclareOk {
  readonly queue: string;
  /** Ready messages. */
  readonly messageCount: number;
  readonly consumerCount: number;
}

export interface QueueBindArguments {
  readonly queue: string;
  readonly exchange: string;
  readonly routingKey: string;
  readonly arguments?: FieldTable;
}

export interface QueueDeleteArguments {
  readonly queue: string;
  readonly ifUnused?: boolean;
  readonly ifEmpty?: boolean;
}

const stripLineBreaks = (name: string): string => name.replaceAll('\r', '').replaceAll('\n', '');

export function declareExchange(actor: Actor, args: ExchangeDeclareArguments): void {
  const { vhost, user } = actor;
  const name = stripLineBreaks(args.exchange);
  if (!args.passive && !vhost.broker.exchangeTypes.has(args.type)) {
    throw new AmqpError(
      'COMMAND_INVALID',
      `${isErlangWord(args.type) ? 'invalid' : 'unknown'} exchange type '${args.type}'`,
    );
  }
  if (name === '') throw onDefaultExchange();
  const existing = vhost.exchanges.get(name);
  if (args.passive) {
    if (!existing) throw noExchange(name, vhost.name);
    return;
  }
  user.check(vhost, 'configure', 'exchange', name);
  const definition = {
    name,
    type: args.type,
    durable: args.durable ?? false,
    autoDelete: args.autoDelete ?? false,
    internal: args.internal ?? false,
    arguments: args.arguments ?? EMPTY_TABLE,
  };
  if (existing) {
    checkSameExchange(existing, definition, vhost.name);
    return;
  }
  if (name.startsWith('amq.')) throw accessRefused(`exchange name '${name}' contains reserved prefix 'amq.*'`);
  checkAlternate(actor, name, definition.arguments);
  vhost.broker.exchangeTypes.get(args.type)?.validateExchange?.(name, definition.arguments, vhost);
  vhost.addExchange(definition);
}

function checkSameExchange(existing: Exchange, declared: ExchangeDefinition, vhost: string): void {
  const where = `exchange '${existing.name}' in vhost '${vhost}'`;
  checkSameProperty('type', erlangAtom(existing.type), erlangAtom(declared.type), where);
  checkSameProperty('durable', existing.durable, declared.durable, where);
  checkSameProperty('auto_delete', existing.autoDelete, declared.autoDelete, where);
  checkSameProperty('internal', existing.internal, declared.internal, where);
  const name = 'alternate-exchange';
  checkSameArgument(name, existing.arguments.get(name), declared.arguments.get(name), where);
}

function checkAlternate(actor: Actor, name: string, args: FieldTable): void {
  const { vhost, user } = actor;
  const alternate = args.get('alternate-exchange');
  if (alternate === undefined) return;
  if (typeof alternate !== 'string') {
    const what = `invalid type '${fieldTypeName(alternate)}' for arg 'alternate-exchange'`;
    throw preconditionFailed(`${what} in exchange '${name}' in vhost '${vhost.name}'`);
  }
  user.check(vhost, 'read', 'exchange', name);
  user.check(vhost, 'write', 'exchange', alternate);
}

export function deleteExchange(actor: Actor, args: ExchangeDeleteArguments): void {
  const { vhost, user } = actor;
  const name = stripLineBreaks(args.exchange);
  if (name === '') throw onDefaultExchange();
  if (name.startsWith('amq.')) {
    throw accessRefused(`deletion of system exchange '${name}' in vhost '${vhost.name}' not allowed`);
  }
  user.check(vhost, 'configure', 'exchange', name);
  const exchange = vhost.exchanges.get(name);
  if (!exchange) return;
  if (args.ifUnused && exchange.bindings.size > 0) {
    throw preconditionFailed(`exchange '${name}' in vhost '${vhost.name}' in use`);
  }
  vhost.removeExchange(exchange);
}

/** What is bound to what, by name. */
interface BindingEnds {
  readonly source: string;
  readonly destination: { readonly kind: 'queue' | 'exchange'; readonly name: string };
}

export function bindExchange(actor: Actor, args: ExchangeBindArguments): void {
  const { vhost } = actor;
  const ends = checkedEnds(actor, { source: args.source, kind: 'exchange', name: args.destination }, args.routingKey);
  const source = vhost.exchanges.get(ends.source);
  if (!source) throw noExchange(ends.source, vhost.name);
  const destination = vhost.exchanges.get(ends.destination.name);
  if (!destination) throw noExchange(ends.destination.name, vhost.name);
  const table = args.arguments ?? EMPTY_TABLE;
  vhost.typeOf(source).validateBinding?.(args.routingKey, table);
  vhost.addBinding(new Binding(source, destination, args.routingKey, table));
}

export function unbindExchange(actor: Actor, args: ExchangeBindArguments): void {
  const { vhost } = actor;
  const ends = checkedEnds(actor, { source: args.source, kind: 'exchange', name: args.destination }, args.routingKey);
  const identity = bindingIdentity(ends.destination, args.routingKey, args.arguments ?? EMPTY_TABLE);
  vhost.removeBinding(vhost.exchanges.get(ends.source), identity);
}

/**
 * The ends as RabbitMQ reads their names. Whoever binds and unbinds writes to the destination and reads from the source,
 * from a topic exchange by the key.
 *
 * @throws AmqpError ACCESS_REFUSED
 */
function checkedEnds(
  { vhost, user }: Actor,
  given: { readonly source: string; readonly kind: 'queue' | 'exchange'; readonly name: string },
  routingKey: string,
): BindingEnds {
  const { kind } = given;
  const source = stripLineBreaks(given.source);
  const name = stripLineBreaks(given.name);
  user.check(vhost, 'write', kind, name);
  if (source === '' || (kind === 'exchange' && name === '')) throw onDefaultExchange();
  user.check(vhost, 'read', 'exchange', source);
  if (vhost.exchanges.get(source)?.type === 'topic') user.checkTopic(vhost, 'read', source, routingKey);
  return { source, destination: { kind, name } };
}

export function bindQueue(actor: Actor, args: QueueBindArguments): void {
  const { vhost } = actor;
  const ends = checkedEnds(actor, { source: args.exchange, kind: 'queue', name: args.queue }, args.routingKey);
  const exchange = vhost.exchanges.get(ends.source);
  if (!exchange) throw noExchange(ends.source, vhost.name);
  const queue = vhost.queues.get(ends.destination.name);
  if (!queue) throw vhost.missingQueue(ends.destination.name);
  const table = args.arguments ?? EMPTY_TABLE;
  vhost.typeOf(exchange).validateBinding?.(args.routingKey, table);
  checkExclusive(actor, queue);
  vhost.addBinding(new Binding(exchange, queue, args.routingKey, table));
}

export function unbindQueue(actor: Actor, args: QueueBindArguments): void {
  const { vhost } = actor;
  const ends = checkedEnds(actor, { source: args.exchange, kind: 'queue', name: args.queue }, args.routingKey);
  const identity = bindingIdentity(ends.destination, args.routingKey, args.arguments ?? EMPTY_TABLE);
  const source = vhost.exchanges.get(ends.source);
  const queue = vhost.queues.get(ends.destination.name);
  // Who may not use a queue may still ask to unbind what is not bound.
  if (queue && source?.bindings.has(identity)) checkExclusive(actor, queue);
  vhost.removeBinding(source, identity);
}

export function declareQueue(actor: Actor, args: QueueDeclareArguments): QueueDeclareOk {
  const { vhost, user } = actor;
  const given = stripLineBreaks(args.queue);
  if (isReplyName(given)) return declareReplyQueue(vhost, given);
  if (args.passive) {
    const queue = vhost.queues.get(given);
    if (!queue) throw vhost.missingQueue(given);
    checkExclusive(actor, queue);
    checkAvailable(queue, vhost);
    queue.touch();
    return declareOk(queue);
  }
  if (given.startsWith('amq.')) throw accessRefused(`queue name '${given}' contains reserved prefix 'amq.*'`);
  const table = args.arguments ?? EMPTY_TABLE;
  if (given === '') checkServerNamed(table);
  const name = given === '' ? vhost.generateName('amq.gen-') : given;
  user.check(vhost, 'configure', 'queue', name);
  const definition: QueueDefinition = {
    name,
    // What dies with its connection is not durable, whatever was asked for.
    durable: (args.durable ?? false) && !args.exclusive,
    autoDelete: args.autoDelete ?? false,
    exclusiveOwner: args.exclusive ? (actor as AmqpConnection) : undefined,
    homeNode: vhost.cluster.homeFor(actor.nodeId ?? 1),
    arguments: table,
  };
  const existing = vhost.queues.get(name);
  if (existing) {
    checkSameQueue(actor, existing, definition);
    checkAvailable(existing, vhost);
    existing.touch();
    return declareOk(existing);
  }
  if (vhost.absentQueues.has(name)) throw vhost.missingQueue(name);
  checkNewQueue(actor, definition);
  if (queueTypeOf(table) !== 'classic' && !vhost.cluster.hasMajority) throw queueTimedOut(name, vhost.name);
  return declareOk(vhost.addQueue(definition));
}

function declareReplyQueue(vhost: VirtualHost, name: string): QueueDeclareOk {
  if (name !== REPLY_TO && !vhost.replyTargets.has(name)) throw noQueue(name, vhost.name);
  return { queue: name, messageCount: 0, consumerCount: 1 };
}

function checkSameQueue(actor: Actor, existing: Queue, declared: QueueDefinition): void {
  const { vhost } = actor;
  if (existing.exclusiveOwner !== declared.exclusiveOwner) throw queueLocked(existing.name, vhost.name);
  const where = `queue '${existing.name}' in vhost '${vhost.name}'`;
  checkSameProperty('durable', existing.durable, declared.durable, where);
  checkSameProperty('auto_delete', existing.autoDelete, declared.autoDelete, where);
  checkSameArguments(existing.arguments, declared.arguments, where);
}

function checkNewQueue(actor: Actor, definition: QueueDefinition): void {
  const { vhost, user } = actor;
  const { name, arguments: table } = definition;
  const where = `queue '${name}' in vhost '${vhost.name}'`;
  const limit = vhost.limits.get('max-queues');
  if (limit !== undefined && vhost.queues.size >= limit) {
    const reached = `queue limit in vhost '${vhost.name}' (${limit}) is reached`;
    throw preconditionFailed(`cannot declare queue '${name}': ${reached}`);
  }
  const deadLetterExchange = table.get('x-dead-letter-exchange');
  if (deadLetterExchange !== undefined) {
    if (typeof deadLetterExchange !== 'string') {
      const what = `invalid type '${fieldTypeName(deadLetterExchange)}' for arg 'x-dead-letter-exchange'`;
      throw preconditionFailed(`${what} in ${where}`);
    }
    user.check(vhost, 'read', 'queue', name);
    user.check(vhost, 'write', 'exchange', deadLetterExchange);
  }
  checkQueueArguments(table, where);
  if (!definition.exclusiveOwner) checkMasterLocator(table);
  if (queueTypeOf(table) === 'classic') return;
  const refuse = (property: string) => preconditionFailed(`invalid property '${property}' for ${where}`);
  if (definition.autoDelete) throw refuse('auto-delete');
  if (definition.exclusiveOwner) throw refuse('exclusive-owner');
  if (!definition.durable) throw refuse('non-durable');
}

export function purgeQueue(actor: Actor, name: string): number {
  const queue = usableQueue(actor, name, 'read');
  if (queue.type === 'stream') {
    throw notImplemented(`queue.purge not supported by stream queues queue '${name}' in vhost '${actor.vhost.name}'`);
  }
  return queue.purge();
}

export function deleteQueue(actor: Actor, args: QueueDeleteArguments): number {
  const { vhost, user } = actor;
  const name = stripLineBreaks(args.queue);
  user.check(vhost, 'configure', 'queue', name);
  const queue = vhost.queues.get(name);
  if (!queue) {
    if (vhost.absentQueues.has(name)) throw vhost.missingQueue(name);
    return 0;
  }
  checkExclusive(actor, queue);
  if (args.ifUnused && queue.type === 'quorum') {
    const unsupported = 'queue.delete operations with if-unused flag set are not supported by quorum queues';
    throw notImplemented(`cannot delete queue '${name}' in vhost '${vhost.name}'. ${unsupported}`);
  }
  if (args.ifUnused && queue.consumers.size > 0) {
    throw preconditionFailed(`queue '${name}' in vhost '${vhost.name}' in use`);
  }
  if (args.ifEmpty && queue.readyCount > 0) {
    throw preconditionFailed(`queue '${name}' in vhost '${vhost.name}' not empty`);
  }
  // A stream does not tell how much went with it.
  const count = queue.type === 'stream' ? 0 : queue.readyCount;
  vhost.removeQueue(queue);
  return count;
}

/** The queue of a name, when the actor may use it. @throws AmqpError ACCESS_REFUSED, NOT_FOUND, RESOURCE_LOCKED */
export function usableQueue(actor: Actor, name: string, permission: 'read' | 'configure'): Queue {
  const { vhost, user } = actor;
  user.check(vhost, permission, 'queue', name);
  const queue = vhost.queues.get(name);
  if (!queue) throw vhost.missingQueue(name);
  checkExclusive(actor, queue);
  checkAvailable(queue, vhost);
  return queue;
}

function checkExclusive(actor: Actor, queue: Queue): void {
  if (queue.exclusiveOwner && queue.exclusiveOwner !== actor) throw queueLocked(queue.name, actor.vhost.name);
}

function checkAvailable(queue: Queue, vhost: VirtualHost): void {
  if (!queue.available) throw queueTimedOut(queue.name, vhost.name);
}

function declareOk(queue: Queue): QueueDeclareOk {
  return { queue: queue.name, messageCount: queue.readyCount, consumerCount: queue.consumerCount };
}
