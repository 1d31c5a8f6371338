import { FieldCodec, type Fields, type Values } from './field.js';

/** One method: its name, ids and fields give both its reader and its writer. */
export class Method<F extends Fields = Fields> {
  readonly name: string;
  readonly classId: number;
  readonly methodId: number;
  /** Header and body frames follow. */
  readonly content: boolean;
  readonly codec: FieldCodec<F>;

  constructor(name: string, classId: number, methodId: number, fields: F, content = false) {
    this.name = name;
    this.classId = classId;
    this.methodId = methodId;
    this.content = content;
    this.codec = new FieldCodec(fields);
  }
}

export type MethodValues<M> = M extends Method<infer F> ? Values<F> : never;

const connection = <F extends Fields>(id: number, name: string, fields: F) =>
  new Method(`connection.${name}`, 10, id, fields);
const channel = <F extends Fields>(id: number, name: string, fields: F) =>
  new Method(`channel.${name}`, 20, id, fields);
const access = <F extends Fields>(id: number, name: string, fields: F) => new Method(`access.${name}`, 30, id, fields);
const exchange = <F extends Fields>(id: number, name: string, fields: F) =>
  new Method(`exchange.${name}`, 40, id, fields);
const queue = <F extends Fields>(id: number, name: string, fields: F) => new Method(`queue.${name}`, 50, id, fields);
const basic = <F extends Fields>(id: number, name: string, fields: F) => new Method(`basic.${name}`, 60, id, fields);
const message = <F extends Fields>(id: number, name: string, fields: F) =>
  new Method(`basic.${name}`, 60, id, fields, true);
const confirm = <F extends Fields>(id: number, name: string, fields: F) =>
  new Method(`confirm.${name}`, 85, id, fields);
const tx = <F extends Fields>(id: number, name: string, fields: F) => new Method(`tx.${name}`, 90, id, fields);

const CLOSE = { replyCode: 'short', replyText: 'shortstr', classId: 'short', methodId: 'short' } as const;
const BIND_EXCHANGE = {
  ticket: 'short',
  destination: 'shortstr',
  source: 'shortstr',
  routingKey: 'shortstr',
  nowait: 'bit',
  args: 'table',
} as const;
const SETTLE_MANY = { deliveryTag: 'longlong', multiple: 'bit', requeue: 'bit' } as const;

