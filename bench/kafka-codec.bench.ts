/** Reading and writing Kafka requests by their description, beside the same work by hand. */
import { Bench } from 'tinybench';
import { produceApi } from '../src/wire/kafka/handlers/produce.js';
import { Reader } from '../src/wire/kafka/reader.js';
import { Writer } from '../src/wire/kafka/writer.js';

const codec = produceApi.codec(7);
const body = {
  transactionalId: null,
  acks: -1,
  timeoutMs: 30_000,
  topicData: [{ name: 'orders', partitionData: [{ index: 0, records: new Uint8Array(200) }] }],
};
const writer = new Writer();
codec.request.write(writer, body);
const bytes = writer.bytes();

function readByHand(reader: Reader): unknown {
  const transactionalId = reader.legacyText();
  const acks = reader.int16();
  const timeoutMs = reader.int32();
  const topicData = [];
  for (let topics = reader.int32(); topics > 0; topics--) {
    const name = reader.text(reader.int16());
    const partitionData = [];
    for (let partitions = reader.int32(); partitions > 0; partitions--) {
      partitionData.push({ index: reader.int32(), records: reader.view(reader.int32()) });
    }
    topicData.push({ name, partitionData });
  }
  return { transactionalId, acks, timeoutMs, topicData };
}

const bench = new Bench({ time: 300 });
bench.add('read Produce 7, described', () => codec.request.read(new Reader(bytes)));
bench.add('read Produce 7, by hand', () => readByHand(new Reader(bytes)));
bench.add('write Produce 7, described', () => {
  const out = new Writer();
  codec.request.write(out, body);
  out.parts();
});
await bench.run();
console.table(bench.table());
