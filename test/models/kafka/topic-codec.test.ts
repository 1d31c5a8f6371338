import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { crc32c } from '../../../src/models/kafka/crc32c.js';
import { batchBytes, fetchNow, kafkaModel, produceBatch } from '../../helpers/kafka-model.js';

/** A batch whose records are folded with gzip. */
function gzipped(): Buffer {
  const plain = Buffer.from(batchBytes([{ key: 'k', value: 'v' }, { value: 'w' }]));
  const whole = Buffer.concat([plain.subarray(0, 61), gzipSync(plain.subarray(61))]);
  whole.writeInt32BE(whole.length - 12, 8);
  whole.writeInt16BE(1, 21);
  whole.writeUInt32BE(crc32c(whole, 21, whole.length), 17);
  return whole;
}

it.each([
  ['producer', 1],
  ['uncompressed', 0],
  ['gzip', 1],
  ['snappy', 2],
  ['lz4', 3],
  ['zstd', 4],
])('a topic with compression.type=%s keeps records in codec %i', (type, codec) => {
  const { broker } = kafkaModel();
  broker.createTopic('t', { config: { 'compression.type': type } });
  expect(produceBatch(broker, 't', gzipped())).toMatchObject({ error: undefined, baseOffset: 0 });
  const [batch] = fetchNow(broker, 't').batches;
  expect([batch?.codec, batch?.isIntact, batch?.recordCount]).toEqual([codec, true, 2]);
  const records = broker.topic('t').records();
  expect(records.map(({ key, offset, ...record }) => [offset, key, record])).toHaveLength(2);
  expect(records.map((record) => record.text())).toEqual(['v', 'w']);
});

it('what cannot be unfolded is refused where it has to be', () => {
  const broken = gzipped();
  broken.fill(0, 70);
  broken.writeUInt32BE(crc32c(broken, 21, broken.length), 17);
  const { broker } = kafkaModel();
  broker.createTopic('kept');
  broker.createTopic('folded', { config: { 'compression.type': 'zstd' } });
  expect(produceBatch(broker, 'kept', Buffer.from(broken)).error).toBeUndefined();
  expect(produceBatch(broker, 'folded', broken).error).toBe('CORRUPT_MESSAGE');
});
