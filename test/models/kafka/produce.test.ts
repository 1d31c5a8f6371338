import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { crc32c } from '../../../src/models/kafka/crc32c.js';
import type { ProduceResult } from '../../../src/models/kafka/index.js';
import { RecordBatch } from '../../../src/models/kafka/record-batch.js';
import { batchBytes, fetchNow, kafkaModel, produceBatch, recordsOf, startProduce } from '../../helpers/kafka-model.js';

const ONE = batchBytes([{ key: 'k', value: 'v' }]);

/** A batch with some bytes of its header changed and, unless asked otherwise, a checksum that fits. */
function changed(bytes: Uint8Array, change: (buffer: Buffer) => void, fixChecksum = true): Uint8Array {
  const buffer = Buffer.from(bytes);
  change(buffer);
  if (fixChecksum) buffer.writeUInt32BE(crc32c(buffer, 21), 17);
  return buffer;
}

describe('what is refused, in the order of the checks', () => {
  const cases: ReadonlyArray<readonly [string, Uint8Array | null, object, string]> = [
    ['acks that mean nothing', ONE, { acks: 2 }, 'INVALID_REQUIRED_ACKS'],
    ['a partition that does not exist', ONE, { index: 5 }, 'UNKNOWN_TOPIC_OR_PARTITION'],
    ['no batch', null, {}, 'INVALID_RECORD'],
    ['an empty one', new Uint8Array(0), {}, 'INVALID_RECORD'],
    ['an older format', changed(ONE, (b) => void b.writeInt8(1, 16)), {}, 'INVALID_RECORD'],
    ['two batches', Buffer.concat([ONE, ONE]), {}, 'INVALID_RECORD'],
    [
      'zstd from an old client',
      changed(ONE, (b) => void b.writeInt16BE(4, 21)),
      { zstdAllowed: false },
      'UNSUPPORTED_COMPRESSION_TYPE',
    ],
    ['a node that does not lead', ONE, { nodeId: 2 }, 'NOT_LEADER_OR_FOLLOWER'],
    ['an offset that is not 0', changed(ONE, (b) => void b.writeInt32BE(1, 4)), {}, 'INVALID_RECORD'],
    ['more than max.message.bytes', batchBytes([{ value: 'x'.repeat(3_000) }]), {}, 'MESSAGE_TOO_LARGE'],
    ['a wrong checksum', changed(ONE, (b) => void b.writeInt8(7, 30), false), {}, 'CORRUPT_MESSAGE'],
    ['a length that is not there', changed(ONE, (b) => void b.writeInt32BE(500, 8)), {}, 'INVALID_RECORD'],
    ['a count that does not fit', changed(ONE, (b) => void b.writeInt32BE(3, 57)), {}, 'INVALID_RECORD'],
    ['a last offset that does not fit', changed(ONE, (b) => void b.writeInt32BE(4, 23)), {}, 'INVALID_RECORD'],
    ['no records', changed(ONE, (b) => void b.writeInt32BE(0, 57)), {}, 'INVALID_RECORD'],
    ['a control batch', changed(ONE, (b) => void b.writeInt16BE(0x20, 21)), {}, 'INVALID_RECORD'],
    ['a producer without a sequence', changed(ONE, (b) => void b.fill(0, 43, 51)), {}, 'INVALID_RECORD'],
  ];
  test.each(cases)('%s', (_name, records, options, error) => {
    const { broker } = kafkaModel({ nodes: 2 });
    broker.createTopic('t', { assignments: [[1]], config: { 'max.message.bytes': 2_000 } });
    const result = produceBatch(broker, 't', records, options);
    expect(result).toMatchObject({ error, baseOffset: -1 });
    expect(broker.topic('t').partitions[0]?.logEnd).toBe(0);
  });

  test('an internal topic, unless the client is the admin client', () => {
    const { broker } = kafkaModel();
    broker.createTopic('__consumer_offsets');
    expect(produceBatch(broker, '__consumer_offsets', ONE).error).toBe('INVALID_TOPIC_EXCEPTION');
    expect(produceBatch(broker, '__consumer_offsets', ONE, { clientId: '__admin_client' }).error).toBeUndefined();
  });

  test('a batch that is larger than a segment', () => {
    const { broker } = kafkaModel();
    broker.createTopic('t', { config: { 'segment.bytes': 100 } });
    expect(produceBatch(broker, 't', batchBytes([{ value: 'x'.repeat(100) }])).error).toBe('RECORD_LIST_TOO_LARGE');
  });

  test('records without a key in a compacted topic, each named', () => {
    const { broker } = kafkaModel();
    broker.createTopic('t', { config: { 'cleanup.policy': 'compact' } });
    const records = batchBytes([{ key: 'a' }, { value: 'b' }, { value: 'c' }]);
    const result = produceBatch(broker, 't', records);
    expect(result.error).toBe('INVALID_RECORD');
    expect(result.recordErrors.map(({ batchIndex }) => batchIndex)).toEqual([1, 2]);
  });

  test('a compressed batch of a compacted topic that cannot be unfolded', () => {
    const { broker } = kafkaModel();
    broker.createTopic('t', { config: { 'cleanup.policy': 'compact' } });
    const broken = changed(ONE, (b) => void b.writeInt16BE(1, 21));
    expect(produceBatch(broker, 't', broken).error).toBe('CORRUPT_MESSAGE');
  });

  test('times too far before or behind the present', () => {
    const { broker, clock } = kafkaModel();
    const config = { 'message.timestamp.before.max.ms': 1_000, 'message.timestamp.after.max.ms': 500 };
    broker.createTopic('t', { config });
    const at = (ms: number) => produceBatch(broker, 't', batchBytes([{ timestampMs: clock.now + ms }])).error;
    expect([at(-1_001), at(-1_000), at(500), at(501)]).toEqual([
      'INVALID_TIMESTAMP',
      undefined,
      undefined,
      'INVALID_TIMESTAMP',
    ]);
    expect(produceBatch(broker, 't', batchBytes([{ timestampMs: -1 }])).error).toBeUndefined();
  });

  test('times too far from the present, by the setting of old that stands for both', () => {
    const { broker, clock } = kafkaModel();
    broker.createTopic('t', { config: { 'message.timestamp.difference.max.ms': 500 } });
    const at = (ms: number) => produceBatch(broker, 't', batchBytes([{ timestampMs: clock.now + ms }])).error;
    expect([at(-500), at(500)]).toEqual([undefined, undefined]);
    expect([at(-501), at(501)]).toEqual(['INVALID_TIMESTAMP', 'INVALID_TIMESTAMP']);
  });

  test('one partition of several fails alone', () => {
    const { broker } = kafkaModel();
    broker.createTopic('t', { partitions: 2 });
    let results: readonly ProduceResult[] = [];
    const request = {
      nodeId: 1,
      acks: 1,
      timeoutMs: 0,
      transactionalId: null,
      clientId: '',
      zstdAllowed: true,
      knowsAbortable: false,
      partitions: [0, 9, 1].map((index) => ({ topic: 't', index, records: ONE })),
    };
    broker.produceService.produce(request, (given) => {
      results = given;
    });
    expect(results.map(({ error, baseOffset }) => [error, baseOffset])).toEqual([
      [undefined, 0],
      ['UNKNOWN_TOPIC_OR_PARTITION', -1],
      [undefined, 0],
    ]);
  });
});

