/**
 * Kafka's settings that this broker knows, of topics and of brokers. Some have no effect here, since there is no disk
 * and no thread; they are kept so that clients can set and read them.
 *
 * @see https://kafka.apache.org/documentation/#topicconfigs
 * @see https://kafka.apache.org/documentation/#brokerconfigs
 */
import { isFormatVersion } from './format-version.js';

export type SettingType = 'boolean' | 'string' | 'int' | 'short' | 'long' | 'double' | 'list' | 'class' | 'password';

/** Numbers of the types on the wire. */
export const SETTING_TYPES: Readonly<Record<SettingType, number>> = {
  boolean: 1,
  string: 2,
  int: 3,
  short: 4,
  long: 5,
  double: 6,
  list: 7,
  class: 8,
  password: 9,
};

export interface Setting {
  readonly name: string;
  readonly type: SettingType;
  readonly defaultValue: string;
  /** The setting of a broker that a topic inherits. */
  readonly synonym?: string;
  /** What is wrong with a value of the right type, undefined when nothing is. */
  readonly problem?: (value: never) => Problem | undefined;
}

interface Problem {
  /** The value, or the part of it. */
  readonly value: unknown;
  readonly what: string;
}

const LONGEST = '9223372036854775807';
const DAY_MS = '86400000';
const WEEK_MS = '604800000';

const atLeast = (least: number) => (value: number) =>
  value < least ? { value, what: `Value must be at least ${least}` } : undefined;
const between = (least: number, most: number) => (value: number) =>
  value > most ? { value, what: `Value must be no more than ${most}` } : atLeast(least)(value);
const oneOf =
  (...values: readonly string[]) =>
  (value: string) =>
    values.includes(value) ? undefined : { value, what: `String must be one of: ${values.join(', ')}` };
const allOf =
  (...values: readonly string[]) =>
  (list: readonly string[]) =>
    list.map(oneOf(...values)).find((problem) => problem !== undefined);

type Check = Setting['problem'];
type Row = readonly [
  name: string,
  type: SettingType,
  defaultValue: string,
  synonym?: string | undefined,
  check?: unknown,
];

const COMPRESSION = oneOf('uncompressed', 'zstd', 'lz4', 'snappy', 'gzip', 'producer');
const TIMESTAMP_TYPE = oneOf('CreateTime', 'LogAppendTime');
const throttled = (name: string) => (list: readonly string[]) =>
  list.every((item) => /^(?:\d+:\d+)?$/.test(item)) || (list.length === 1 && list[0] === '*')
    ? undefined
    : {
        value: `[${list.join(', ')}]`,
        what:
          `${name} must be the literal '*' or a list of replicas in the following format: ` +
          '[partitionId]:[brokerId],[partitionId]:[brokerId],...',
      };
const FOLLOWERS = 'follower.replication.throttled.replicas';
const LEADERS = 'leader.replication.throttled.replicas';
const GZIP_LEVEL = (value: number) =>
  value === -1 || (value >= 1 && value <= 9)
    ? undefined
    : { value, what: 'Value must be between 1 and 9 or equal to -1' };
const LZ4_LEVEL = between(1, 17);
const ZSTD_LEVEL = between(-131_072, 22);
const POLICY = allOf('compact', 'delete');
const FORMAT_VERSION = (value: string) =>
  isFormatVersion(value) ? undefined : { value, what: `Version ${value} is not a valid version` };

/**
 * Topic settings that a broker setting stands behind share its default. Their order is Kafka's: values are looked at in
 * it, and the first that is wrong is told.
 */
