import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FetchResult } from '../../../src/models/kafka/index.js';
import { RecordBatch } from '../../../src/models/kafka/record-batch.js';
import {
  batchBytes,
  fetchNow,
  kafkaModel,
  produceBatch,
  readOn,
  recordsOf,
  startFetch,
} from '../../helpers/kafka-model.js';

const three = batchBytes([{ value: 'a' }, { value: 'b' }, { value: 'c' }]);

function withTopic(partitions = 1) {
  const model = kafkaModel();
  model.broker.createTopic('t', { partitions });
  return model;
}

/** Begins a fetch and collects its answer. */
function park(broker: ReturnType<typeof withTopic>['broker'], options: object) {
  const results: FetchResult[] = [];
  const abandon = startFetch(broker, 't', { maxWaitMs: 5_000, ...options }, (result) => results.push(result));
  return { results, abandon };
}

describe('one partition', () => {
  test('an offset inside a batch gives the whole batch', () => {
    const { broker } = withTopic();
    produceBatch(broker, 't', three);
    const result = fetchNow(broker, 't', { offset: 1 });
    expect(recordsOf(result).map(([offset]) => offset)).toEqual([0, 1, 2]);
    expect(result).toMatchObject({ highWatermark: 3, lastStable: 3, logStart: 0, error: undefined });
  });

  test('the end gives nothing, what is behind it or in front of the start is out of range', () => {
    const { broker } = withTopic();
    produceBatch(broker, 't', three);
    broker.cluster.partition('t', 0)?.deleteRecords(2);
    const at = (offset: number) => fetchNow(broker, 't', { offset });
    expect([at(3).error, recordsOf(at(3))]).toEqual([undefined, []]);
    expect([at(4).error, at(1).error]).toEqual(['OFFSET_OUT_OF_RANGE', 'OFFSET_OUT_OF_RANGE']);
    expect(at(4)).toMatchObject({ highWatermark: -1, logStart: -1 });
  });

  test('another name, node or epoch is refused', () => {
    const { broker } = withTopic();
    expect(fetchNow(broker, 'x').error).toBe('UNKNOWN_TOPIC_OR_PARTITION');
    expect(fetchNow(broker, 't', { nodeId: 2 })).toMatchObject({ error: 'NOT_LEADER_OR_FOLLOWER' });
    expect(fetchNow(broker, 't', { leaderEpoch: 1 }).error).toBe('UNKNOWN_LEADER_EPOCH');
    broker.cluster.partition('t', 0)?.lead(1);
    expect(fetchNow(broker, 't', { leaderEpoch: 0 }).error).toBe('FENCED_LEADER_EPOCH');
    expect(fetchNow(broker, '', { topicId: 'none' }).error).toBe('UNKNOWN_TOPIC_ID');
  });
});

describe('several partitions', () => {
  /** How many records come of each of them. */
  function countRecords(most: number[], maxBytes: number): number[] {
    const { broker } = withTopic(most.length);
    for (const index of most.keys()) for (let i = 0; i < 2; i++) produceBatch(broker, 't', three, { index });
    let results: readonly FetchResult[] = [];
    const partitions = most.map((maxBytes, index) => ({
      topic: 't',
      topicId: undefined,
      index,
      offset: 0,
      maxBytes,
      leaderEpoch: -1,
      lastFetchedEpoch: -1,
    }));
    broker.fetchService.fetch(
      { nodeId: 1, maxWaitMs: 0, minBytes: 1, maxBytes, committed: false, partitions },
      (given) => {
        results = given;
      },
    );
    return results.map((result) => recordsOf(result).length);
  }
  const size = three.length;

  test('the first batch comes whatever the limit; later partitions only when they fit', () => {
    expect(countRecords([1, 1], 1_000)).toEqual([3, 0]);
    expect(countRecords([size, size], 1_000)).toEqual([3, 3]);
  });

  test('where not even the first batch fits nothing is told of transactions', () => {
    const { broker } = withTopic(2);
    for (const index of [0, 1]) produceBatch(broker, 't', three, { index });
    const entry = (index: number, maxBytes: number) => ({
      topic: 't',
      topicId: undefined,
      index,
      offset: 0,
      maxBytes,
      leaderEpoch: -1,
      lastFetchedEpoch: -1,
    });
    const aborted = (maxBytes: number) => {
      let told: unknown[] = [];
      const partitions = [entry(0, 1_000), entry(1, maxBytes)];
      broker.fetchService.fetch(
        { nodeId: 1, maxWaitMs: 0, minBytes: 1, maxBytes: 1_000, committed: true, partitions },
        (results) => {
          told = results.map((result) => result.aborted);
        },
      );
      return told;
    };
    expect([aborted(1_000), aborted(1), aborted(0)]).toEqual([
      [[], []],
      [[], undefined],
      [[], []],
    ]);
  });

  test('where a batch does not fit, its beginning counts, and leaves no room for others', () => {
    const half = Math.ceil(size / 2);
    expect(countRecords([size + half, 1_000], 3 * size)).toEqual([3, 3]);
    expect(countRecords([size + half, 1_000], 2 * size + half - 1)).toEqual([3, 0]);
    // One of which there is nothing but the beginning takes no room.
    expect(countRecords([2 * size, half, 1_000], 3 * size)).toEqual([6, 0, 3]);
  });
});

