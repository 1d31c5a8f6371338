/**
 * The partitioned log: topics of partitions, replicated over nodes, read by offset.
 *
 * - `broker` joins everything; `cluster` owns nodes, topics and leaders; `topic`, `partition`, `partition-log` store;
 * - `record-batch`, `record`, `varint`, `crc32c`, `compression` are the layout of what is stored (format 2);
 * - `producer-state` recognises repetitions, `epoch-history` finds where logs part;
 * - `produce`, `record-validation` append; `fetch`, `list-offsets` read;
 * - `group-coordinator` finds groups in the `group-table`, `offset-coordinator` keeps their `offsets`: `consumer-group`
 *   is the classic protocol (who is in it: `group-roster`, its states: `group-rebalance`), `modern-group` the one with
 *   member epochs, `assignor/` shares out partitions, `native-consumer` and `native-member` take part;
 * - `transaction-coordinator` decides each `transaction`; `transaction-table` finds them and hands out producer ids;
 *
 * Invariants: logStart <= lastStable <= highWatermark <= logEnd; offsets are dense when appended and never reused;
 * bytes of a stored batch never change; what is acknowledged by all replicas survives while one of them lives.
 *
 * @see https://kafka.apache.org/documentation/#design
 */
export {
  ACL_OPERATIONS,
  ACL_PATTERNS,
  ACL_PERMISSIONS,
  ACL_RESOURCES,
  type AclBinding,
  type AclFilter,
  type AclOperation,
  type AclResource,
  type AuthorizerOptions,
  CLUSTER_RESOURCE,
} from './acl.js';
export { KafkaBroker } from './broker.js';
export type { KafkaOptions, SaslMechanism, SaslOptions } from './config.js';
export { CONFIG_OPERATIONS, type ConfigChange, type ConfigResource, checkChanges } from './config-admin.js';
export type { TopicPartitions } from './consumer-protocol.js';
export { KafkaError, type KafkaErrorCode } from './errors.js';
export type { FetchPartition, FetchRequest, FetchResult } from './fetch.js';
export { GroupHandle, type GroupProgress } from './group-handle.js';
export type { FetchedOffset, GroupMemberView, OffsetCommit } from './group-view.js';
export { localLog } from './local-log.js';
export { LogReader, readRecords } from './log-reader.js';
export { ConsumedRecord, type ConsumerOptions, KafkaConsumer } from './native-consumer.js';
export type { ProduceInput, RecordPlace } from './native-producer.js';
export type { Partition } from './partition.js';
export type { PartitionLog } from './partition-log.js';
export type { ProduceRequest, ProduceResult } from './produce.js';
export type { Reassignment } from './reassignment.js';
export { KafkaRecord } from './record.js';
export { SCRAM_MECHANISMS, type ScramCredential, type ScramCredentials } from './scram-credentials.js';
export type { LogStorage } from './storage.js';
export type { Topic } from './topic.js';
export type { PartitionView, RecordQuery, TopicHandle } from './topic-handle.js';
export { checkTopicName, isInternalTopic } from './topic-name.js';