describe('what is stored', () => {
  test('differs from what was sent in the offset and the leader epoch alone, and its checksum fits', () => {
    const { broker } = kafkaModel();
    broker.createTopic('t');
    produceBatch(broker, 't', ONE);
    produceBatch(broker, 't', ONE);
    const [, second] = fetchNow(broker, 't').batches;
    const stored = Buffer.from(second?.bytes ?? []);
    expect(stored.readBigInt64BE(0)).toBe(1n);
    expect(stored.subarray(16)).toEqual(Buffer.from(ONE).subarray(16));
    expect(second?.isIntact).toBe(true);
  });

  test('belongs to the broker: the bytes of the request may change afterwards', () => {
    const { broker } = kafkaModel();
    broker.createTopic('t');
    const sent = Buffer.from(ONE);
    produceBatch(broker, 't', sent);
    sent.fill(0);
    expect(recordsOf(fetchNow(broker, 't'))).toEqual([[0, 'k', 'v']]);
  });

  test('has the time of its append where the topic says so', () => {
    const { broker, clock } = kafkaModel();
    broker.createTopic('t', { config: { 'message.timestamp.type': 'LogAppendTime' } });
    const result = produceBatch(broker, 't', batchBytes([{ value: 'a', timestampMs: 5 }, { value: 'b' }]));
    expect(result.logAppendTimeMs).toBe(clock.now);
    const [batch] = fetchNow(broker, 't').batches;
    expect([batch?.hasLogAppendTime, batch?.isIntact, batch?.maxTimestampMs]).toEqual([true, true, clock.now]);
    const times = broker
      .topic('t')
      .records()
      .map((record) => record.timestampMs);
    expect(times).toEqual([clock.now, clock.now]);
  });

  test('is read natively out of gzip', () => {
    const { broker } = kafkaModel();
    const plain = batchBytes([
      { key: 'a', value: 'one' },
      { key: 'b', value: 'two' },
    ]);
    const packed = gzipSync(Buffer.from(plain).subarray(61));
    const header = Buffer.from(plain.subarray(0, 61));
    header.writeInt32BE(61 + packed.length - 12, 8);
    const bytes = changed(Buffer.concat([header, packed]), (b) => void b.writeInt16BE(1, 21));
    broker.createTopic('t');
    expect(produceBatch(broker, 't', bytes).error).toBeUndefined();
    expect(
      broker
        .topic('t')
        .records()
        .map((record) => [record.key, record.text()]),
    ).toEqual([
      ['a', 'one'],
      ['b', 'two'],
    ]);
  });
});