const TOPIC_ROWS: readonly Row[] = [
  ['segment.bytes', 'int', '1073741824', 'log.segment.bytes', atLeast(14)],
  ['segment.ms', 'long', WEEK_MS, 'log.roll.ms', atLeast(1)],
  ['segment.jitter.ms', 'long', '0', undefined, atLeast(0)],
  ['segment.index.bytes', 'int', '10485760', 'log.index.size.max.bytes', atLeast(4)],
  ['flush.messages', 'long', LONGEST, 'log.flush.interval.messages', atLeast(1)],
  ['flush.ms', 'long', LONGEST, undefined, atLeast(0)],
  ['retention.bytes', 'long', '-1', 'log.retention.bytes'],
  ['retention.ms', 'long', WEEK_MS, 'log.retention.ms', atLeast(-1)],
  ['max.message.bytes', 'int', '1048588', 'message.max.bytes', atLeast(0)],
  ['index.interval.bytes', 'int', '4096', 'log.index.interval.bytes', atLeast(0)],
  ['delete.retention.ms', 'long', DAY_MS, 'log.cleaner.delete.retention.ms', atLeast(0)],
  ['min.compaction.lag.ms', 'long', '0', 'log.cleaner.min.compaction.lag.ms', atLeast(0)],
  ['max.compaction.lag.ms', 'long', LONGEST, 'log.cleaner.max.compaction.lag.ms', atLeast(1)],
  ['file.delete.delay.ms', 'long', '60000', 'log.segment.delete.delay.ms', atLeast(0)],
  ['min.cleanable.dirty.ratio', 'double', '0.5', 'log.cleaner.min.cleanable.ratio', between(0, 1)],
  ['cleanup.policy', 'list', 'delete', 'log.cleanup.policy', POLICY],
  ['unclean.leader.election.enable', 'boolean', 'false', 'unclean.leader.election.enable'],
  ['min.insync.replicas', 'int', '1', 'min.insync.replicas', atLeast(1)],
  ['compression.type', 'string', 'producer', 'compression.type', COMPRESSION],
  ['compression.gzip.level', 'int', '-1', 'compression.gzip.level', GZIP_LEVEL],
  ['compression.lz4.level', 'int', '9', 'compression.lz4.level', LZ4_LEVEL],
  ['compression.zstd.level', 'int', '3', 'compression.zstd.level', ZSTD_LEVEL],
  ['preallocate', 'boolean', 'false', 'log.preallocate'],
  ['message.format.version', 'string', '3.0-IV1', 'log.message.format.version', FORMAT_VERSION],
  ['message.timestamp.type', 'string', 'CreateTime', 'log.message.timestamp.type', TIMESTAMP_TYPE],
  ['message.timestamp.difference.max.ms', 'long', LONGEST, 'log.message.timestamp.difference.max.ms', atLeast(0)],
  ['message.timestamp.before.max.ms', 'long', LONGEST, 'log.message.timestamp.before.max.ms', atLeast(0)],
  ['message.timestamp.after.max.ms', 'long', LONGEST, 'log.message.timestamp.after.max.ms', atLeast(0)],
  [LEADERS, 'list', '', undefined, throttled(LEADERS)],
  [FOLLOWERS, 'list', '', undefined, throttled(FOLLOWERS)],
  ['message.downconversion.enable', 'boolean', 'true', 'log.message.downconversion.enable'],
  ['remote.storage.enable', 'boolean', 'false'],
  ['local.retention.ms', 'long', '-2', 'log.local.retention.ms', atLeast(-2)],
  ['local.retention.bytes', 'long', '-2', 'log.local.retention.bytes', atLeast(-2)],
  ['remote.log.copy.disable', 'boolean', 'false'],
  ['remote.log.delete.on.disable', 'boolean', 'false'],
];

