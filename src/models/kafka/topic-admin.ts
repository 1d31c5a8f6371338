import type { ModelContext } from '../../core/model.js';
import type { Cluster } from './cluster.js';
import { CONFIG_SOURCES, type Config, createTopicConfig } from './config.js';
import { KafkaError } from './errors.js';
import type { Topic } from './topic.js';
import { isInternalTopic } from './topic-name.js';
import { checkTopicSettings } from './topic-settings.js';

/** Stands for the default of the cluster in a request. */
const CLUSTER_DEFAULT = -1;

/** A topic as an admin client asks for it. */
export interface TopicRequest {
  /** -1 for `num.partitions`. */
  readonly partitions: number;
  /** -1 for `default.replication.factor`. */
  readonly replicationFactor: number;
  /** Nodes of each partition; empty lets the cluster choose. */
  readonly assignments: ReadonlyArray<{ readonly index: number; readonly nodes: readonly number[] }>;
  readonly config: ReadonlyArray<{ readonly name: string; readonly value: string | null }>;
}

/** A setting in force. */
export interface EffectiveSetting {
  readonly name: string;
  readonly value: string;
  /** One of `CONFIG_SOURCES`. */
  readonly source: number;
}

/** What was made, or would be. */
export interface CreatedTopic {
  readonly id: string;
  readonly partitionCount: number;
  readonly replicationFactor: number;
  readonly configs: readonly EffectiveSetting[];
}

/** Topics as admin clients make, grow and delete them. */
export class TopicAdmin {
  readonly #context: ModelContext;
  readonly #cluster: Cluster;

  constructor(context: ModelContext, cluster: Cluster) {
    this.#context = context;
    this.#cluster = cluster;
  }

  /** @throws KafkaError TOPIC_ALREADY_EXISTS, INVALID_TOPIC_EXCEPTION, INVALID_PARTITIONS, INVALID_CONFIG, … */
  createTopic(name: string, request: TopicRequest, validateOnly: boolean): CreatedTopic {
    this.#cluster.checkNewName(name);
    const values = readConfig(request.config);
    checkTopicSettings(values, this.#cluster.config);
    const config = Object.fromEntries(values);
    const spec = {
      partitions: request.partitions === CLUSTER_DEFAULT ? undefined : request.partitions,
      replicationFactor: request.replicationFactor === CLUSTER_DEFAULT ? undefined : request.replicationFactor,
      assignments: manualAssignments(this.#cluster, request),
      config,
    };
    if (!validateOnly) {
      const topic = this.#context.outbox.run(() => this.#cluster.createTopic(name, spec));
      return describe(topic.id, topic.partitions[0]?.replicas.length ?? 0, topic.partitions.length, topic.config);
    }
    const planned = this.#cluster.checkNewTopic(name, spec);
    const topicConfig = createTopicConfig(this.#cluster.config, () => {});
    topicConfig.replace(values);
    return describe(this.#context.random.uuid(), planned[0]?.length ?? 0, planned.length, topicConfig);
  }

  /** Deletes by name, or by id when the name is null. @throws KafkaError UNKNOWN_TOPIC_OR_PARTITION, UNKNOWN_TOPIC_ID */
  deleteTopic(asked: { readonly name: string | null; readonly topicId: string }): Topic {
    const topic = asked.name === null ? this.#cluster.topicById(asked.topicId) : this.#cluster.topic(asked.name);
    if (!this.#cluster.config.flag('delete.topic.enable')) {
      throw new KafkaError('TOPIC_DELETION_DISABLED', 'Topic deletion is disabled: delete.topic.enable is false');
    }
    if (!topic) {
      throw asked.name === null
        ? new KafkaError('UNKNOWN_TOPIC_ID', 'This server does not host this topic ID.')
        : new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', 'This server does not host this topic-partition.');
    }
    this.#context.outbox.run(() => this.#cluster.deleteTopic(topic.name));
    return topic;
  }

  /**
   * Adds partitions up to `count`.
   *
   * @param assignments nodes of each new partition, null lets the cluster choose
   * @throws KafkaError UNKNOWN_TOPIC_OR_PARTITION, INVALID_PARTITIONS, INVALID_REPLICA_ASSIGNMENT
   */
  createPartitions(
    name: string,
    count: number,
    assignments: ReadonlyArray<readonly number[]> | null,
    validateOnly: boolean,
  ): void {
    const topic = this.#cluster.topic(name);
    if (!topic) throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', `The topic '${name}' does not exist.`);
    if (isInternalTopic(name)) throw new KafkaError('INVALID_TOPIC_EXCEPTION', `'${name}' is an internal topic`);
    this.#context.outbox.run(() => this.#cluster.addPartitions(topic, count, assignments, validateOnly));
  }
}

function readConfig(entries: TopicRequest['config']): ReadonlyMap<string, string> {
  const empty = entries.filter(({ value }) => value === null).map(({ name }) => name);
  if (empty.length > 0) {
    throw new KafkaError('INVALID_CONFIG', `Null value not supported for topic configs: ${empty.join(',')}`);
  }
  return new Map(entries.map(({ name, value }) => [name, value as string]));
}

function manualAssignments(cluster: Cluster, request: TopicRequest): ReadonlyArray<readonly number[]> | undefined {
  if (request.assignments.length === 0) return undefined;
  for (const [what, value] of [
    ['replication factor', request.replicationFactor],
    ['numPartitions', request.partitions],
  ] as const) {
    if (value === CLUSTER_DEFAULT) continue;
    throw new KafkaError(
      'INVALID_REQUEST',
      `A manual partition assignment was specified, but ${what} was not set to -1.`,
    );
  }
  const seen = new Set<number>();
  for (const { index, nodes } of request.assignments) {
    if (seen.has(index)) {
      const found = `Found multiple manual partition assignments for partition ${index}`;
      throw new KafkaError('INVALID_REPLICA_ASSIGNMENT', found);
    }
    seen.add(index);
    cluster.checkAssignments([nodes], request.assignments[0]?.nodes.length);
  }
  const sorted = [...request.assignments].sort((a, b) => a.index - b.index);
  if (sorted.some(({ index }, at) => index !== at)) {
    throw new KafkaError('INVALID_REPLICA_ASSIGNMENT', 'partitions should be a consecutive 0-based integer sequence');
  }
  return sorted.map(({ nodes }) => nodes);
}

function describe(id: string, replicationFactor: number, partitionCount: number, config: Config): CreatedTopic {
  const configs = [...config.settings.keys()].sort().flatMap((name) => {
    const [first] = config.chain(name);
    return first ? [{ name, value: first.value, source: CONFIG_SOURCES[first.source] }] : [];
  });
  return { id, partitionCount, replicationFactor, configs };
}