describe('acknowledgement by all in-sync replicas', () => {
  const start = () => {
    const model = kafkaModel({ nodes: 3 });
    model.broker.createTopic('t', { assignments: [[1, 2, 3]], config: { 'min.insync.replicas': 2 } });
    const partition = model.broker.cluster.partition('t', 0);
    if (!partition) throw new Error('no partition');
    return { ...model, partition };
  };

  test('waits for a slow follower, and comes when that has caught up', () => {
    const { broker, partition } = start();
    partition.pauseReplica(3);
    const results: ProduceResult[] = [];
    startProduce(broker, 't', ONE, {}, (result) => results.push(result));
    expect(results).toEqual([]);
    expect(partition.log.highWatermark).toBe(0);
    partition.resumeReplica(3);
    expect(results).toMatchObject([{ error: undefined, baseOffset: 0 }]);
  });

  test('comes once a follower that does not follow has left the in-sync set', () => {
    const { broker, partition, clock } = start();
    partition.pauseReplica(3);
    const results: ProduceResult[] = [];
    startProduce(broker, 't', ONE, { timeoutMs: 60_000 }, (result) => results.push(result));
    clock.advanceTo(clock.now + 30_000);
    expect(partition.isr).toEqual([1, 2]);
    expect(results).toMatchObject([{ error: undefined }]);
  });

  test('is a timeout when it takes too long; the data stays', () => {
    const { broker, partition, clock } = start();
    partition.pauseReplica(3);
    const results: ProduceResult[] = [];
    startProduce(broker, 't', ONE, { timeoutMs: 500 }, (result) => results.push(result));
    clock.advanceTo(clock.now + 500);
    expect(results).toMatchObject([{ error: 'REQUEST_TIMED_OUT' }]);
    expect(partition.log.logEnd).toBe(1);
  });

  test('is refused when too few are in sync, and nothing is appended', () => {
    const { broker, partition } = start();
    broker.stopNode(2);
    broker.stopNode(3);
    expect(produceBatch(broker, 't', ONE).error).toBe('NOT_ENOUGH_REPLICAS');
    expect(partition.log.logEnd).toBe(0);
  });

  test('without it the batch is taken, but nobody sees it until enough are in sync again', () => {
    const { broker, partition } = start();
    broker.stopNode(2);
    broker.stopNode(3);
    expect(produceBatch(broker, 't', ONE, { acks: 1 }).error).toBeUndefined();
    expect(partition.log.highWatermark).toBe(0);
    expect(recordsOf(fetchNow(broker, 't'))).toEqual([]);
    broker.startNode(2);
    expect(recordsOf(fetchNow(broker, 't'))).toEqual([[0, 'k', 'v']]);
  });

  test('waits on when replicas leave after the append, until enough are back', () => {
    const { broker, partition } = start();
    partition.pauseReplica(2);
    partition.pauseReplica(3);
    const results: ProduceResult[] = [];
    startProduce(broker, 't', ONE, {}, (result) => results.push(result));
    broker.stopNode(3);
    broker.stopNode(2);
    expect(results).toEqual([]);
    broker.startNode(2);
    expect(results).toMatchObject([{ error: undefined }]);
  });

  test('fails when another node leads before it came', () => {
    const { broker, partition } = start();
    partition.pauseReplica(3);
    const results: ProduceResult[] = [];
    startProduce(broker, 't', ONE, {}, (result) => results.push(result));
    broker.stopNode(1);
    expect(results).toMatchObject([{ error: 'NOT_LEADER_OR_FOLLOWER' }]);
    expect(results[0]?.leader?.leader).toBe(2);
  });

  test('is forgotten when the client has gone', () => {
    const { broker, partition } = start();
    partition.pauseReplica(3);
    const results: ProduceResult[] = [];
    const abandon = startProduce(broker, 't', ONE, {}, (result) => results.push(result));
    abandon?.();
    partition.resumeReplica(3);
    expect(results).toEqual([]);
  });

  test('never needs more replicas than there are', () => {
    const { broker } = kafkaModel();
    broker.createTopic('t', { config: { 'min.insync.replicas': 2 } });
    expect(produceBatch(broker, 't', ONE).error).toBeUndefined();
  });
});