const BROKER_ROWS: readonly Row[] = [
  ['advertised.listeners', 'string', ''],
  ['authorizer.class.name', 'string', ''],
  ['auto.create.topics.enable', 'boolean', 'true'],
  ['auto.leader.rebalance.enable', 'boolean', 'true'],
  ['background.threads', 'int', '10', undefined, atLeast(1)],
  ['broker.id', 'int', '-1'],
  ['broker.rack', 'string', ''],
  ['broker.session.timeout.ms', 'int', '0'],
  ['compression.gzip.level', 'int', '-1', undefined, GZIP_LEVEL],
  ['compression.lz4.level', 'int', '9', undefined, LZ4_LEVEL],
  ['compression.type', 'string', 'producer', undefined, COMPRESSION],
  ['compression.zstd.level', 'int', '3', undefined, ZSTD_LEVEL],
  ['connections.max.idle.ms', 'long', '600000'],
  ['connections.max.reauth.ms', 'long', '0'],
  ['default.replication.factor', 'int', '1', undefined, atLeast(1)],
  ['delete.topic.enable', 'boolean', 'true'],
  ['fetch.max.bytes', 'int', '57671680', undefined, atLeast(1024)],
  ['group.consumer.assignors', 'list', 'uniform,range'],
  ['group.consumer.heartbeat.interval.ms', 'int', '5000', undefined, atLeast(1)],
  ['group.consumer.max.heartbeat.interval.ms', 'int', '15000', undefined, atLeast(1)],
  ['group.consumer.max.session.timeout.ms', 'int', '60000', undefined, atLeast(1)],
  ['group.consumer.max.size', 'int', '2147483647', undefined, atLeast(1)],
  ['group.consumer.min.heartbeat.interval.ms', 'int', '5000', undefined, atLeast(1)],
  ['group.consumer.min.session.timeout.ms', 'int', '45000', undefined, atLeast(1)],
  ['group.consumer.session.timeout.ms', 'int', '45000', undefined, atLeast(1)],
  ['group.initial.rebalance.delay.ms', 'int', '0', undefined, atLeast(0)],
  ['group.max.session.timeout.ms', 'int', '1800000', undefined, atLeast(1)],
  ['group.max.size', 'int', '2147483647', undefined, atLeast(1)],
  ['group.min.session.timeout.ms', 'int', '6000', undefined, atLeast(1)],
  ['leader.imbalance.check.interval.seconds', 'long', '300', undefined, atLeast(1)],
  ['listeners', 'string', 'PLAINTEXT://:9092'],
  ['log.cleaner.backoff.ms', 'long', '15000', undefined, atLeast(0)],
  ['log.cleaner.delete.retention.ms', 'long', DAY_MS, undefined, atLeast(0)],
  ['log.cleaner.max.compaction.lag.ms', 'long', LONGEST, undefined, atLeast(1)],
  ['log.cleaner.min.cleanable.ratio', 'double', '0.5', undefined, between(0, 1)],
  ['log.cleaner.min.compaction.lag.ms', 'long', '0', undefined, atLeast(0)],
  ['log.cleaner.threads', 'int', '1', undefined, atLeast(1)],
  ['log.cleanup.policy', 'list', 'delete', undefined, POLICY],
  // Kafka's default, which clients are told; nothing is kept there.
  ['log.dirs', 'string', '/var/lib/kafka/data'], // as in images of Kafka; nothing is written there
  ['log.flush.interval.messages', 'long', LONGEST, undefined, atLeast(1)],
  ['log.index.interval.bytes', 'int', '4096', undefined, atLeast(0)],
  ['log.index.size.max.bytes', 'int', '10485760', undefined, atLeast(4)],
  ['log.local.retention.bytes', 'long', '-2', undefined, atLeast(-2)],
  ['log.local.retention.ms', 'long', '-2', undefined, atLeast(-2)],
  ['log.message.downconversion.enable', 'boolean', 'true'],
  ['log.message.format.version', 'string', '3.0-IV1'],
  ['log.message.timestamp.after.max.ms', 'long', LONGEST, undefined, atLeast(0)],
  ['log.message.timestamp.before.max.ms', 'long', LONGEST, undefined, atLeast(0)],
  ['log.message.timestamp.difference.max.ms', 'long', LONGEST, undefined, atLeast(0)],
  ['log.message.timestamp.type', 'string', 'CreateTime', undefined, TIMESTAMP_TYPE],
  ['log.preallocate', 'boolean', 'false'],
  ['log.retention.bytes', 'long', '-1'],
  ['log.retention.check.interval.ms', 'long', '300000', undefined, atLeast(1)],
  ['log.retention.ms', 'long', WEEK_MS, undefined, atLeast(-1)],
  ['log.roll.ms', 'long', WEEK_MS, undefined, atLeast(1)],
  ['log.segment.delete.delay.ms', 'long', '60000', undefined, atLeast(0)],
  ['log.segment.bytes', 'int', '1073741824', undefined, atLeast(14)],
  ['max.incremental.fetch.session.cache.slots', 'int', '1000', undefined, atLeast(0)],
  ['message.max.bytes', 'int', '1048588', undefined, atLeast(0)],
  ['min.insync.replicas', 'int', '1', undefined, atLeast(1)],
  ['node.id', 'int', '-1'],
  ['num.io.threads', 'int', '8', undefined, atLeast(1)],
  ['num.network.threads', 'int', '3', undefined, atLeast(1)],
  ['num.partitions', 'int', '1', undefined, atLeast(1)],
  ['num.recovery.threads.per.data.dir', 'int', '1', undefined, atLeast(1)],
  ['num.replica.fetchers', 'int', '1', undefined, atLeast(1)],
  ['offset.metadata.max.bytes', 'int', '4096', undefined, atLeast(0)],
  ['offsets.retention.check.interval.ms', 'long', '600000', undefined, atLeast(1)],
  ['offsets.retention.minutes', 'int', '10080', undefined, atLeast(1)],
  ['offsets.topic.num.partitions', 'int', '50', undefined, atLeast(1)],
  ['offsets.topic.replication.factor', 'short', '3', undefined, atLeast(1)],
  ['producer.id.expiration.ms', 'int', DAY_MS, undefined, atLeast(1)],
  ['replica.fetch.wait.max.ms', 'int', '500'],
  ['replica.lag.time.max.ms', 'long', '30000'],
  ['replica.selector.class', 'string', ''],
  ['sasl.kerberos.min.time.before.relogin', 'long', '60000'],
  ['socket.request.max.bytes', 'int', '104857600', undefined, atLeast(1)],
  ['super.users', 'string', ''],
  ['allow.everyone.if.no.acl.found', 'boolean', 'false'],
  ['transaction.abort.timed.out.transaction.cleanup.interval.ms', 'int', '10000', undefined, atLeast(1)],
  ['transaction.max.timeout.ms', 'int', '900000', undefined, atLeast(1)],
  ['transaction.partition.verification.enable', 'boolean', 'true'],
  ['transaction.state.log.min.isr', 'int', '2', undefined, atLeast(1)],
  ['transaction.state.log.num.partitions', 'int', '50', undefined, atLeast(1)],
  ['transaction.state.log.replication.factor', 'short', '3', undefined, atLeast(1)],
  ['transactional.id.expiration.ms', 'int', WEEK_MS, undefined, atLeast(1)],
  ['unclean.leader.election.enable', 'boolean', 'false'],
];