describe('a node that follows', () => {
  function followed() {
    const { broker } = kafkaModel({ nodes: 3 });
    broker.createTopic('t', { assignments: [[1, 2]] });
    return broker;
  }

  test('gives what is committed to those who may read there, and knows where the log begins and ends', () => {
    const broker = followed();
    produceBatch(broker, 't', three);
    const at = (offset: number) => fetchNow(broker, 't', { nodeId: 2, mayFollow: true, offset });
    expect(recordsOf(at(0)).map(([offset]) => offset)).toEqual([0, 1, 2]);
    expect(at(3)).toMatchObject({ error: undefined, highWatermark: 3, lastStable: 3, logStart: 0 });
    broker.partition('t', 0).deleteRecords(2);
    expect([at(4).error, at(1).error]).toEqual(['OFFSET_OUT_OF_RANGE', 'OFFSET_OUT_OF_RANGE']);
    expect(fetchNow(broker, 't', { nodeId: 2 }).error).toBe('NOT_LEADER_OR_FOLLOWER');
  });

  test('lets those who wait know when something comes', () => {
    const broker = followed();
    const { results } = park(broker, { nodeId: 2, mayFollow: true });
    broker.produce('t', { value: 'a' });
    expect(results.map(recordsOf)).toEqual([[[0, null, 'a']]]);
  });

  test('has no more than it has copied', () => {
    const broker = followed();
    produceBatch(broker, 't', three);
    broker.partition('t', 0).pauseReplica(2);
    produceBatch(broker, 't', three, { acks: 1 });
    expect(fetchNow(broker, 't', { nodeId: 2, mayFollow: true, offset: 3 })).toMatchObject({ highWatermark: 3 });
    expect(fetchNow(broker, 't', { nodeId: 2, mayFollow: true, offset: 4 }).error).toBe('OFFSET_OUT_OF_RANGE');
  });
});

// As Kafka 3.9.1 answered.
describe('a leader', () => {
  const selector = 'org.apache.kafka.common.replica.RackAwareReplicaSelector';

  function racked(config: Record<string, string> = { 'replica.selector.class': selector }) {
    const { broker } = kafkaModel({ nodes: 3, racks: ['a', 'b', 'c'], config });
    broker.createTopic('t', { assignments: [[1, 2]] });
    produceBatch(broker, 't', three);
    const ask = (rack: string, offset = 0, nodeId = 1) =>
      fetchNow(broker, 't', { nodeId, rack, mayFollow: true, offset });
    return { broker, ask };
  }

  test('sends a client to the follower in its rack, without a record', () => {
    const { ask } = racked();
    const sent = ask('b');
    expect(sent).toMatchObject({ preferredReplica: 2, highWatermark: 3, lastStable: 3, logStart: 0, error: undefined });
    expect([sent.aborted, recordsOf(sent)]).toEqual([undefined, []]);
    for (const rack of ['', 'a', 'c', 'none']) {
      expect([ask(rack).preferredReplica, recordsOf(ask(rack)).length]).toEqual([undefined, 3]);
    }
    expect(ask('b', 9)).toMatchObject({ error: 'OFFSET_OUT_OF_RANGE', preferredReplica: undefined });
  });

  test('does so at once, and the follower sends nobody anywhere', () => {
    const { broker, ask } = racked();
    const options = { mayFollow: true, offset: 3 };
    expect(park(broker, { ...options, rack: 'b' }).results).toMatchObject([{ preferredReplica: 2 }]);
    expect(park(broker, { ...options, rack: 'a' }).results).toEqual([]);
    expect(ask('a', 0, 2).preferredReplica).toBeUndefined();
  });

  test('does so only where replica.selector.class asks for it', () => {
    expect(racked({}).ask('b').preferredReplica).toBeUndefined();
    expect(racked({ 'replica.selector.class': 'my.Selector' }).ask('b').preferredReplica).toBeUndefined();
  });
});

