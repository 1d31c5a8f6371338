export type { BrokerOptions, BrokerUrls, ListenOptions } from './broker.js';
export { Broker, createBroker, startBroker } from './broker.js';
export type { ClockKind, Duration } from './core/clock.js';
export type { BrokerClock } from './core/clock-face.js';
export { BrokerError, BrokerLimitError, type ModelName } from './core/errors.js';
export type { JournalEvent, JournalEventName } from './core/journal.js';
export type { Limits, LimitsOption } from './core/limits.js';
export { type BodyEncoding, type BodyInput, type Header, Message } from './core/message.js';
export { type Snapshot, snapshotFromBytes, snapshotToBytes } from './core/snapshot.js';
export type {
  AmqpBroker,
  AmqpDelivery,
  AmqpError,
  AmqpMessage,
  AmqpOptions,
  ExchangeHandle,
  ExchangeType,
  PublishResult,
  QueueHandle,
  RouteExplanation,
} from './models/amqp/index.js';
export type {
  ConsumedRecord,
  ConsumerOptions,
  GroupHandle,
  KafkaBroker,
  KafkaConsumer,
  KafkaError,
  KafkaOptions,
  KafkaRecord,
  ProduceInput,
  RecordPlace,
  RecordQuery,
  TopicHandle,
} from './models/kafka/index.js';
export type {
  ChannelExplanation,
  ChannelHandle,
  PubSubMessage,
  RedisBroker,
  RedisError,
  RedisOptions,
} from './models/redis/index.js';
export type { ClientOptions } from './wire/client-options.js';
