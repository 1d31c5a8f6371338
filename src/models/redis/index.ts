/**
 * The redis model: ephemeral channels first, and the server around them.
 *
 * It owns who is subscribed to what (`channel-index`), pattern matching (`glob`), parameters (`config`) and users
 * (`acl`). A message exists only for those subscribed at the moment of PUBLISH; nothing is stored, acknowledged or
 * replayed. Names and payloads are byte strings (`byte-string`).
 *
 * Sources: Redis 7.0.15 as recorded in the test fixtures; https://redis.io/docs/latest/develop/interact/pubsub/
 */
export { Acl, AclUser, type RuleGrammar } from './acl.js';
export type { CommandCatalog } from './acl-commands.js';
export type { AclSelector, KeyUse } from './acl-selector.js';
export type { Waiter } from './blocking.js';
export { type ChannelExplanation, RedisBroker } from './broker.js';
export { fromBytes, fromText, toBytes, toText } from './byte-string.js';
export { ChannelHandle, Delivery } from './channel-handle.js';
export { type ClusterSlots, keySlot, SLOT_COUNT } from './cluster.js';
export type { ClientClass, OutputLimit, RedisOptions, RedisVersion } from './config.js';
export { RedisConfig } from './config.js';
export type { Entry } from './database.js';
export { settleEncoding } from './encoding.js';
export {
  NO_SUCH_KEY,
  NOT_A_FLOAT,
  NOT_AN_INTEGER,
  OUT_OF_MEMORY,
  RedisError,
  SYNTAX_ERROR,
  WRONG_TYPE,
} from './errors.js';
export * from './geohash.js';
export { globMatch, globMatchIgnoreCase } from './glob.js';
export { HashValue } from './hash-value.js';
export { estimate, Hyperloglog, REGISTER_COUNT } from './hyperloglog.js';
export { fitsInt64, strictInt64 } from './int64.js';
export type { Keyspace } from './keyspace.js';
export { ListValue, type Side } from './list-value.js';
export { SetValue } from './set-value.js';
export { type Scored, SortedSetValue } from './sorted-set-value.js';
export { Consumer, ConsumerGroup, type PendingEntry } from './stream-group.js';
export * from './stream-id.js';
export { type NodeBounds, type StreamEntry, StreamNode } from './stream-node.js';
export * from './stream-read.js';
export { StreamValue, type Trim } from './stream-value.js';
export { PubSubMessage, type Subscriber } from './subscriber.js';
export { cloneValue, type RedisValue, typeName } from './value.js';
