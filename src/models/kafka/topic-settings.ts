import { type Config, checkSettings, createTopicConfig } from './config.js';
import { KafkaError } from './errors.js';
import { TOPIC_SETTINGS } from './setting.js';

/** What a topic's settings say, in numbers: read on every append, so made once for each change. */
export interface TopicSettings {
  readonly compacted: boolean;
  readonly deletes: boolean;
  readonly maxMessageBytes: number;
  readonly minInsyncReplicas: number;
  readonly logAppendTime: boolean;
  readonly timestampBeforeMaxMs: number;
  readonly timestampAfterMaxMs: number;
  readonly segmentBytes: number;
  readonly segmentMs: number;
  readonly retentionMs: number;
  readonly retentionBytes: number;
  readonly deleteRetentionMs: number;
  readonly minCompactionLagMs: number;
  readonly maxCompactionLagMs: number;
  readonly minCleanableDirtyRatio: number;
  readonly compressionType: string;
  readonly uncleanElection: boolean;
}

export function readTopicSettings(config: Config): TopicSettings {
  const policies = config.list('cleanup.policy');
  const differenceMaxMs = config.number('message.timestamp.difference.max.ms');
  return {
    compacted: policies.includes('compact'),
    deletes: policies.includes('delete'),
    maxMessageBytes: config.number('max.message.bytes'),
    minInsyncReplicas: config.number('min.insync.replicas'),
    logAppendTime: config.text('message.timestamp.type') === 'LogAppendTime',
    timestampBeforeMaxMs: Math.min(config.number('message.timestamp.before.max.ms'), differenceMaxMs),
    timestampAfterMaxMs: Math.min(config.number('message.timestamp.after.max.ms'), differenceMaxMs),
    segmentBytes: config.number('segment.bytes'),
    segmentMs: config.number('segment.ms'),
    retentionMs: config.number('retention.ms'),
    retentionBytes: config.number('retention.bytes'),
    deleteRetentionMs: config.number('delete.retention.ms'),
    minCompactionLagMs: config.number('min.compaction.lag.ms'),
    maxCompactionLagMs: config.number('max.compaction.lag.ms'),
    minCleanableDirtyRatio: config.number('min.cleanable.dirty.ratio'),
    compressionType: config.text('compression.type'),
    uncleanElection: config.flag('unclean.leader.election.enable'),
  };
}

/**
 * Checks what shall be set on a topic, alone and together with what it inherits.
 *
 * @throws KafkaError INVALID_CONFIG
 */
export function checkTopicSettings(values: ReadonlyMap<string, string>, cluster: Config): void {
  checkSettings(TOPIC_SETTINGS, values, 'topic');
  const wanted = createTopicConfig(cluster, () => {});
  wanted.replace(values);
  const [least, most] = [wanted.number('min.compaction.lag.ms'), wanted.number('max.compaction.lag.ms')];
  if (least > most) {
    const found = `min.compaction.lag.ms (${least}) > max.compaction.lag.ms (${most})`;
    throw new KafkaError('INVALID_CONFIG', `conflict topic config setting ${found}`);
  }
  if (!wanted.flag('remote.storage.enable')) return;
  throw new KafkaError(
    'INVALID_CONFIG',
    'Tiered Storage functionality is disabled in the broker. Topic cannot be configured with remote log storage.',
  );
}