/** Every method of AMQP 0-9-1 with RabbitMQ's extensions. @see https://www.rabbitmq.com/resources/specs/amqp0-9-1.extended.xml */
export const METHODS = {
  connectionStart: connection(10, 'start', {
    versionMajor: 'octet',
    versionMinor: 'octet',
    serverProperties: 'table',
    mechanisms: 'longstr',
    locales: 'longstr',
  }),
  connectionStartOk: connection(11, 'start-ok', {
    clientProperties: 'table',
    mechanism: 'shortstr',
    response: 'longstr',
    locale: 'shortstr',
  }),
  connectionSecure: connection(20, 'secure', { challenge: 'longstr' }),
  connectionSecureOk: connection(21, 'secure-ok', { response: 'longstr' }),
  connectionTune: connection(30, 'tune', { channelMax: 'short', frameMax: 'long', heartbeat: 'short' }),
  connectionTuneOk: connection(31, 'tune-ok', { channelMax: 'short', frameMax: 'long', heartbeat: 'short' }),
  connectionOpen: connection(40, 'open', { virtualHost: 'shortstr', capabilities: 'shortstr', insist: 'bit' }),
  connectionOpenOk: connection(41, 'open-ok', { knownHosts: 'shortstr' }),
  connectionClose: connection(50, 'close', CLOSE),
  connectionCloseOk: connection(51, 'close-ok', {}),
  connectionBlocked: connection(60, 'blocked', { reason: 'shortstr' }),
  connectionUnblocked: connection(61, 'unblocked', {}),
  connectionUpdateSecret: connection(70, 'update-secret', { newSecret: 'longstr', reason: 'shortstr' }),
  connectionUpdateSecretOk: connection(71, 'update-secret-ok', {}),

  channelOpen: channel(10, 'open', { outOfBand: 'shortstr' }),
  channelOpenOk: channel(11, 'open-ok', { channelId: 'longstr' }),
  channelFlow: channel(20, 'flow', { active: 'bit' }),
  channelFlowOk: channel(21, 'flow-ok', { active: 'bit' }),
  channelClose: channel(40, 'close', CLOSE),
  channelCloseOk: channel(41, 'close-ok', {}),

  accessRequest: access(10, 'request', {
    realm: 'shortstr',
    exclusive: 'bit',
    passive: 'bit',
    active: 'bit',
    write: 'bit',
    read: 'bit',
  }),
  accessRequestOk: access(11, 'request-ok', { ticket: 'short' }),

  exchangeDeclare: exchange(10, 'declare', {
    ticket: 'short',
    exchange: 'shortstr',
    type: 'shortstr',
    passive: 'bit',
    durable: 'bit',
    autoDelete: 'bit',
    internal: 'bit',
    nowait: 'bit',
    args: 'table',
  }),
  exchangeDeclareOk: exchange(11, 'declare-ok', {}),
  exchangeDelete: exchange(20, 'delete', { ticket: 'short', exchange: 'shortstr', ifUnused: 'bit', nowait: 'bit' }),
  exchangeDeleteOk: exchange(21, 'delete-ok', {}),
  exchangeBind: exchange(30, 'bind', BIND_EXCHANGE),
  exchangeBindOk: exchange(31, 'bind-ok', {}),
  exchangeUnbind: exchange(40, 'unbind', BIND_EXCHANGE),
  exchangeUnbindOk: exchange(51, 'unbind-ok', {}),

  queueDeclare: queue(10, 'declare', {
    ticket: 'short',
    queue: 'shortstr',
    passive: 'bit',
    durable: 'bit',
    exclusive: 'bit',
    autoDelete: 'bit',
    nowait: 'bit',
    args: 'table',
  }),
  queueDeclareOk: queue(11, 'declare-ok', { queue: 'shortstr', messageCount: 'long', consumerCount: 'long' }),
  queueBind: queue(20, 'bind', {
    ticket: 'short',
    queue: 'shortstr',
    exchange: 'shortstr',
    routingKey: 'shortstr',
    nowait: 'bit',
    args: 'table',
  }),
  queueBindOk: queue(21, 'bind-ok', {}),
  queuePurge: queue(30, 'purge', { ticket: 'short', queue: 'shortstr', nowait: 'bit' }),
  queuePurgeOk: queue(31, 'purge-ok', { messageCount: 'long' }),
  queueDelete: queue(40, 'delete', {
    ticket: 'short',
    queue: 'shortstr',
    ifUnused: 'bit',
    ifEmpty: 'bit',
    nowait: 'bit',
  }),
  queueDeleteOk: queue(41, 'delete-ok', { messageCount: 'long' }),
  queueUnbind: queue(50, 'unbind', {
    ticket: 'short',
    queue: 'shortstr',
    exchange: 'shortstr',
    routingKey: 'shortstr',
    args: 'table',
  }),
  queueUnbindOk: queue(51, 'unbind-ok', {}),

  basicQos: basic(10, 'qos', { prefetchSize: 'long', prefetchCount: 'short', global: 'bit' }),
  basicQosOk: basic(11, 'qos-ok', {}),
  basicConsume: basic(20, 'consume', {
    ticket: 'short',
    queue: 'shortstr',
    consumerTag: 'shortstr',
    noLocal: 'bit',
    noAck: 'bit',
    exclusive: 'bit',
    nowait: 'bit',
    args: 'table',
  }),
  basicConsumeOk: basic(21, 'consume-ok', { consumerTag: 'shortstr' }),
  basicCancel: basic(30, 'cancel', { consumerTag: 'shortstr', nowait: 'bit' }),
  basicCancelOk: basic(31, 'cancel-ok', { consumerTag: 'shortstr' }),
  basicPublish: message(40, 'publish', {
    ticket: 'short',
    exchange: 'shortstr',
    routingKey: 'shortstr',
    mandatory: 'bit',
    immediate: 'bit',
  }),
  basicReturn: message(50, 'return', {
    replyCode: 'short',
    replyText: 'shortstr',
    exchange: 'shortstr',
    routingKey: 'shortstr',
  }),
  basicDeliver: message(60, 'deliver', {
    consumerTag: 'shortstr',
    deliveryTag: 'longlong',
    redelivered: 'bit',
    exchange: 'shortstr',
    routingKey: 'shortstr',
  }),
  basicGet: basic(70, 'get', { ticket: 'short', queue: 'shortstr', noAck: 'bit' }),
  basicGetOk: message(71, 'get-ok', {
    deliveryTag: 'longlong',
    redelivered: 'bit',
    exchange: 'shortstr',
    routingKey: 'shortstr',
    messageCount: 'long',
  }),
  basicGetEmpty: basic(72, 'get-empty', { clusterId: 'shortstr' }),
  basicAck: basic(80, 'ack', { deliveryTag: 'longlong', multiple: 'bit' }),
  basicReject: basic(90, 'reject', { deliveryTag: 'longlong', requeue: 'bit' }),
  basicRecoverAsync: basic(100, 'recover-async', { requeue: 'bit' }),
  basicRecover: basic(110, 'recover', { requeue: 'bit' }),
  basicRecoverOk: basic(111, 'recover-ok', {}),
  basicNack: basic(120, 'nack', SETTLE_MANY),

  confirmSelect: confirm(10, 'select', { nowait: 'bit' }),
  confirmSelectOk: confirm(11, 'select-ok', {}),

  txSelect: tx(10, 'select', {}),
  txSelectOk: tx(11, 'select-ok', {}),
  txCommit: tx(20, 'commit', {}),
  txCommitOk: tx(21, 'commit-ok', {}),
  txRollback: tx(30, 'rollback', {}),
  txRollbackOk: tx(31, 'rollback-ok', {}),
} as const;

export type AnyMethod = (typeof METHODS)[keyof typeof METHODS];

const BY_ID: ReadonlyMap<number, AnyMethod> = new Map(
  Object.values(METHODS).map((method) => [(method.classId << 16) | method.methodId, method]),
);

/** The method with these ids, undefined when there is none. */
export function methodById(classId: number, methodId: number): AnyMethod | undefined {
  return BY_ID.get((classId << 16) | methodId);
}
