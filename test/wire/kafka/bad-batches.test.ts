/** What the Kafka door does with batches that no client should send. The answers were given by Kafka 3.9.1. */
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { crc32c } from '../../../src/models/kafka/crc32c.js';
import { produceApi } from '../../../src/wire/kafka/handlers/produce.js';
import { baseOf, batchRequest, fetch, offsetAt, produce } from '../../helpers/kafka-ask.js';
import { batchBytes } from '../../helpers/kafka-model.js';
import { KafkaWorld } from '../../helpers/kafka-wire.js';

const AT = 1_700_000_000_000;
const one = () => Buffer.from(batchBytes([{ key: 'k', value: 'v', headers: [['h', 'x']], timestampMs: AT }]));
const two = () => Buffer.from(batchBytes([{ value: 'v' }, { value: 'w' }]));

/** A batch with some bytes changed, and a checksum that knows of it. */
function changed(change: (batch: Buffer) => void, batch: Buffer = one()): Buffer {
  change(batch);
  batch.writeUInt32BE(crc32c(batch, 21), 17);
  return batch;
}

/** A batch with some bytes changed behind the back of its checksum. */
function broken(change: (batch: Buffer) => void): Buffer {
  const batch = one();
  change(batch);
  return batch;
}

/** A batch that says one record, with these bytes for it. */
function holding(hex: string): Buffer {
  const batch = Buffer.concat([one().subarray(0, 61), Buffer.from(hex, 'hex')]);
  return changed((bytes) => void bytes.writeInt32BE(batch.length - 12, 8), batch);
}

/** A record of these bytes, with a length that fits. */
const record = (hex: string) => holding(((hex.length / 2) * 2).toString(16).padStart(2, '0') + hex);

/** Attributes and two deltas of 0, key "k", value "v"; the count of headers and they follow. */
const KV = '000000' + '026b' + '0276';
/** Header "h" with the value "x". */
const HX = '0268' + '0278';

const start = () => {
  const world = new KafkaWorld();
  world.broker.createTopic('t', { partitions: 2 });
  return { world, client: world.connect() };
};

type Case = readonly [what: string, records: Uint8Array, code: string];

const FRAMES: readonly Case[] = [
  ['nothing', new Uint8Array(0), 'INVALID_RECORD'],
  ['three bytes', Buffer.alloc(3), 'INVALID_RECORD'],
  ['a header that ends early', one().subarray(0, 60), 'INVALID_RECORD'],
  ['a header alone', one().subarray(0, 61), 'INVALID_RECORD'],
  ['a batch that ends one byte early', one().subarray(0, -1), 'INVALID_RECORD'],
  ['a byte behind the batch', Buffer.concat([one(), Buffer.of(0)]), 'NONE'],
  ['half a batch behind the batch', Buffer.concat([one(), one().subarray(0, 30)]), 'NONE'],
  ['two batches', Buffer.concat([one(), one()]), 'INVALID_RECORD'],
  ['a length less than that of a header', broken((b) => void b.writeInt32BE(48, 8)), 'CORRUPT_MESSAGE'],
  ['a length of one byte less', broken((b) => void b.writeInt32BE(b.length - 13, 8)), 'CORRUPT_MESSAGE'],
  ['a length of one byte more', broken((b) => void b.writeInt32BE(b.length - 11, 8)), 'INVALID_RECORD'],
  ['format 0', broken((b) => void b.writeInt8(0, 16)), 'INVALID_RECORD'],
  ['format 1', broken((b) => void b.writeInt8(1, 16)), 'INVALID_RECORD'],
];

/** No batch at all: Kafka stops to read the request. */
const SPOILING: ReadonlyArray<readonly [what: string, records: Uint8Array]> = [
  ['a negative length', broken((b) => void b.writeInt32BE(-1, 8))],
  ['a length of 0', broken((b) => void b.writeInt32BE(0, 8))],
  ['format 3', broken((b) => void b.writeInt8(3, 16))],
  ['format -1', broken((b) => void b.writeInt8(-1, 16))],
];

