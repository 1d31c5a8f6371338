import type { Timer } from '../../core/clock.js';
import { packCanonical, unpackCanonical } from '../../core/codec.js';
import type { BrokerModel, ModelContext } from '../../core/model.js';
import type { Cluster, Node } from './cluster.js';
import type { TopicState } from './cluster-snapshot.js';
import type { Partition } from './partition.js';
import type { LogContents, PartitionState } from './partition-log.js';
import { BATCH_HEADER_BYTES, batchSize, RecordBatch } from './record-batch.js';
import type { LogStorage } from './storage.js';
import type { Topic } from './topic.js';

/** Time after a change in which it is written. */
const FLUSH_MS = 100;

type Fields = ReadonlyMap<string, unknown>;

/** What is kept beside the topics. */
export type Kept = Pick<BrokerModel, 'snapshot' | 'restore'>;

/** How far a partition is in its file. */
interface Written {
  readonly logEnd: number;
  readonly structure: number;
}

/**
 * Keeps topics, records, committed offsets and what an admin has set in a storage.
 *
 * A file a partition has its batches, one after the other, as they are on the wire; the state beside them says which
 * partitions there are, and what else is kept. Changes are written together, a little later, and by `flush`.
 * A crash may leave half a batch at the end of a file: `load` cuts it off.
 */
export class Persistence {
  readonly #context: ModelContext;
  readonly #cluster: Cluster;
  readonly #parts: ReadonlyMap<string, Kept>;
  readonly #storage: LogStorage;
  readonly #written = new Map<string, Written>();
  #timer: Timer | undefined;

  /** @param parts what else is kept, by name: their snapshots */
  constructor(context: ModelContext, cluster: Cluster, parts: ReadonlyMap<string, Kept>, storage: LogStorage) {
    this.#context = context;
    this.#cluster = cluster;
    this.#parts = parts;
    this.#storage = storage;
  }

  /** Something has changed; it is written soon. */
  wake(): void {
    if (this.#timer?.pending) return;
    const { clock } = this.#context;
    this.#timer = clock.schedule(clock.now + FLUSH_MS, () => this.flush());
  }

  /** Writes everything that is not written yet; after it nothing of that is lost. */
  flush(): void {
    this.#context.clock.cancel(this.#timer);
    const current = new Set<string>();
    for (const topic of this.#cluster.topics.values()) {
      for (const partition of topic.partitions) {
        current.add(logName(topic, partition));
        this.#write(logName(topic, partition), partition);
      }
    }
    const topics = [...this.#cluster.topics.values()].map(saveTopic);
    const parts = new Map([...this.#parts].map(([name, part]) => [name, part.snapshot()]));
    const config = new Map(this.#cluster.config.overrides);
    this.#storage.saveState(
      packCanonical(
        new Map<string, unknown>([
          ['topics', topics],
          ['parts', parts],
          ['config', config],
        ]),
      ),
    );
    for (const name of [...this.#written.keys()]) {
      if (current.has(name)) continue;
      this.#storage.removeLog(name);
      this.#written.delete(name);
    }
  }

  #write(name: string, partition: Partition): void {
    const { log } = partition;
    const written = this.#written.get(name);
    const structure = log.structure + partition.generation;
    if (written?.structure === structure && written.logEnd === log.logEnd) return;
    const fresh = written?.structure !== structure;
    const parts: Uint8Array[] = [];
    log.scan(fresh ? log.logStart : written.logEnd, (batch) => {
      parts.push(batch.bytes);
      return true;
    });
    if (fresh) this.#storage.replaceLog(name, parts);
    else this.#storage.appendLog(name, parts);
    this.#written.set(name, { logEnd: log.logEnd, structure });
  }

  /** Reads what an earlier process has written. */
  load(): void {
    const bytes = this.#storage.loadState();
    if (!bytes) return;
    const state = unpackCanonical(bytes) as Fields;
    this.#cluster.config.replace(state.get('config') as ReadonlyMap<string, string>);
    for (const saved of state.get('topics') as readonly Fields[]) {
      this.#cluster.restoreTopic(this.#loadTopic(saved));
    }
    for (const topic of this.#cluster.topics.values()) {
      for (const partition of topic.partitions) {
        const { log } = partition;
        const structure = log.structure + partition.generation;
        this.#written.set(logName(topic, partition), { logEnd: log.logEnd, structure });
      }
    }
    const parts = state.get('parts') as Fields;
    for (const [name, part] of this.#parts) part.restore(parts.get(name));
  }

  #loadTopic(saved: Fields): TopicState {
    const id = saved.get('id') as string;
    return {
      name: saved.get('name') as string,
      id,
      config: saved.get('config') as ReadonlyMap<string, string>,
      partitions: (saved.get('partitions') as readonly Fields[]).map((fields, index) =>
        this.#loadPartition(fields, `${id}-${index}`),
      ),
    };
  }

  #loadPartition(fields: Fields, name: string): PartitionState {
    const batches = this.#readBatches(name);
    const logStart = fields.get('logStart') as number;
    const logEnd = Math.max(batches.at(-1)?.endOffset ?? 0, logStart);
    const epochs = batches.reduce<Array<{ epoch: number; startOffset: number }>>((found, batch) => {
      if (batch.leaderEpoch > (found.at(-1)?.epoch ?? -1)) {
        found.push({ epoch: batch.leaderEpoch, startOffset: batch.baseOffset });
      }
      return found;
    }, []);
    const segments = [{ baseOffset: batches[0]?.baseOffset ?? logStart, batches }];
    const contents: LogContents = { logStart, logEnd, highWatermark: logEnd, epochs, segments };
    const saved = (fields.get('replicas') as number[]).filter((node) => this.#cluster.node(node));
    const replicas = saved.length > 0 ? saved : [(this.#cluster.nodes[0] as Node).id];
    return {
      replicas,
      isr: replicas,
      leader: replicas[0] as number,
      leaderEpoch: Math.max(fields.get('leaderEpoch') as number, epochs.at(-1)?.epoch ?? 0),
      logs: new Map(replicas.map((node) => [node, contents])),
    };
  }

  /** Whole, intact batches from the beginning; what follows the last one is cut off. */
  #readBatches(name: string): RecordBatch[] {
    const bytes = this.#storage.readLog(name);
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    const batches: RecordBatch[] = [];
    let at = 0;
    let end = 0;
    while (at < buffer.length) {
      const size = batchSize(buffer, at);
      if (size < BATCH_HEADER_BYTES || size > buffer.length - at) break;
      const batch = readBatch(buffer.subarray(at, at + size));
      if (!batch || batch.baseOffset < end) break;
      batches.push(batch);
      end = batch.endOffset;
      at += size;
    }
    if (at < buffer.length) this.#storage.replaceLog(name, [buffer.subarray(0, at)]);
    return batches;
  }
}

function readBatch(bytes: Buffer): RecordBatch | undefined {
  if (bytes[16] !== 2) return undefined;
  const batch = RecordBatch.parse(bytes);
  return batch.isIntact ? batch : undefined;
}

function logName(topic: Topic, partition: Partition): string {
  return `${topic.id}-${partition.index}`;
}

function saveTopic(topic: Topic): Fields {
  return new Map<string, unknown>([
    ['name', topic.name],
    ['id', topic.id],
    ['config', new Map(topic.config.overrides)],
    [
      'partitions',
      topic.partitions.map(
        ({ replicas, leaderEpoch, log }) =>
          new Map<string, unknown>([
            ['replicas', replicas],
            ['leaderEpoch', leaderEpoch],
            ['logStart', log.logStart],
          ]),
      ),
    ],
  ]);
}
