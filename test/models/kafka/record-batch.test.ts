import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RecordBatch } from '../../../src/models/kafka/record-batch.js';

/** Made by the Java record classes: three records {k1:v1}, {null:v2, headers h=x, n=null, ts+5}, {k3:null, ts+3}. */
const THREE_RECORDS =
  '000000000000000000000055ffffffff0232b48f550000000000020000018bcfe568000000018bcfe56805ffffffffffffffffffffffffffff0000000314000000046b31047631001e000a02010476320402680278026e0110000604046b330100';

test('a batch of the Java client reads as it was written', () => {
  const batch = RecordBatch.parse(Buffer.from(THREE_RECORDS, 'hex'));
  expect(batch.isIntact).toBe(true);
  expect(batch).toMatchObject({ recordCount: 3, lastOffsetDelta: 2, producerId: -1, leaderEpoch: -1 });
  const reader = batch.reader(1_000);
  const seen: unknown[] = [];
  while (!reader.done) {
    reader.next();
    const text = (bytes: Uint8Array | null) => bytes && Buffer.from(bytes).toString();
    const headers = reader.headers().map(([name, value]) => [name, text(value)]);
    seen.push([text(reader.key()), text(reader.value()), headers, batch.timestampMs(reader)]);
  }
  expect(seen).toEqual([
    ['k1', 'v1', [], 1_700_000_000_000],
    [
      null,
      'v2',
      [
        ['h', 'x'],
        ['n', null],
      ],
      1_700_000_000_005,
    ],
    ['k3', null, [], 1_700_000_000_003],
  ]);
});

/** Made by the Java record classes: base 7, leader epoch 3, producer 4000 in epoch 2, sequence 5, {k:v}. */
const TRANSACTIONAL =
  '00000000000000070000003a000000030289dad01a0010000000000000018bcfe568000000018bcfe568000000000000000fa00002000000050000000110000000026b027600';

test('a transactional batch of the Java client reads as it was written, and is written so', () => {
  const read = RecordBatch.parse(Buffer.from(TRANSACTIONAL, 'hex'));
  expect(read).toMatchObject({
    ...{ isIntact: true, isTransactional: true, isControl: false, baseOffset: 7, leaderEpoch: 3 },
    ...{ producerId: 4_000, producerEpoch: 2, baseSequence: 5, lastSequence: 5, recordCount: 1 },
  });
  const record = { key: Buffer.from('k'), value: Buffer.from('v'), headers: [], timestampMs: 1_700_000_000_000 };
  const batch = RecordBatch.of([record], { id: 4_000, epoch: 2, baseSequence: 5, transactional: true });
  batch.place(7, 3);
  expect(Buffer.from(batch.bytes).toString('hex')).toBe(TRANSACTIONAL);
});

test('markers are those of Kafka, byte for byte', () => {
  const marker = (commit: boolean) => {
    const options = { producerId: 4000, producerEpoch: 2, coordinatorEpoch: 0, commit, timestampMs: 1_700_000_000_010 };
    const batch = RecordBatch.marker(options);
    batch.place(8, 3);
    return Buffer.from(batch.bytes).toString('hex');
  };
  expect(marker(true)).toBe(
    '0000000000000008000000420000000302a98091380030000000000000018bcfe5680a0000018bcfe5680a0000000000000fa00002ffffffff000000012000000008000000010c00000000000000',
  );
  expect(marker(false)).toBe(
    '00000000000000080000004200000003025dbe47700030000000000000018bcfe5680a0000018bcfe5680a0000000000000fa00002ffffffff000000012000000008000000000c00000000000000',
  );
});

test('a batch of the Java client comes out of the same records, byte for byte', () => {
  const at = 1_700_000_000_000;
  const text = (value: string) => Buffer.from(value);
  const batch = RecordBatch.of([
    { key: text('k1'), value: text('v1'), headers: [], timestampMs: at },
    {
      key: null,
      value: text('v2'),
      headers: [
        ['h', text('x')],
        ['n', null],
      ],
      timestampMs: at + 5,
    },
    { key: text('k3'), value: null, headers: [], timestampMs: at + 3 },
  ]);
  batch.place(0, -1);
  expect(Buffer.from(batch.bytes).toString('hex')).toBe(THREE_RECORDS);
});

test('prop: K17 what goes into a batch comes out of it', () => {
  const bytes = fc.option(
    fc.uint8Array({ maxLength: 70 }).map((array) => Buffer.from(array)),
    { freq: 5 },
  );
  const record = fc.record({
    key: bytes,
    value: bytes,
    headers: fc.array(fc.tuple(fc.constantFrom('', 'h', 'a', 'ключ'), bytes), { maxLength: 50, size: '-1' }),
    timestampMs: fc.oneof(
      fc.integer({ min: 0, max: 2 ** 40 }),
      fc.constantFrom(0, 63, 64, 8191, 8192, 2 ** 31, 2 ** 42),
    ),
  });
  fc.assert(
    fc.property(fc.array(record, { minLength: 1, maxLength: 8 }), fc.nat(1_000_000), (records, offset) => {
      const batch = RecordBatch.of(records);
      batch.place(offset, 3);
      const read = RecordBatch.parse(batch.bytes);
      expect(read.isIntact).toBe(true);
      expect([read.baseOffset, read.lastOffset]).toEqual([offset, offset + records.length - 1]);
      expect(read.maxTimestampMs).toBe(Math.max(...records.map(({ timestampMs }) => timestampMs)));
      const reader = read.reader(1_000_000);
      const own = (view: Uint8Array | null) => view && Buffer.from(view);
      const out: unknown[] = [];
      while (!reader.done) {
        reader.next();
        out.push({
          key: own(reader.key()),
          value: own(reader.value()),
          headers: reader.headers().map(([name, value]) => [name, own(value)]),
          timestampMs: read.timestampMs(reader),
        });
      }
      expect(out).toEqual(records);
    }),
    { numRuns: 1_000 },
  );
});

test('a batch behind a full one has room for as many records at once, behind another one it begins small', () => {
  const record = { key: null, value: new Uint8Array(100), headers: [], timestampMs: 1 };
  const first = RecordBatch.openBehind(undefined, 1);
  first.add(record);
  expect(RecordBatch.openBehind(first, 1).heldBytes).toBe(512);
  while (first.add(record));
  const room = RecordBatch.openBehind(first, 1).heldBytes;
  expect(room).toBeGreaterThanOrEqual(first.sizeBytes);
  expect(room).toBeLessThan(1.1 * first.sizeBytes);
});
