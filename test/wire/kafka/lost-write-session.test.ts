/** K3 through sessions: what all in-sync replicas have acknowledged is seen by every reader that passes it. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fetchApi } from '../../../src/wire/kafka/handlers/fetch.js';
import { metadataApi } from '../../../src/wire/kafka/handlers/metadata.js';
import { produceApi } from '../../../src/wire/kafka/handlers/produce.js';
import { NO_UUID } from '../../../src/wire/kafka/reader.js';
import { batchRequest, readRequest } from '../../helpers/kafka-ask.js';
import { readBatches } from '../../helpers/kafka-batch.js';
import { codeOf } from '../../helpers/kafka-group.js';
import { batchBytes } from '../../helpers/kafka-model.js';
import { KafkaWorld, type WireClient } from '../../helpers/kafka-wire.js';

const NODES = [1, 2, 3];
const PARTITIONS = [0, 1];

const step = fc.record({
  kind: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom('send', 'read') },
    { weight: 2, arbitrary: fc.constantFrom('stop', 'start', 'start', 'pause', 'native', 'time') },
    { weight: 1, arbitrary: fc.constant('restart') },
  ),
  who: fc.nat(1),
  partition: fc.constantFrom(...PARTITIONS),
  node: fc.constantFrom(...NODES),
  count: fc.integer({ min: 1, max: 3 }),
  acks: fc.constantFrom(-1, -1, 1),
});

/** A batch that was sent, and whose answer is not there yet. */
interface Sent {
  readonly partition: number;
  readonly values: readonly string[];
  readonly acks: number;
}

/** A producer with a connection to each node; what it had not heard of when one is cut, it never will. */
class Producer {
  readonly #world: KafkaWorld;
  readonly #connections = new Map<number, { readonly client: WireClient; readonly sent: Sent[] }>();
  readonly acked: Array<Sent & { readonly baseOffset: number }> = [];

  constructor(world: KafkaWorld) {
    this.#world = world;
  }

  send(nodeId: number, sent: Sent): void {
    const connection = this.#connections.get(nodeId) ?? { client: this.#world.connect(nodeId), sent: [] };
    this.#connections.set(nodeId, connection);
    const records = batchBytes(sent.values.map((value) => ({ value })));
    connection.sent.push(sent);
    connection.client.send(produceApi, 8, batchRequest(records, { acks: sent.acks, index: sent.partition }));
    this.hear();
  }

  hear(): void {
    for (const { client, sent } of this.#connections.values()) {
      for (let answer = client.answer(produceApi, 8); answer; answer = client.answer(produceApi, 8)) {
        const { errorCode, baseOffset } = answer.responses[0]!.partitionResponses[0]!;
        const [first] = sent.splice(0, 1);
        if (errorCode === 'NONE') this.acked.push({ ...first!, baseOffset });
      }
    }
  }

  cut(nodeId: number): void {
    this.hear();
    this.#connections.get(nodeId)?.client.close();
    this.#connections.delete(nodeId);
  }
}

/** A reader and what it has seen: the value at each offset, one after the other. */
class Reader {
  readonly #world: KafkaWorld;
  readonly seen: string[][] = PARTITIONS.map(() => []);

  constructor(world: KafkaWorld) {
    this.#world = world;
  }

  /** Reads on to the end, a segment at a time. */
  read(nodeId: number, partition: number): void {
    const seen = this.seen[partition]!;
    for (let before = -1; before < seen.length; ) {
      before = seen.length;
      this.#readOnce(nodeId, partition, seen);
    }
  }

  #readOnce(nodeId: number, partition: number, seen: string[]): void {
    const answer = this.#world.connect(nodeId).ask(fetchApi, 11, readRequest(seen.length, { places: [partition] }));
    const { errorCode, records } = answer.responses[0]!.partitions[0]!;
    expect(errorCode).toBe('NONE');
    for (const { baseOffset, records: found } of readBatches(records)) {
      for (const [at, { value }] of found.entries()) {
        if (baseOffset + at < seen.length) continue;
        expect(baseOffset + at).toBe(seen.length);
        seen.push(`${value}`);
      }
    }
  }
}

it('prop: K3 no acknowledged write is lost, no reader sees another history', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 10, maxLength: 50 }), (steps) => {
      const world = new KafkaWorld({ nodes: NODES.length });
      const assignments = [
        [1, 2, 3],
        [2, 3, 1],
      ];
      world.broker.createTopic('t', { assignments, config: { 'min.insync.replicas': '2' } });
      const producers = [new Producer(world), new Producer(world)];
      const readers = [new Reader(world), new Reader(world)];
      const up = new Set(NODES);
      let serial = 0;
      const leaderOf = (partition: number) => {
        const [anyNode] = up;
        if (anyNode === undefined) return undefined;
        const { topics } = world.connect(anyNode).ask(metadataApi, 4, {
          topics: [{ topicId: NO_UUID, name: 't' }],
          allowAutoTopicCreation: false,
          includeClusterAuthorizedOperations: false,
          includeTopicAuthorizedOperations: false,
        });
        const leader = topics[0]!.partitions.find(({ partitionIndex }) => partitionIndex === partition)!.leaderId;
        return leader < 0 ? undefined : leader;
      };
      const cut = (nodeId: number) => {
        for (const producer of producers) producer.cut(nodeId);
      };
      for (const { kind, who, partition, node, count, acks } of steps) {
        const leader = leaderOf(partition);
        if (kind === 'send' && leader !== undefined) {
          const values = Array.from({ length: count }, () => `${serial++}`);
          producers[who]!.send(leader, { partition, values, acks });
        } else if (kind === 'native' && leader !== undefined) {
          codeOf(() => world.broker.produce('t', { value: `${serial++}`, partition }));
        } else if (kind === 'read' && leader !== undefined) {
          readers[who]!.read(leader, partition);
        } else if (kind === 'stop') {
          up.delete(node);
          world.broker.stopNode(node);
          cut(node);
        } else if (kind === 'start') {
          up.add(node);
          world.broker.startNode(node);
        } else if (kind === 'pause' && node !== leader) {
          world.broker.cluster.partition('t', partition)!.pauseReplica(node);
        } else if (kind === 'time') {
          world.clock.advanceTo(world.clock.now + 700 * count ** 4);
        } else if (kind === 'restart') {
          for (const one of NODES) cut(one);
          world.broker.restart();
        }
        for (const producer of producers) producer.hear();
      }
      for (const one of NODES) {
        world.broker.startNode(one);
        up.add(one);
        for (const partition of PARTITIONS) world.broker.cluster.partition('t', partition)!.resumeReplica(one);
      }
      for (const producer of producers) producer.hear();
      const last = new Reader(world);
      for (const partition of PARTITIONS) last.read(leaderOf(partition)!, partition);
      for (const partition of PARTITIONS) {
        const history = last.seen[partition]!;
        expect(new Set(history).size).toBe(history.length);
        for (const { seen } of readers) expect(seen[partition]).toEqual(history.slice(0, seen[partition]!.length));
        for (const { acked } of producers) {
          for (const sent of acked) {
            if (sent.partition !== partition || sent.acks !== -1) continue;
            expect(history.slice(sent.baseOffset, sent.baseOffset + sent.values.length)).toEqual(sent.values);
          }
        }
      }
      expect(world.errors).toEqual([]);
    }),
    { numRuns: 200 },
  );
});