const HEADERS: readonly Case[] = [
  ['a checksum that does not fit', broken((b) => void b.writeUInt32BE(7, 17)), 'CORRUPT_MESSAGE'],
  ['a changed record', broken((b) => void b.writeInt8(1, 66)), 'CORRUPT_MESSAGE'],
  ['a base offset', broken((b) => void b.writeInt32BE(5, 4)), 'INVALID_RECORD'],
  ['a leader epoch', broken((b) => void b.writeInt32BE(77, 12)), 'NONE'],
  ['a last offset that is not there', changed((b) => void b.writeInt32BE(1, 23)), 'INVALID_RECORD'],
  ['a negative last offset', changed((b) => void b.writeInt32BE(-1, 23)), 'INVALID_RECORD'],
  ['a count of 0', changed((b) => void b.writeInt32BE(0, 57)), 'INVALID_RECORD'],
  ['a negative count', changed((b) => void b.writeInt32BE(-1, 57)), 'INVALID_RECORD'],
  ['a count that its last offset does not bear out', changed((b) => void b.writeInt32BE(2, 57)), 'INVALID_RECORD'],
  ['two records said, one there', said(one(), 2), 'INVALID_RECORD'],
  ['one record said, two there', said(two(), 1), 'INVALID_RECORD'],
  ['as many records as can be said', said(one(), 0x7fffffff), 'INVALID_RECORD'],
  ['a control batch', changed((b) => void b.writeInt16BE(0x20, 21)), 'INVALID_RECORD'],
  ['an attribute that is not known', changed((b) => void b.writeInt16BE(0x80, 21)), 'NONE'],
  ['a producer without a sequence', changed((b) => void b.fill(0, 43, 53)), 'INVALID_RECORD'],
];

/** A batch that says so many records. */
function said(batch: Buffer, count: number): Buffer {
  return changed((bytes) => {
    bytes.writeInt32BE(count - 1, 23);
    bytes.writeInt32BE(count, 57);
  }, batch);
}

const RECORDS: readonly Case[] = [
  ['a whole record', record(`${KV}02${HX}`), 'NONE'],
  ['no record', holding(''), 'INVALID_RECORD'],
  ['a record longer than the batch', holding(`7e${KV}02${HX}`), 'INVALID_RECORD'],
  ['a record shorter than its content', holding(`16${KV}02${HX}`), 'INVALID_RECORD'],
  ['a record of length 0', holding('00'), 'INVALID_RECORD'],
  ['a record of a negative length', holding(`01${KV}02${HX}`), 'INVALID_RECORD'],
  ['no key', record(`00000001${'0276'}02${HX}`), 'NONE'],
  ['a key longer than the record', record(`0000007e6b${'0276'}02${HX}`), 'INVALID_RECORD'],
  ['a value longer than the record', record(`000000${'026b'}7e7602${HX}`), 'INVALID_RECORD'],
  ['a negative count of headers', record(`${KV}01`), 'INVALID_RECORD'],
  ['a negative count of headers, and one there', record(`${KV}7f${HX}`), 'INVALID_RECORD'],
  ['more headers than bytes', record(`${KV}7e${HX}`), 'INVALID_RECORD'],
  ['as many headers as can be said', record(`${KV}feffffff0f${HX}`), 'INVALID_RECORD'],
  ['two headers said, one there', record(`${KV}04${HX}`), 'INVALID_RECORD'],
  ['no header said, one there', record(`${KV}00${HX}`), 'INVALID_RECORD'],
  ['a header without a name', record(`${KV}02${'01'}0278`), 'INVALID_RECORD'],
  ['a name longer than the record', record(`${KV}02${'7e68'}0278`), 'INVALID_RECORD'],
  ['a header value longer than the record', record(`${KV}02${'0268'}7e78`), 'INVALID_RECORD'],
  ['a header without a value', record(`${KV}02${'0268'}01`), 'NONE'],
];

