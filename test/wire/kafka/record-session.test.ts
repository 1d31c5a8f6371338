/** K17 through sessions: records as one side writes them and the other reads them, by a codec of the test's own. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { offsetAt, produce, readOn } from '../../helpers/kafka-ask.js';
import { type PlainRecord, readBatches, writeBatch } from '../../helpers/kafka-batch.js';
import { KafkaWorld } from '../../helpers/kafka-wire.js';

/** Lengths at which a varint becomes longer, and small ones. */
const content = fc.oneof(
  { weight: 6, arbitrary: fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)) },
  { weight: 1, arbitrary: fc.constantFrom(0, 63, 64, 8_191, 8_192).map((length) => Buffer.alloc(length, 7)) },
);
const nullable = fc.option(content, { freq: 5 });
const record: fc.Arbitrary<PlainRecord> = fc.record({
  key: nullable,
  value: nullable,
  headers: fc.array(fc.tuple(fc.constantFrom('', 'h', 'h', 'a', 'ключ', '__proto__'), nullable), {
    maxLength: 50,
    size: '-1',
  }),
  timestampMs: fc.oneof(
    fc.integer({ min: 0, max: 2 ** 41 }),
    fc.constantFrom(0, 63, 64, 8_191, 8_192, 2 ** 31, 2 ** 42),
  ),
});
const batch = fc.array(record, { minLength: 1, maxLength: 6 });

/** A record as text. */
function shown({
  key,
  value,
  headers,
  timestampMs,
}: {
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: ReadonlyArray<readonly [string, Uint8Array | null]>;
  readonly timestampMs: number;
}): string {
  const hex = (bytes: Uint8Array | null) => bytes && Buffer.from(bytes).toString('hex');
  return JSON.stringify([hex(key), hex(value), headers.map(([name, given]) => [name, hex(given)]), timestampMs]);
}

it('prop: K17 what a client sends, natives and other clients read; what natives send, clients read', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), batch), { minLength: 1, maxLength: 4 }), (batches) => {
      const world = new KafkaWorld();
      world.broker.createTopic('t');
      const client = world.connect();
      const sent: PlainRecord[] = [];
      for (const [natively, records] of batches) {
        const base = sent.length;
        sent.push(...records);
        if (!natively) {
          expect(produce(client, writeBatch(records))).toMatchObject({ errorCode: 'NONE', baseOffset: base });
          continue;
        }
        for (const one of records) world.broker.produce('t', one);
      }
      const read = readBatches(readOn(client));
      const offsets = read.flatMap(({ baseOffset, records }) => records.map((_, at) => baseOffset + at));
      expect(offsets).toEqual(sent.map((_, offset) => offset));
      const expected = sent.map(shown);
      expect(read.flatMap(({ records }) => records.map(shown))).toEqual(expected);
      const native = world.broker.topic('t').records();
      expect(
        native.map((one) =>
          shown({ key: one.keyBytes, value: one.body, headers: one.headers, timestampMs: one.timestampMs }),
        ),
      ).toEqual(expected);
    }),
    { numRuns: 200 },
  );
});

it('prop: K17 one wrong bit in what the checksum covers is found, anywhere else it does no harm', () => {
  fc.assert(
    fc.property(batch, fc.nat(), fc.boolean(), (records, place, inHeader) => {
      const world = new KafkaWorld();
      world.broker.createTopic('t');
      const client = world.connect();
      const bytes = writeBatch(records);
      const bit = place % (8 * (inHeader ? 61 : bytes.length));
      const at = bit >> 3;
      bytes[at] = bytes[at]! ^ (1 << (bit & 7));
      const { errorCode } = produce(client, bytes, { txn: 'x' });
      if (at >= 17) expect(errorCode).toBe('CORRUPT_MESSAGE');
      else if (at < 12 || at === 16) expect(errorCode).toMatch(/CORRUPT_MESSAGE|INVALID_RECORD/);
      else expect(errorCode).toBe('NONE');
      expect(offsetAt(client, -1).offset).toBe(errorCode === 'NONE' ? records.length : 0);
      expect([client.transport.closed, world.errors]).toEqual([false, []]);
    }),
    { numRuns: 300 },
  );
});