describe('waiting', () => {
  test('a partition that nobody knows ends no wait for others', () => {
    const { broker } = withTopic();
    const entry = (topic: string, index = 0) => ({
      topic,
      topicId: undefined,
      index,
      offset: 0,
      maxBytes: 1_000,
      leaderEpoch: -1,
      lastFetchedEpoch: -1,
    });
    const errors: unknown[] = [];
    const fetch = (...partitions: ReturnType<typeof entry>[]) =>
      broker.fetchService.fetch(
        { nodeId: 1, maxWaitMs: 5_000, minBytes: 1, maxBytes: 1_000, committed: false, partitions },
        (results) => errors.push(results.map(({ error }) => error)),
      );
    fetch(entry('t'), entry('t', 7), entry('none'));
    expect(errors).toEqual([]);
    broker.produce('t', { value: 'a' });
    expect(errors).toEqual([[undefined, 'UNKNOWN_TOPIC_OR_PARTITION', 'UNKNOWN_TOPIC_OR_PARTITION']]);
    fetch(entry('none'));
    expect(errors).toHaveLength(2);
  });

  test('a batch that is larger than there is room for is enough at once', () => {
    const { broker } = withTopic();
    produceBatch(broker, 't', three);
    expect(park(broker, { maxBytes: 1 }).results).toHaveLength(1);
  });

  test('a segment to which nothing is added any more is not waited for', () => {
    const { broker } = kafkaModel();
    broker.createTopic('t', { config: { 'segment.bytes': 2 * three.length } });
    const append = () => produceBatch(broker, 't', three);
    for (let i = 0; i < 4; i++) append();
    const wait = (offset: number) => park(broker, { offset, minBytes: 10_000 }).results;
    const offsetsOf = (results: FetchResult[]) => results.map((result) => recordsOf(result).map(([offset]) => offset));
    expect(offsetsOf(wait(0))).toEqual([[0, 1, 2, 3, 4, 5]]);
    const waiting = [wait(6), wait(12)];
    expect(waiting).toEqual([[], []]);
    append();
    expect(waiting.map(offsetsOf)).toEqual([[[6, 7, 8, 9, 10, 11]], [[12, 13, 14]]]);
    const behind = wait(12);
    append();
    expect(behind).toEqual([]);
    expect(park(broker, { offset: 6, minBytes: 2 * three.length, maxBytes: 10_000 }).results).toHaveLength(1);
  });

  test('who waits for records that are deleted is told when the time is over, or more has come', () => {
    const { broker, clock } = withTopic();
    const partition = broker.cluster.partition('t', 0);
    for (let i = 0; i < 2; i++) produceBatch(broker, 't', three);
    const wait = (minBytes: number) => park(broker, { offset: 1, minBytes }).results;
    const waiting = [wait(3 * three.length), wait(10_000)];
    partition?.deleteRecords(3);
    expect(waiting).toEqual([[], []]);
    produceBatch(broker, 't', three);
    const told = [{ error: 'OFFSET_OUT_OF_RANGE' }];
    expect(waiting).toMatchObject([told, []]);
    clock.advanceTo(clock.now + 5_000);
    expect(waiting).toMatchObject([told, told]);
  });

  test('nobody waits for more than may come', () => {
    const { broker } = withTopic();
    expect(park(broker, { maxBytes: 0 }).results).toHaveLength(1);
    expect(park(broker, { maxBytes: 1 }).results).toHaveLength(0);
  });

  test('an epoch that is to come has no end that a reader could have come to', () => {
    const { broker } = withTopic();
    expect(fetchNow(broker, 't', { lastFetchedEpoch: 1 }).error).toBe('OFFSET_OUT_OF_RANGE');
    expect(fetchNow(broker, 't', { lastFetchedEpoch: 0 }).error).toBeUndefined();
  });

  test('an append wakes it at once', () => {
    const { broker } = withTopic();
    const { results } = park(broker, {});
    expect(results).toEqual([]);
    broker.produce('t', { value: 'a' });
    expect(results.map(recordsOf)).toEqual([[[0, null, 'a']]]);
    expect(broker.fetchService.waitingCount).toBe(0);
  });

  test('it lasts until there are as many bytes as asked for, or the time is over', () => {
    const { broker, clock } = withTopic();
    const { results } = park(broker, { minBytes: 300 });
    produceBatch(broker, 't', three);
    expect(results).toEqual([]);
    clock.advanceTo(clock.now + 4_999);
    expect(results).toEqual([]);
    clock.advanceTo(clock.now + 1);
    expect(results.map((result) => recordsOf(result).length)).toEqual([3]);
  });

  test('a topic that is deleted, or a leader that moves, ends it', () => {
    const { broker } = withTopic();
    const named = park(broker, {});
    const byId = park(broker, { topicId: broker.cluster.topic('t')?.id });
    broker.cluster.deleteTopic('t');
    expect(named.results[0]?.error).toBe('UNKNOWN_TOPIC_OR_PARTITION');
    expect(byId.results[0]?.error).toBe('UNKNOWN_TOPIC_OR_PARTITION');
    const model = kafkaModel({ nodes: 2 });
    model.broker.createTopic('t', { assignments: [[1, 2]] });
    const moved = park(model.broker, {});
    model.broker.stopNode(1);
    expect(moved.results[0]).toMatchObject({ error: 'NOT_LEADER_OR_FOLLOWER', leader: { leader: 2 } });
  });

  test('a client that has gone is not answered', () => {
    const { broker } = withTopic();
    const { results, abandon } = park(broker, {});
    abandon?.();
    broker.produce('t', { value: 'a' });
    expect([results, broker.fetchService.waitingCount]).toEqual([[], 0]);
  });
});