const GROUP_ROWS: readonly Row[] = [
  ['consumer.heartbeat.interval.ms', 'int', '5000', 'group.consumer.heartbeat.interval.ms', atLeast(1)],
  ['consumer.session.timeout.ms', 'int', '45000', 'group.consumer.session.timeout.ms', atLeast(1)],
];

/** Settings of nodes that have no default: there are none until somebody sets them. Nothing is slowed down. */
const THROTTLE_ROWS: readonly Row[] = [
  'follower.replication.throttled.rate',
  'leader.replication.throttled.rate',
  'replica.alter.log.dirs.io.max.bytes.per.second',
].map((name) => [name, 'long', '', undefined, atLeast(0)]);

function table(rows: readonly Row[]): ReadonlyMap<string, Setting> {
  return new Map(
    rows.map(([name, type, defaultValue, synonym, check]) => [
      name,
      {
        name,
        type,
        defaultValue,
        ...(synonym ? { synonym } : {}),
        ...(check ? { problem: check as NonNullable<Check> } : {}),
      },
    ]),
  );
}

export const TOPIC_SETTINGS = table(TOPIC_ROWS);
export const BROKER_SETTINGS = table(BROKER_ROWS);
export const THROTTLE_SETTINGS = table(THROTTLE_ROWS);
export const GROUP_SETTINGS = table(GROUP_ROWS);

/** Settings of brokers that have no default of their own in Kafka, but that of a setting in hours. */
export const DEFAULT_IN_HOURS: ReadonlyMap<string, { readonly name: string; readonly value: string }> = new Map([
  ['log.retention.ms', { name: 'log.retention.hours', value: '168' }],
  ['log.roll.ms', { name: 'log.roll.hours', value: '168' }],
]);

/** Settings of brokers that have nothing for a default. */
export const WITHOUT_DEFAULT: ReadonlySet<string> = new Set([
  'advertised.listeners',
  'broker.rack',
  'replica.selector.class',
]);

/** Settings of brokers that can be changed while they run; the others are read-only. */
export function isDynamic(name: string): boolean {
  return name !== 'log.message.format.version' && (DYNAMIC.has(name) || name.startsWith('log.cleaner.'));
}

const DYNAMIC: ReadonlySet<string> = new Set([
  ...TOPIC_ROWS.flatMap(([, , , synonym]) => synonym ?? []),
  // Nothing here has threads, but those who tune a cluster set them.
  'background.threads',
  'num.io.threads',
  'num.network.threads',
  'num.recovery.threads.per.data.dir',
  'num.replica.fetchers',
  'producer.id.expiration.ms',
  'sasl.kerberos.min.time.before.relogin',
  'transaction.partition.verification.enable',
]);