describe.each<[string, readonly Case[]]>([
  ['the frame of a batch', FRAMES],
  ['the header of a batch', HEADERS],
  ['the records of a batch', RECORDS],
])('%s', (_part, cases) => {
  test.each(cases)('%s', (_what, records, code) => {
    const { world, client } = start();
    expect(produce(client, records).errorCode).toBe(code);
    expect(offsetAt(client, -1).offset).toBe(code === 'NONE' ? 1 : 0);
    // Another partition of the same request is not touched by it.
    const partitionData = [
      { index: 0, records },
      { index: 1, records: one() },
    ];
    const both = { ...batchRequest(records), topicData: [{ name: 't', partitionData }] };
    const results = client.ask(produceApi, 8, both).responses[0]?.partitionResponses;
    expect(results?.map(({ errorCode }) => errorCode)).toEqual([code, 'NONE']);
    expect(world.errors).toEqual([]);
  });
});

describe('a batch that is taken although its header is wrong', () => {
  const stored = (batch: Buffer) => {
    const { client } = start();
    expect(produce(client, batch).errorCode).toBe('NONE');
    const bytes = Buffer.from(fetch(client, 0)[0]!.records as Uint8Array);
    expect(baseOf(bytes)).toBe(0);
    return bytes.subarray(16).toString('hex');
  };
  const right = one().subarray(16).toString('hex');

  test('gets the latest time of its records', () => {
    for (const wrong of [-5, 0, AT + 1]) {
      expect(stored(changed((b) => void b.writeBigInt64BE(BigInt(wrong), 35)))).toBe(right);
    }
  });

  test('does not keep that its time is that of the append', () => {
    expect(stored(changed((b) => void b.writeInt16BE(0x08, 21)))).toBe(right);
    const { world, client } = start();
    world.broker.createTopic('stamped', { config: { 'message.timestamp.type': 'LogAppendTime' } });
    const refused = produce(
      client,
      changed((b) => void b.writeInt16BE(0x08, 21)),
      { topic: 'stamped' },
    );
    expect(refused.errorCode).toBe('INVALID_TIMESTAMP');
  });

  test('loses what came behind it', () => {
    expect(stored(Buffer.concat([one(), one().subarray(0, 70)]))).toBe(right);
  });
});

describe('around the batch', () => {
  test('max.message.bytes counts the whole batch', () => {
    const { world, client } = start();
    const limit = (maxBytes: number) => {
      world.broker.cluster.topic('t')?.config.set('max.message.bytes', `${maxBytes}`);
      return produce(client, one()).errorCode;
    };
    expect([limit(one().length), limit(one().length - 1)]).toEqual(['NONE', 'MESSAGE_TOO_LARGE']);
  });

  test('acks are -1, 0 or 1, which is asked for after the topic', () => {
    const { client } = start();
    const code = (acks: number, topic = 't') => produce(client, one(), { acks, topic }).errorCode;
    expect([2, -2, 32_767].map((acks) => code(acks))).toEqual(Array(3).fill('INVALID_REQUIRED_ACKS'));
    expect(code(2, 'missing')).toBe('UNKNOWN_TOPIC_OR_PARTITION');
    expect([1, -1].map((acks) => code(acks))).toEqual(['NONE', 'NONE']);
  });

  test('names that no topic can have are only unknown', () => {
    const { client } = start();
    for (const topic of ['', 'a b', '..', '__proto__', 'constructor']) {
      expect(produce(client, one(), { topic }).errorCode).toBe('UNKNOWN_TOPIC_OR_PARTITION');
    }
  });

  test('a transactional batch without a transactional id fails the whole request', () => {
    const { client } = start();
    const transactional = changed((b) => {
      b.writeInt16BE(0x10, 21);
      b.writeBigInt64BE(99n, 43);
      b.writeInt16BE(0, 51);
      b.writeInt32BE(0, 53);
    });
    const partitionData = [
      { index: 0, records: one() },
      { index: 1, records: transactional },
    ];
    const both = { ...batchRequest(transactional), topicData: [{ name: 't', partitionData }] };
    const results = client.ask(produceApi, 8, both).responses[0]?.partitionResponses;
    expect(results?.map(({ errorCode }) => errorCode)).toEqual(Array(2).fill('TRANSACTIONAL_ID_AUTHORIZATION_FAILED'));
    expect(produce(client, transactional, { txn: 'x' }).errorCode).toBe('INVALID_PRODUCER_ID_MAPPING');
    expect(offsetAt(client, -1).offset).toBe(0);
  });

  test.each(SPOILING)('%s fails the whole request', (_what, records) => {
    const { client } = start();
    const partitionData = [
      { index: 0, records: one() },
      { index: 9, records },
    ];
    const both = { ...batchRequest(records), topicData: [{ name: 't', partitionData }] };
    const results = client.ask(produceApi, 8, both).responses[0]?.partitionResponses;
    expect(results?.map(({ errorCode }) => errorCode)).toEqual(['CORRUPT_MESSAGE', 'CORRUPT_MESSAGE']);
    expect(offsetAt(client, -1).offset).toBe(0);
  });

  test('with acks 0 whatever is wrong closes the connection', () => {
    const wrong: ReadonlyArray<readonly [Uint8Array, string]> = [
      [broken((b) => void b.writeUInt32BE(7, 17)), 't'],
      [record(`${KV}7e${HX}`), 't'],
      [changed((b) => void b.writeInt16BE(0x10, 21)), 't'],
      [one(), 'missing'],
    ];
    for (const [records, topic] of wrong) {
      const { client } = start();
      client.send(produceApi, 8, batchRequest(records, { acks: 0, topic }));
      expect([client.transport.closed, client.transport.frame()]).toEqual([true, undefined]);
    }
  });
});

