import type { ModelContext } from '../../core/model.js';
import { type Config, createTopicConfig } from './config.js';
import { type Nodes, Partition, type PartitionHome } from './partition.js';
import { readTopicSettings, type TopicSettings } from './topic-settings.js';

/** A named set of partitions. Its id is new with every creation, so a topic made again is another one. */
export class Topic implements PartitionHome {
  readonly name: string;
  readonly id: string;
  /** Written by the broker itself. */
  readonly internal: boolean;
  readonly config: Config;
  readonly partitions: Partition[] = [];
  readonly #context: ModelContext;
  readonly #nodes: Nodes;
  #settings: TopicSettings | undefined;

  constructor(context: ModelContext, nodes: Nodes, broker: Config, name: string, id: string, internal: boolean) {
    this.#context = context;
    this.#nodes = nodes;
    this.name = name;
    this.id = id;
    this.internal = internal;
    this.config = createTopicConfig(broker, () => {
      this.#settings = undefined;
    });
  }

  get settings(): TopicSettings {
    this.#settings ??= readTopicSettings(this.config);
    return this.#settings;
  }

  /** Forgets partitions behind `count`, which only going back to a snapshot does. */
  dropPartitions(count: number): void {
    for (const partition of this.partitions.splice(count)) {
      partition.deleted = true;
      partition.changed();
    }
  }

  /** @param replicas nodes of the new partition, its preferred leader first */
  addPartition(replicas: readonly number[]): Partition {
    const partition = new Partition(this.#context, this.#nodes, this, this.partitions.length, replicas);
    this.partitions.push(partition);
    return partition;
  }
}