describe('idempotent producers', () => {
  const sequence = (baseSequence: number, count = 1, epoch = 0, id = 7) =>
    batchBytes(
      Array.from({ length: count }, (_, at) => ({ value: `${baseSequence + at}` })),
      { id, epoch, baseSequence },
    );

  test('a batch that comes again is told the time of the first, whoever set it', () => {
    const { broker } = kafkaModel();
    broker.createTopic('t');
    const timed = (timestampMs: number) =>
      batchBytes([{ value: 'v', timestampMs }], { id: 7, epoch: 0, baseSequence: 0 });
    expect(produceBatch(broker, 't', timed(5)).logAppendTimeMs).toBe(-1);
    expect(produceBatch(broker, 't', timed(9)).logAppendTimeMs).toBe(5);
  });

  test('a batch that comes again is not appended, and gets the place of the first', () => {
    const { broker } = kafkaModel();
    broker.createTopic('t');
    for (let at = 0; at < 6; at++) produceBatch(broker, 't', sequence(at * 2, 2));
    expect(produceBatch(broker, 't', sequence(10, 2))).toMatchObject({ error: undefined, baseOffset: 10 });
    expect(produceBatch(broker, 't', sequence(2, 2))).toMatchObject({ error: undefined, baseOffset: 2 });
    expect(produceBatch(broker, 't', sequence(0, 2)).error).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER');
    expect(broker.topic('t').partitions[0]?.logEnd).toBe(12);
  });

  test('the first batch may begin anywhere, a new epoch begins at 0, an old one is fenced', () => {
    const { broker } = kafkaModel();
    broker.createTopic('t');
    expect(produceBatch(broker, 't', sequence(40)).error).toBeUndefined();
    expect(produceBatch(broker, 't', sequence(3, 1, 1)).error).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER');
    expect(produceBatch(broker, 't', sequence(0, 1, 1)).error).toBeUndefined();
    expect(produceBatch(broker, 't', sequence(41))).toMatchObject({
      error: 'INVALID_PRODUCER_EPOCH',
      logStartOffset: 0,
    });
  });

  test('2147483647 is followed by 0', () => {
    const { broker } = kafkaModel();
    broker.createTopic('t');
    produceBatch(broker, 't', sequence(2_147_483_646, 2));
    expect(produceBatch(broker, 't', sequence(0)).error).toBeUndefined();
    expect(produceBatch(broker, 't', sequence(2_147_483_646, 2))).toMatchObject({ error: undefined, baseOffset: 0 });
  });

  test('without a producer id, as kafkajs sends, nothing is recognised', () => {
    const { broker } = kafkaModel();
    broker.createTopic('t');
    const bytes = changed(ONE, (b) => {
      b.writeInt16BE(0, 51);
      b.writeInt32BE(0, 53);
    });
    expect(
      [produceBatch(broker, 't', bytes), produceBatch(broker, 't', bytes)].map(({ baseOffset }) => baseOffset),
    ).toEqual([0, 1]);
  });

  test('prop: K4 repetitions are stored once, gaps and old epochs are refused (model of the last five batches)', () => {
    const step = fc.record({
      id: fc.nat(1),
      epoch: fc.nat(2),
      move: fc.constantFrom('next', 'next', 'next', 'again', 'skip', 'zero'),
      back: fc.integer({ min: 1, max: 7 }),
      count: fc.integer({ min: 1, max: 3 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const { broker } = kafkaModel();
        broker.createTopic('t');
        interface Known {
          epoch: number;
          next: number;
          sent: Array<{ first: number; count: number; offset: number }>;
        }
        const known = new Map<number, Known>();
        let end = 0;
        for (const { id, epoch, move, back, count } of steps) {
          const state = known.get(id);
          const again = move === 'again' ? state?.sent.at(-back) : undefined;
          const first = again?.first ?? (move === 'zero' ? 0 : (state?.next ?? 0) + (move === 'skip' ? 1 : 0));
          const size = again?.count ?? count;
          const result = produceBatch(broker, 't', sequence(first, size, epoch, id));
          let expected: string | number;
          const repeated =
            epoch === state?.epoch && state.sent.slice(-5).find((b) => b.first === first && b.count === size);
          if (repeated) expected = repeated.offset;
          else if (state && epoch < state.epoch) expected = 'INVALID_PRODUCER_EPOCH';
          else if (state && first !== (epoch > state.epoch ? 0 : state.next)) expected = 'OUT_OF_ORDER_SEQUENCE_NUMBER';
          else {
            expected = end;
            const sent = state && epoch === state.epoch ? state.sent : [];
            sent.push({ first, count: size, offset: end });
            known.set(id, { epoch, next: first + size, sent });
            end += size;
          }
          expect(result.error ?? result.baseOffset).toBe(expected);
        }
        expect(broker.topic('t').partitions[0]?.logEnd).toBe(end);
      }),
      { numRuns: 1_000 },
    );
  });
});

test('prop: K1 offsets are dense, and each batch begins where the last one ended, markers included', () => {
  const step = fc.record({
    partition: fc.nat(7),
    count: fc.integer({ min: 1, max: 50 }),
    kind: fc.constantFrom('wire', 'native', 'marker'),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      const { broker } = kafkaModel();
      broker.createTopic('t', { partitions: 8 });
      const ends = Array.from({ length: 8 }, () => 0);
      for (const { partition: index, count, kind } of steps) {
        const partition = broker.cluster.partition('t', index);
        const before = ends[index] as number;
        if (kind === 'wire') {
          const records = batchBytes(Array.from({ length: count }, () => ({ value: 'v' })));
          expect(produceBatch(broker, 't', records, { index }).baseOffset).toBe(before);
          ends[index] = before + count;
        } else if (kind === 'native') {
          for (let at = 0; at < count; at++) {
            expect(broker.produce('t', { value: 'v', partition: index }).offset).toBe(before + at);
          }
          ends[index] = before + count;
        } else {
          partition?.appendMarker({ producerId: 1, producerEpoch: 0, coordinatorEpoch: 0, commit: true });
          ends[index] = before + 1;
        }
        expect(partition?.log.logEnd).toBe(ends[index]);
        expect(partition?.log.highWatermark).toBe(ends[index]);
      }
    }),
    { numRuns: 1_000 },
  );
});