describe('reading what is committed', () => {
  const transactional = (value: string, baseSequence: number, id = 9) =>
    batchBytes([{ value }], { id, epoch: 0, baseSequence, transactional: true });
  const marker = (commit: boolean, producerId = 9) => ({ producerId, producerEpoch: 0, coordinatorEpoch: 0, commit });

  test('an open transaction holds it back until its marker, which wakes who waits', () => {
    const { broker } = withTopic();
    const partition = broker.cluster.partition('t', 0);
    partition?.append(batchOf(transactional('a', 0)));
    expect(fetchNow(broker, 't', { committed: true })).toMatchObject({ lastStable: 0, highWatermark: 1, batches: [] });
    expect(recordsOf(fetchNow(broker, 't'))).toHaveLength(1);
    const { results } = park(broker, { committed: true });
    expect(results).toEqual([]);
    partition?.appendMarker(marker(true));
    // The marker is of a much later time, and so in a segment of its own.
    expect(results[0]?.batches).toHaveLength(1);
    expect(results[0]?.aborted).toEqual([]);
  });

  test('who asks for something behind the begin of an open transaction does not wait', () => {
    const { broker } = withTopic();
    const partition = broker.cluster.partition('t', 0);
    produceBatch(broker, 't', three);
    expect(park(broker, { committed: true, offset: 3 }).results).toEqual([]);
    partition?.append(batchOf(transactional('a', 0)));
    expect(park(broker, { committed: true, offset: 3 }).results).toEqual([]);
    expect(park(broker, { committed: true, offset: 4 }).results).toMatchObject([{ lastStable: 3, batches: [] }]);
    expect(park(broker, { offset: 4 }).results).toEqual([]);
  });

  test('aborted transactions are listed, also those that began in front of the offset', () => {
    const { broker } = withTopic();
    const partition = broker.cluster.partition('t', 0);
    partition?.append(batchOf(transactional('a', 0)));
    partition?.append(batchOf(transactional('x', 0, 4)));
    partition?.append(batchOf(transactional('b', 1)));
    partition?.appendMarker(marker(false));
    partition?.appendMarker(marker(true, 4));
    const result = fetchNow(broker, 't', { committed: true, offset: 2 });
    expect(result.aborted).toEqual([{ producerId: 9, firstOffset: 0, lastOffset: 3 }]);
    expect(fetchNow(broker, 't', { committed: true, offset: 4 }).aborted).toEqual([]);
    expect(fetchNow(broker, 't').aborted).toBeUndefined();
    expect(
      broker
        .topic('t')
        .records()
        .map((record) => record.text()),
    ).toEqual(['x']);
  });
});

