/**
 * Declaring, binding and deleting, with RabbitMQ's checks in RabbitMQ's order and its texts.
 *
 * An `Actor` is a connection, or the management API acting for a user.
 */
import { Binding, bindingIdentity } from './binding.js';
import type { AmqpConnection } from './connection.js';
import {
  AmqpError,
  accessRefused,
  noExchange,
  noQueue,
  onDefaultExchange,
  preconditionFailed,
  queueLocked,
} from './errors.js';
import { EMPTY_TABLE, type FieldTable } from './field-table.js';
import type { Queue } from './queue.js';
import type { User } from './user.js';
import type { VirtualHost } from './virtual-host.js';

/** Who asks. */
export interface Actor {
  readonly user: User;
  readonly vhost: VirtualHost;
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
    const what = args.type === '' ? "invalid exchange type ''" : `unknown exchange type '${args.type}'`;
    throw new AmqpError('COMMAND_INVALID', what);
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
  if (existing) return;
  if (name.startsWith('amq.')) throw accessRefused(`exchange name '${name}' contains reserved prefix 'amq.*'`);
  vhost.addExchange(definition);
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

export function bindExchange(actor: Actor, args: ExchangeBindArguments): void {
  const { vhost, user } = actor;
  const { source: sourceName, destination: destinationName, routingKey } = args;
  if (sourceName === '' || destinationName === '') throw onDefaultExchange();
  user.check(vhost, 'write', 'exchange', destinationName);
  user.check(vhost, 'read', 'exchange', sourceName);
  const source = vhost.exchanges.get(sourceName);
  if (!source) throw noExchange(sourceName, vhost.name);
  const destination = vhost.exchanges.get(destinationName);
  if (!destination) throw noExchange(destinationName, vhost.name);
  const table = args.arguments ?? EMPTY_TABLE;
  vhost.typeOf(source).validateBinding?.(routingKey, table);
  vhost.addBinding(new Binding(source, destination, routingKey, table));
}

export function unbindExchange(actor: Actor, args: ExchangeBindArguments): void {
  const { vhost, user } = actor;
  const { source, destination, routingKey } = args;
  if (source === '' || destination === '') throw onDefaultExchange();
  user.check(vhost, 'write', 'exchange', destination);
  user.check(vhost, 'read', 'exchange', source);
  const identity = bindingIdentity({ kind: 'exchange', name: destination }, routingKey, args.arguments ?? EMPTY_TABLE);
  vhost.removeBinding(source, identity);
}

export function bindQueue(actor: Actor, args: QueueBindArguments): void {
  const { vhost, user } = actor;
  const { queue: queueName, exchange: exchangeName, routingKey } = args;
  if (exchangeName === '') throw onDefaultExchange();
  user.check(vhost, 'write', 'queue', queueName);
  user.check(vhost, 'read', 'exchange', exchangeName);
  const exchange = vhost.exchanges.get(exchangeName);
  if (!exchange) throw noExchange(exchangeName, vhost.name);
  const queue = vhost.queues.get(queueName);
  if (!queue) throw noQueue(queueName, vhost.name);
  checkExclusive(actor, queue);
  const table = args.arguments ?? EMPTY_TABLE;
  vhost.typeOf(exchange).validateBinding?.(routingKey, table);
  vhost.addBinding(new Binding(exchange, queue, routingKey, table));
}

export function unbindQueue(actor: Actor, args: QueueBindArguments): void {
  const { vhost, user } = actor;
  const { queue: queueName, exchange, routingKey } = args;
  if (exchange === '') throw onDefaultExchange();
  user.check(vhost, 'write', 'queue', queueName);
  user.check(vhost, 'read', 'exchange', exchange);
  const queue = vhost.queues.get(queueName);
  if (queue) checkExclusive(actor, queue);
  const identity = bindingIdentity({ kind: 'queue', name: queueName }, routingKey, args.arguments ?? EMPTY_TABLE);
  vhost.removeBinding(exchange, identity);
}

export function declareQueue(actor: Actor, args: QueueDeclareArguments): QueueDeclareOk {
  const { vhost, user } = actor;
  const given = stripLineBreaks(args.queue);
  if (args.passive) {
    const queue = vhost.queues.get(given);
    if (!queue) throw noQueue(given, vhost.name);
    checkExclusive(actor, queue);
    queue.touch();
    return declareOk(queue);
  }
  if (given.startsWith('amq.')) throw accessRefused(`queue name '${given}' contains reserved prefix 'amq.*'`);
  const name = given === '' ? vhost.generateName('amq.gen-') : given;
  user.check(vhost, 'configure', 'queue', name);
  const existing = vhost.queues.get(name);
  if (existing) {
    checkExclusive(actor, existing);
    existing.touch();
    return declareOk(existing);
  }
  const queue = vhost.addQueue({
    name,
    durable: args.durable ?? false,
    autoDelete: args.autoDelete ?? false,
    exclusiveOwner: args.exclusive ? (actor as AmqpConnection) : undefined,
    arguments: args.arguments ?? EMPTY_TABLE,
  });
  return declareOk(queue);
}

export function purgeQueue(actor: Actor, name: string): number {
  return usableQueue(actor, name, 'read').purge();
}

export function deleteQueue(actor: Actor, args: QueueDeleteArguments): number {
  const { vhost, user } = actor;
  const name = args.queue;
  user.check(vhost, 'configure', 'queue', name);
  const queue = vhost.queues.get(name);
  if (!queue) return 0;
  checkExclusive(actor, queue);
  if (args.ifUnused && queue.consumers.size > 0) {
    throw preconditionFailed(`queue '${name}' in vhost '${vhost.name}' in use`);
  }
  if (args.ifEmpty && queue.readyCount > 0) {
    throw preconditionFailed(`queue '${name}' in vhost '${vhost.name}' not empty`);
  }
  const count = queue.readyCount;
  vhost.removeQueue(queue);
  return count;
}

/** The queue of a name, when the actor may use it. @throws AmqpError ACCESS_REFUSED, NOT_FOUND, RESOURCE_LOCKED */
export function usableQueue(actor: Actor, name: string, permission: 'read' | 'configure'): Queue {
  const { vhost, user } = actor;
  user.check(vhost, permission, 'queue', name);
  const queue = vhost.queues.get(name);
  if (!queue) throw noQueue(name, vhost.name);
  checkExclusive(actor, queue);
  return queue;
}

function checkExclusive(actor: Actor, queue: Queue): void {
  if (queue.exclusiveOwner && queue.exclusiveOwner !== actor) throw queueLocked(queue.name, actor.vhost.name);
}

function declareOk(queue: Queue): QueueDeclareOk {
  return { queue: queue.name, messageCount: queue.readyCount, consumerCount: queue.consumers.size };
}
