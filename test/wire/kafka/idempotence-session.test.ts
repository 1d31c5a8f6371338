/** K4 through sessions: what a network does to the batches of idempotent producers, and what the log makes of it. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { produceApi } from '../../../src/wire/kafka/handlers/produce.js';
import { batchRequest, fetch, initProducer } from '../../helpers/kafka-ask.js';
import { readBatches } from '../../helpers/kafka-batch.js';
import { batchBytes } from '../../helpers/kafka-model.js';
import { encodeRequest, KafkaWorld } from '../../helpers/kafka-wire.js';

const AFTER_LAST = 2 ** 31;
const PRODUCERS = [0, 1];
const PARTITIONS = [0, 1];

interface Batch {
  readonly producer: number;
  readonly partition: number;
  readonly epoch: number;
  readonly first: number;
  readonly values: readonly string[];
}

const move = fc.record({
  kind: fc.oneof(
    { weight: 5, arbitrary: fc.constant('next') },
    {
      weight: 1,
      arbitrary: fc.constantFrom('again', 'dropped', 'swapped', 'longer', 'bump', 'bumpBadly', 'old', 'elsewhere'),
    },
  ),
  producer: fc.constantFrom(...PRODUCERS),
  partition: fc.constantFrom(...PARTITIONS),
  back: fc.integer({ min: 1, max: 7 }),
  count: fc.integer({ min: 1, max: 3 }),
});
type Move = typeof move extends fc.Arbitrary<infer T> ? T : never;

/** What each producer sends to each partition, in the order in which it arrives. */
function arrivals(moves: readonly Move[], start: number): Batch[] {
  const arriving: Batch[] = [];
  const next = new Map<string, { epoch: number; first: number }>();
  let serial = 0;
  for (const { kind, producer, partition, back, count } of moves) {
    const key = `${producer}/${partition}`;
    const at = next.get(key) ?? { epoch: 0, first: start };
    next.set(key, at);
    const make = (changes: Partial<Batch> = {}, size = count): Batch => {
      const values = Array.from({ length: size }, () => `${serial++}`);
      const batch = { producer, partition, epoch: at.epoch, first: at.first, values, ...changes };
      at.first = (at.first + size) % AFTER_LAST;
      return batch;
    };
    const mine = arriving.filter((one) => one.producer === producer && one.partition === partition);
    const before = mine.at(-back);
    if (kind === 'again') arriving.push(...(before ? [before] : []));
    else if (kind === 'elsewhere') arriving.push(...(before ? [{ ...before, partition: 1 - partition }] : []));
    else if (kind === 'longer')
      arriving.push(...(before ? [{ ...before, values: [...before.values, `${serial++}`] }] : []));
    else if (kind === 'old') arriving.push({ ...make(), epoch: at.epoch - 1 });
    else if (kind === 'dropped') make();
    else if (kind === 'swapped') {
      const [early, late] = [make(), make()];
      arriving.push(late, early);
    } else if (kind === 'bump' || kind === 'bumpBadly') {
      at.epoch++;
      at.first = kind === 'bump' ? 0 : 5;
      arriving.push(make());
    } else arriving.push(make());
  }
  return arriving;
}

/** What a partition knows of a producer, by the rules of the protocol. */
interface Known {
  epoch: number;
  last: number;
  batches: Array<{ readonly first: number; readonly count: number; readonly offset: number }>;
}

/** The plain model of one partition. */
class PartitionModel {
  readonly values: string[] = [];
  readonly #known = new Map<number, Known>();

  /** The offset or the error that a batch is answered with. */
  take({ producer, epoch, first, values }: Batch): number | string {
    const known = this.#known.get(producer);
    const count = values.length;
    if (known) {
      const repeated = known.batches.find((one) => one.first === first && one.count === count);
      if (epoch === known.epoch && repeated) return repeated.offset;
      if (epoch < known.epoch) return 'INVALID_PRODUCER_EPOCH';
      const expected = epoch > known.epoch ? 0 : (known.last + 1) % AFTER_LAST;
      if (first !== expected && known.epoch >= 0) return 'OUT_OF_ORDER_SEQUENCE_NUMBER';
    }
    const offset = this.values.length;
    const batches = known?.epoch === epoch ? known.batches : [];
    const last = (first + count - 1) % AFTER_LAST;
    this.#known.set(producer, { epoch, last, batches: [...batches, { first, count, offset }].slice(-5) });
    this.values.push(...values);
    return offset;
  }
}

it('prop: K4 a batch is stored once however often it comes, gaps and old epochs are refused', () => {
  const start = fc.oneof(fc.constant(0), fc.integer({ min: AFTER_LAST - 12, max: AFTER_LAST - 1 }));
  const cuts = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(fc.array(move, { minLength: 5, maxLength: 40 }), start, cuts, (moves, first, sizes) => {
      const world = new KafkaWorld();
      world.broker.createTopic('t', { partitions: PARTITIONS.length });
      const client = world.connect();
      const ids = PRODUCERS.map(() => initProducer(client, null).producerId);
      const batches = arrivals(moves, first);
      // All of it without waiting for an answer, in whatever pieces.
      const stream = Buffer.concat(
        batches.map(({ producer, partition, epoch, first: baseSequence, values }) => {
          const records = batchBytes(
            values.map((value) => ({ value })),
            { id: ids[producer]!, epoch, baseSequence },
          );
          return encodeRequest(produceApi, 8, batchRequest(records, { index: partition }));
        }),
      );
      for (let at = 0, piece = 0; at < stream.length; piece++) {
        const size = sizes[piece % sizes.length]!;
        client.session.receive(stream.subarray(at, at + size));
        at += size;
      }
      const partitions = PARTITIONS.map(() => new PartitionModel());
      const expected = batches.map((batch) => partitions[batch.partition]!.take(batch));
      const answered = batches.map(() => {
        const { errorCode, baseOffset } = client.answer(produceApi, 8)!.responses[0]!.partitionResponses[0]!;
        return errorCode === 'NONE' ? baseOffset : errorCode;
      });
      expect(answered).toEqual(expected);
      for (const [index, { values }] of partitions.entries()) {
        const read = readBatches(fetch(client, 0, { places: [index] })[0]!.records);
        expect(read.flatMap(({ records }) => records.map(({ value }) => `${value}`))).toEqual(values);
      }
    }),
    { numRuns: 200 },
  );
});