/** What is wrong with the partition, or with the whole request. */
function codeOf(produce: () => { readonly error?: string | undefined }): string | undefined {
  try {
    return produce().error;
  } catch (error) {
    return (error as { code: string }).code;
  }
}

test('prop: K17 a flipped bit in what the checksum covers is found, any other never does harm', () => {
  const bytes = batchBytes([{ key: 'key', value: 'value', headers: [['h', 'x']] }, { value: 'two' }]);
  fc.assert(
    fc.property(fc.nat(bytes.length * 8 - 1), (bit) => {
      const { broker } = kafkaModel();
      broker.createTopic('t');
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
      const error = codeOf(() => produceBatch(broker, 't', flipped, { transactionalId: 'x' }));
      if (bit >> 3 >= 17) expect(error).toBe('CORRUPT_MESSAGE');
      // The broker replaces the leader epoch whatever it was.
      else if (bit >> 3 >= 12 && bit >> 3 < 16) expect(error).toBeUndefined();
      else expect(error).toMatch(/CORRUPT_MESSAGE|INVALID_RECORD/);
    }),
    { numRuns: 1_500 },
  );
});

test('a sealed batch stays as it is when more is produced natively', () => {
  const { broker } = kafkaModel();
  broker.produce('t', { value: 'a' });
  const [first] = fetchNow(broker, 't').batches;
  const before = Buffer.from(first?.bytes ?? []);
  broker.produce('t', { value: 'b' });
  expect(Buffer.from(first?.bytes ?? [])).toEqual(before);
  expect(recordsOf(fetchNow(broker, 't')).map(([offset]) => offset)).toEqual([0, 1]);
  expect(first).toBeInstanceOf(RecordBatch);
});

// As Kafka 3.9.1 answered.
test('who is fenced while his successor has written is refused by the log, which says where it begins', () => {
  const { broker } = kafkaModel();
  broker.createTopic('t');
  const { transactions } = broker;
  const begin = () => transactions.initProducerId('x', 60_000);
  const send = ({ producerId: id, producerEpoch: epoch }: ReturnType<typeof begin>) => {
    const content = { key: null, value: Buffer.from('v'), headers: [], timestampMs: 1 };
    const batch = RecordBatch.of([content], { id, epoch, baseSequence: 0, transactional: true });
    return produceBatch(broker, 't', batch.bytes, { transactionalId: 'x' });
  };
  const [old, current] = [begin(), begin()];
  transactions.addPartitions('x', current, [{ topic: 't', partition: 0 }]);
  const early = send(old);
  expect([early.error, early.logStartOffset]).toEqual(['INVALID_PRODUCER_EPOCH', -1]);
  expect(send(current).error).toBeUndefined();
  const late = send(old);
  expect([late.error, late.logStartOffset]).toEqual(['INVALID_PRODUCER_EPOCH', 0]);
});
