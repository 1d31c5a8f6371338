/** Batches of format 2 written and read from their description alone, slowly and with big integers. */
import { crc32c } from '../../src/models/kafka/crc32c.js';

export interface PlainRecord {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: ReadonlyArray<readonly [name: string, value: Buffer | null]>;
  readonly timestampMs: number;
}

export interface PlainBatch {
  readonly baseOffset: number;
  readonly records: readonly PlainRecord[];
}

function varint(value: number | bigint): Buffer {
  const signed = BigInt(value);
  let left = signed >= 0n ? signed * 2n : -signed * 2n - 1n;
  const bytes: number[] = [];
  for (; left > 127n; left /= 128n) bytes.push(Number(left % 128n) + 128);
  return Buffer.from([...bytes, Number(left)]);
}

const sized = (bytes: Buffer | null): Buffer =>
  bytes === null ? varint(-1) : Buffer.concat([varint(bytes.length), bytes]);

function writeRecord({ key, value, headers, timestampMs }: PlainRecord, offsetDelta: number, baseMs: number): Buffer {
  const body = Buffer.concat([
    Buffer.of(0),
    varint(timestampMs - baseMs),
    varint(offsetDelta),
    sized(key),
    sized(value),
    varint(headers.length),
    ...headers.flatMap(([name, content]) => [sized(Buffer.from(name)), sized(content)]),
  ]);
  return sized(body);
}

/** As a producer without an id sends it. */
export function writeBatch(records: readonly PlainRecord[]): Buffer {
  const baseMs = records[0]!.timestampMs;
  const header = Buffer.alloc(61);
  const bytes = Buffer.concat([header, ...records.map((record, at) => writeRecord(record, at, baseMs))]);
  bytes.writeInt32BE(bytes.length - 12, 8);
  bytes.writeInt32BE(-1, 12);
  bytes.writeInt8(2, 16);
  bytes.writeInt32BE(records.length - 1, 23);
  bytes.writeBigInt64BE(BigInt(baseMs), 27);
  bytes.writeBigInt64BE(BigInt(Math.max(...records.map(({ timestampMs }) => timestampMs))), 35);
  bytes.fill(0xff, 43, 57);
  bytes.writeInt32BE(records.length, 57);
  bytes.writeUInt32BE(crc32c(bytes, 21), 17);
  return bytes;
}

/** Reads the batch that `bytes` begins with, and says where it ends. @throws when anything in it does not fit */
export function readBatch(bytes: Buffer): PlainBatch & { readonly size: number } {
  const size = bytes.readInt32BE(8) + 12;
  const batch = bytes.subarray(0, size);
  const fits = (what: string, fit: boolean) => {
    if (!fit) throw new Error(`${what} of a batch does not fit`);
  };
  fits('the format', batch[16] === 2);
  fits('the checksum', batch.readUInt32BE(17) === crc32c(batch, 21));
  const count = batch.readInt32BE(57);
  fits('the last offset', batch.readInt32BE(23) === count - 1);
  let at = 61;
  const varintAt = () => {
    let raw = 0n;
    for (let scale = 1n; ; scale *= 128n) {
      const byte = batch[at++]!;
      raw += BigInt(byte % 128) * scale;
      if (byte < 128) return Number(raw % 2n === 0n ? raw / 2n : -(raw + 1n) / 2n);
    }
  };
  const bytesAt = () => {
    const length = varintAt();
    if (length < 0) return null;
    at += length;
    return batch.subarray(at - length, at);
  };
  const records = Array.from({ length: count }, (_, index): PlainRecord => {
    const length = varintAt();
    const end = at + length;
    at++;
    const timestampMs = Number(batch.readBigInt64BE(27)) + varintAt();
    fits('an offset', varintAt() === index);
    const [key, value] = [bytesAt(), bytesAt()];
    const headers = Array.from({ length: varintAt() }, () => [`${bytesAt()}`, bytesAt()] as const);
    fits('the length of a record', at === end);
    return { key, value, headers, timestampMs };
  });
  fits('the size', at === size);
  const latest = Math.max(...records.map(({ timestampMs }) => timestampMs));
  fits('the latest time', Number(batch.readBigInt64BE(35)) === latest);
  return { size, baseOffset: Number(batch.readBigInt64BE(0)), records };
}

/** All batches of a Fetch answer. */
export function readBatches(records: unknown): PlainBatch[] {
  let bytes = Buffer.from((records as Uint8Array | null) ?? []);
  const batches: PlainBatch[] = [];
  while (bytes.length > 0) {
    const { size, ...batch } = readBatch(bytes);
    batches.push(batch);
    bytes = bytes.subarray(size);
  }
  return batches;
}
