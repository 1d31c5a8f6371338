/** What tests ask over the wire again and again, of partition 0 of the topic `t` unless told otherwise. */
import { addPartitionsToTxnApi } from '../../src/wire/kafka/handlers/add-partitions-to-txn.js';
import { endTxnApi } from '../../src/wire/kafka/handlers/end-txn.js';
import { fetchApi } from '../../src/wire/kafka/handlers/fetch.js';
import { initProducerIdApi } from '../../src/wire/kafka/handlers/init-producer-id.js';
import { listOffsetsApi } from '../../src/wire/kafka/handlers/list-offsets.js';
import { produceApi } from '../../src/wire/kafka/handlers/produce.js';
import { NO_UUID } from '../../src/wire/kafka/reader.js';
import { batchBytes } from './kafka-model.js';
import type { WireClient } from './kafka-wire.js';

/** A batch of three records. */
export const three = (): Uint8Array => batchBytes([{ value: 'a' }, { value: 'b' }, { value: 'c' }]);

interface ProduceChanges {
  readonly acks?: number;
  readonly topic?: string;
  readonly index?: number;
  readonly txn?: string;
}

export function batchRequest(records: Uint8Array, changes: ProduceChanges = {}) {
  const { acks = -1, topic = 't', index = 0, txn = null } = changes;
  return {
    transactionalId: txn,
    acks,
    timeoutMs: 1_000,
    topicData: [{ name: topic, partitionData: [{ index, records }] }],
  };
}

export function produce(client: WireClient, records: Uint8Array, changes: ProduceChanges = {}, version = 8) {
  return client.ask(produceApi, version, batchRequest(records, changes)).responses[0]!.partitionResponses[0]!;
}

interface FetchChanges {
  readonly maxWaitMs?: number;
  readonly committed?: boolean;
  readonly partitionMaxBytes?: number;
  readonly places?: readonly number[];
  /** By id, from version 13 on. */
  readonly topicId?: string;
}

export function readRequest(fetchOffset: number, changes: FetchChanges = {}) {
  const { maxWaitMs = 0, committed = false, partitionMaxBytes = 1_000_000, places = [0], topicId = NO_UUID } = changes;
  const partitions = places.map((partition) => ({ partition, fetchOffset, partitionMaxBytes }));
  return {
    maxWaitMs,
    minBytes: 1,
    isolationLevel: committed ? 1 : 0,
    sessionId: 0,
    sessionEpoch: -1,
    topics: [{ topic: 't', topicId, partitions }],
    forgottenTopicsData: [],
    rackId: '',
  };
}

export function fetch(client: WireClient, fetchOffset: number, changes: FetchChanges = {}, version = 11) {
  return client.ask(fetchApi, version, readRequest(fetchOffset, changes)).responses[0]!.partitions;
}

/** The batches that fetches give, one after the other up to the end: none reads more than one segment. */
export function readOn(client: WireClient, fetchOffset = 0): Buffer {
  const parts: Buffer[] = [];
  for (let next = fetchOffset; ; ) {
    const records = Buffer.from((fetch(client, next)[0]!.records as Uint8Array | null) ?? []);
    if (records.length === 0) return Buffer.concat(parts);
    parts.push(records);
    for (let at = 0; at < records.length; at += 12 + records.readInt32BE(at + 8)) {
      next = Number(records.readBigInt64BE(at)) + records.readInt32BE(at + 23) + 1;
    }
  }
}

/** What a fetch that waited is answered with for its first partition, undefined while it waits. */
export const fetched = (client: WireClient, version = 11) =>
  client.answer(fetchApi, version)?.responses[0]?.partitions[0];

export const sizeOf = (records: unknown): number => (records as Uint8Array | null)?.length ?? 0;
export const baseOf = (records: unknown): number => Number(Buffer.from(records as Uint8Array).readBigInt64BE(0));

/** The offset at a time, or at -1 the end, -2 the start, -3 the latest time. */
export function offsetAt(client: WireClient, timestamp: number, isolationLevel = 0) {
  const topics = [{ name: 't', partitions: [{ partitionIndex: 0, timestamp }] }];
  return client.ask(listOffsetsApi, 7, { replicaId: -1, isolationLevel, topics, timeoutMs: 0 }).topics[0]!
    .partitions[0]!;
}

/** A producer id for a transactional id. */
export function initProducer(
  client: WireClient,
  transactionalId: string | null = 'x',
  transactionTimeoutMs = 60_000,
  version = 4,
) {
  const request = { transactionalId, transactionTimeoutMs, producerId: -1, producerEpoch: -1 };
  return client.ask(initProducerIdApi, version, request);
}

/** A transactional producer with a transaction that partition 0 is part of. */
export function beginTransaction(client: WireClient, transactionalId = 'x', timeoutMs = 60_000) {
  const { producerId, producerEpoch } = initProducer(client, transactionalId, timeoutMs);
  const identity = { transactionalId, producerId, producerEpoch };
  const topics = [{ name: 't', partitions: [0] }];
  client.ask(addPartitionsToTxnApi, 3, { ...identity, topics });
  const batch = (baseSequence: number) =>
    batchBytes([{ value: 'a' }, { value: 'b' }, { value: 'c' }], {
      id: producerId,
      epoch: producerEpoch,
      baseSequence,
      transactional: true,
    });
  return {
    identity,
    send: (baseSequence: number, index = 0, version = 8) =>
      produce(client, batch(baseSequence), { txn: transactionalId, index }, version).errorCode,
    end: (committed: boolean, version = 3) => client.ask(endTxnApi, version, { ...identity, committed }).errorCode,
  };
}
