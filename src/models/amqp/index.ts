/**
 * The amqp model: RabbitMQ's exchanges, queues and consumers, as AMQP 0-9-1 clients see them.
 *
 * An exchange's matcher (`exchange-type`, `topic-trie`, `headers-match`) only names destinations; `router` follows them
 * through exchanges to queues; a queue (`queue`, `classic-queue`, ...) keeps messages until they are acked and decides
 * which consumer is next; a channel (`channel`) numbers deliveries and remembers what is not settled (`delivery-window`);
 * `topology` checks what is declared; `virtual-host` joins them.
 *
 * Terms: *ready* messages can be delivered; *unacked* ones are out; *settling* is acking, requeueing or rejecting. An
 * `Envelope` is one message in one queue; a `Delivery` is what a consumer gets. Field tables keep the wire's types
 * (`field-table`).
 *
 * Invariants: a message is in a queue's store, or in one channel's window, or gone; no binding leads from or to what was
 * deleted; a method that throws has changed nothing; deliveries, returns and confirms leave through the outbox.
 *
 * Sources: RabbitMQ 3.10.8 as recorded in the test fixtures; https://www.rabbitmq.com/docs; the AMQP 0-9-1 specification.
 */
export type { Binding } from './binding.js';
export { type AlarmKind, AmqpBroker, type OpenConnection } from './broker.js';
export type { AmqpChannel } from './channel.js';
export type { ChannelSink, ConsumeArguments, GetOk, PublishFlags } from './channel-sink.js';
export type { AmqpOptions, AmqpVersion } from './config.js';
export type { AmqpConnection, ConnectionSink } from './connection.js';
export type { Consumer } from './consumer.js';
export type { Confirmation, Envelope, ReturnedMessage } from './envelope.js';
export { Delivery } from './envelope.js';
export { erlangHash, termOfTable } from './erlang-hash.js';
export {
  type ErlangTerm,
  erlangAtom,
  erlangBinary,
  erlangFormat,
  erlangJson,
  erlangList,
  erlangRecord,
  erlangTuple,
} from './erlang-term.js';
export { AmqpError, type AmqpErrorCode, type AmqpErrorScope } from './errors.js';
export type { Exchange } from './exchange.js';
export type { ExchangeType, Matcher, MatcherContext, Routed } from './exchange-type.js';
export {
  EMPTY_TABLE,
  type FieldInput,
  type FieldTable,
  type FieldTableInput,
  type FieldTag,
  type FieldValue,
  fieldTag,
  fromField,
  fromFieldTable,
  type IntegerTag,
  TypedField,
  type TypedTag,
  toField,
  toFieldTable,
} from './field-table.js';
export { MessageCounts } from './message-counts.js';
export type {
  AmqpDelivery,
  AmqpMessage,
  ExchangeHandle,
  NativeConsumeOptions,
  NativeExchangeOptions,
  NativePublishOptions,
  NativeQueueOptions,
  PublishResult,
  QueueHandle,
  RouteExplanation,
} from './native.js';
export { Pattern, PatternError } from './pattern.js';
export { Policy, type PolicyDefinition, type PolicyTarget } from './policy.js';
export type { PolicyKind } from './policy-definition.js';
export {
  type BasicProperties,
  NO_PROPERTIES,
  PROPERTY_NAMES,
  type PropertiesInput,
  toProperties,
} from './properties.js';
export type { Queue, QueueType } from './queue.js';
export type { QueueSettings } from './queue-settings.js';
export type {
  Actor,
  ExchangeBindArguments,
  ExchangeDeclareArguments,
  ExchangeDeleteArguments,
  QueueBindArguments,
  QueueDeclareArguments,
  QueueDeclareOk,
  QueueDeleteArguments,
} from './topology.js';
export type { Operation, Password, Permissions, TopicPermissions, User, UserLimit } from './user.js';
export type { VirtualHost, VirtualHostLimit } from './virtual-host.js';