describe('a compressed batch that cannot be unfolded is kept as it came', () => {
  /** The record of `one`, as a gzip member that is changed afterwards. */
  const packed = (codec: number, payload: Uint8Array) => {
    const batch = Buffer.concat([one().subarray(0, 61), payload]);
    return changed((bytes) => {
      bytes.writeInt32BE(batch.length - 12, 8);
      bytes.writeInt16BE(codec, 21);
    }, batch);
  };
  const gzip = (bytes: Uint8Array) => packed(1, gzipSync(bytes));
  const body = one().subarray(61);
  const hex = (text: string) => Buffer.from(text, 'hex');

  test.each<[string, Buffer, RegExp]>([
    ['gzip that is none', packed(1, body), /cannot be unfolded as gzip/],
    ['gzip that ends early', packed(1, gzipSync(body).subarray(0, -9)), /cannot be unfolded as gzip/],
    ['gzip of more than the cap', gzip(Buffer.alloc(2_000)), /limits\.kafkaDecompressedBytes \(1000\)/],
    ['gzip of a record that lies', gzip(record(`${KV}7e${HX}`).subarray(61)), /63 headers/],
    ['gzip of other bytes', gzip(Buffer.alloc(9, 0xff)), /varint/],
    ['snappy of 1 GiB in 7 bytes', packed(2, hex('80808080040000')), /limits\.kafkaDecompressedBytes/],
    ['lz4 whose block is not there', packed(3, hex('04224d18604082ffffff7f00000000')), /lz4 block/],
    ['zstd of 1 GiB in 12 bytes', packed(4, hex('28b52ffda000000040010000')), /limits\.kafkaDecompressedBytes/],
  ])('%s', (_what, batch, reason) => {
    const world = new KafkaWorld({}, { kafkaDecompressedBytes: 1_000 });
    world.broker.createTopic('t');
    const client = world.connect();
    expect(produce(client, batch).errorCode).toBe('NONE');
    expect(produce(client, one()).baseOffset).toBe(1);
    // Who reads by the wire gets what was sent; who reads natively is told what is wrong with it.
    const bytes = Buffer.from(fetch(client, 0, { partitionMaxBytes: 1 })[0]!.records as Uint8Array);
    expect(bytes.subarray(16)).toEqual(batch.subarray(16));
    expect(() => world.broker.topic('t').records()).toThrow(reason);
    // A search by time has to look into it.
    const found = offsetAt(client, AT - 1);
    expect([found.errorCode, found.offset]).toEqual([expect.stringMatching(/CORRUPT_MESSAGE|INVALID_RECORD/), -1]);
    expect(offsetAt(client, -1).offset).toBe(2);
    expect(world.errors).toEqual([]);
  });
});