test('prop: K7 a fetch is contiguous, keeps its limits but for the first batch, and waits no longer and no less than asked', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 10 }),
      fc.nat(120),
      fc.integer({ min: 1, max: 3_000 }),
      fc.nat(4_000),
      fc.nat(5_000),
      (sizes, from, maxBytes, minBytes, maxWaitMs) => {
        const { broker, clock } = withTopic();
        const batches: Array<{ base: number; end: number; bytes: number }> = [];
        let end = 0;
        for (const size of sizes) {
          const bytes = batchBytes(Array.from({ length: size }, () => ({ value: 'v' })));
          produceBatch(broker, 't', bytes);
          batches.push({ base: end, end: end + size, bytes: bytes.length });
          end += size;
        }
        const offset = Math.min(from, end);
        const left = batches.filter((batch) => batch.end > offset);
        const available = left.reduce((sum, batch) => sum + batch.bytes, 0);
        const { results } = park(broker, { offset, maxBytes, minBytes, maxWaitMs });
        // More than there is room for ends no wait, but for the first batch.
        const readable = Math.max(left[0]?.bytes ?? 0, Math.min(available, maxBytes));
        const mustWait = readable < Math.min(minBytes, maxBytes) && maxWaitMs > 0;
        expect(results.length).toBe(mustWait ? 0 : 1);
        if (mustWait) {
          clock.advanceTo(clock.now + maxWaitMs - 1);
          expect(results.length).toBe(0);
          clock.advanceTo(clock.now + 1);
        }
        const got = results[0]?.batches ?? [];
        let bytes = 0;
        const expected = left.filter((batch, at) => {
          bytes += batch.bytes;
          return at === 0 || bytes <= maxBytes;
        });
        expect(got.map((batch) => [batch.baseOffset, batch.endOffset])).toEqual(expected.map((b) => [b.base, b.end]));
      },
    ),
    { numRuns: 1_000 },
  );
});

test('prop: K2 an offset always has the same record, whatever is asked for, produced, compacted or restored in between', () => {
  const step = fc.record({
    kind: fc.constantFrom('wire', 'native', 'fetch', 'compact', 'snapshot', 'delete'),
    n: fc.nat(40),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
      const { broker } = kafkaModel();
      broker.createTopic('t', { config: { 'cleanup.policy': 'compact,delete', 'segment.bytes': 300 } });
      const first = new Map<number, string>();
      const observe = (from: number) => {
        for (const [offset, key, value] of readOn(broker, 't', from)) {
          const seen = `${key}=${value}`;
          expect(first.get(offset) ?? seen).toBe(seen);
          first.set(offset, seen);
        }
      };
      let serial = 0;
      for (const { kind, n } of steps) {
        const view = broker.topic('t').partitions[0];
        const key = `k${n % 5}`;
        if (kind === 'wire')
          produceBatch(
            broker,
            't',
            batchBytes([
              { key, value: `${serial++}` },
              { key, value: `${serial++}` },
            ]),
          );
        if (kind === 'native') broker.produce('t', { key, value: `${serial++}` });
        if (kind === 'fetch') observe(Math.min(n, view?.logEnd ?? 0));
        if (kind === 'compact') broker.runCompaction();
        if (kind === 'snapshot') broker.restore(broker.snapshot());
        if (kind === 'delete') broker.cluster.partition('t', 0)?.deleteRecords(Math.min(n, view?.highWatermark ?? 0));
        observe(broker.topic('t').partitions[0]?.logStart ?? 0);
      }
      for (const record of broker.topic('t').records()) {
        expect(first.get(record.offset)).toBe(`${record.key}=${record.text()}`);
      }
    }),
    { numRuns: 1_000 },
  );
});

function batchOf(bytes: Uint8Array): RecordBatch {
  return RecordBatch.parse(Buffer.from(bytes));
}
