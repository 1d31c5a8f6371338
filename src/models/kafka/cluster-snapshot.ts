/**
 * The topics of a cluster as plain data: maps, arrays, bytes, numbers, so that a snapshot can be written to a file.
 * Batches are shared with the live logs, never copied.
 */
import type { Partition } from './partition.js';
import type { LogContents, PartitionState } from './partition-log.js';
import { RecordBatch } from './record-batch.js';
import type { Topic } from './topic.js';

type Fields = ReadonlyMap<string, unknown>;

/** A topic as it comes out of a snapshot. */
export interface TopicState {
  readonly name: string;
  readonly id: string;
  readonly config: ReadonlyMap<string, string>;
  readonly partitions: readonly PartitionState[];
}

export function saveTopic(topic: Topic): Fields {
  return new Map<string, unknown>([
    ['name', topic.name],
    ['id', topic.id],
    ['config', new Map(topic.config.overrides)],
    ['partitions', topic.partitions.map(savePartition)],
  ]);
}

export function loadTopic(saved: unknown): TopicState {
  const fields = saved as Fields;
  return {
    name: fields.get('name') as string,
    id: fields.get('id') as string,
    config: fields.get('config') as ReadonlyMap<string, string>,
    partitions: (fields.get('partitions') as unknown[]).map(loadPartition),
  };
}

function savePartition(partition: Partition): Fields {
  return new Map<string, unknown>([
    ['replicas', partition.replicas],
    ['isr', partition.isr],
    ['leader', partition.leader],
    ['leaderEpoch', partition.leaderEpoch],
    ['logs', new Map([...partition.logs].map(([node, log]) => [node, saveLog(log.contents())]))],
  ]);
}

function loadPartition(saved: unknown): PartitionState {
  const fields = saved as Fields;
  const logs = fields.get('logs') as ReadonlyMap<number, Fields>;
  return {
    replicas: fields.get('replicas') as number[],
    isr: fields.get('isr') as number[],
    leader: fields.get('leader') as number,
    leaderEpoch: fields.get('leaderEpoch') as number,
    logs: new Map([...logs].map(([node, log]) => [node, loadLog(log)])),
  };
}

function saveLog(contents: LogContents): Fields {
  return new Map<string, unknown>([
    ['logStart', contents.logStart],
    ['highWatermark', contents.highWatermark],
    ['logEnd', contents.logEnd],
    ['epochs', contents.epochs.map(({ epoch, startOffset }) => [epoch, startOffset])],
    ['segments', contents.segments.map(({ baseOffset, batches }) => [baseOffset, batches.map(({ bytes }) => bytes)])],
  ]);
}

function loadLog(fields: Fields): LogContents {
  const epochs = fields.get('epochs') as ReadonlyArray<readonly [number, number]>;
  const segments = fields.get('segments') as ReadonlyArray<readonly [number, readonly Uint8Array[]]>;
  return {
    logStart: fields.get('logStart') as number,
    highWatermark: fields.get('highWatermark') as number,
    logEnd: fields.get('logEnd') as number,
    epochs: epochs.map(([epoch, startOffset]) => ({ epoch, startOffset })),
    segments: segments.map(([baseOffset, batches]) => ({
      baseOffset,
      batches: batches.map((bytes) => RecordBatch.parse(bytes)),
    })),
  };
}
