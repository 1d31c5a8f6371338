/** What readers of committed records may see of transactions: K12 and K13, on the log itself. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LogReader, readRecords } from '../../../src/models/kafka/log-reader.js';
import { RecordBatch } from '../../../src/models/kafka/record-batch.js';
import type { ProducerIdentity } from '../../../src/models/kafka/transaction.js';
import { codeOf } from '../../helpers/kafka-group.js';
import { KafkaWorld } from '../../helpers/kafka-wire.js';

/** A producer and what it believes. */
interface Producer {
  readonly identity: ProducerIdentity;
  sequence: number;
}

/** Values of the open transaction, and where its first record is. */
interface Open {
  values: string[];
  start: number | undefined;
}

const step = fc.record({
  kind: fc.constantFrom('send', 'send', 'send', 'commit', 'abort', 'new', 'late', 'zombie', 'plain'),
  who: fc.nat(2),
});

it('prop: K12, K13 readers see every committed record once and no other, up to the first open transaction', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 5, maxLength: 30 }), (steps) => {
      const world = new KafkaWorld();
      world.broker.createTopic('t');
      const { transactions } = world.broker;
      const partition = world.broker.cluster.partition('t', 0)!;
      const place = [{ topic: 't', partition: 0 }];
      const start = (who: number): Producer => {
        const ask = () => transactions.initProducerId(`x${who}`, 60_000);
        const again = codeOf(() => transactions.describe(`x${who}`)) === 'NONE';
        if (again && transactions.describe(`x${who}`).state === 'Ongoing')
          expect(codeOf(ask)).toBe('CONCURRENT_TRANSACTIONS');
        return { identity: ask(), sequence: 0 };
      };
      const live = [start(0), start(1), start(2)];
      const old: Producer[] = [];
      const open: Open[] = live.map(() => ({ values: [], start: undefined }));
      const decided = new Map<string, 'committed' | 'aborted'>();
      const decide = (who: number, fate: 'committed' | 'aborted') => {
        for (const value of open[who]!.values) decided.set(value, fate);
        open[who] = { values: [], start: undefined };
      };
      /** Adds and writes as Produce does; returns the error. */
      const send = (who: number, producer: Producer, value: string) =>
        codeOf(() => {
          const { producerId: id, producerEpoch: epoch } = producer.identity;
          transactions.addPartitions(`x${who}`, producer.identity, place);
          const content = { key: null, value: Buffer.from(value), headers: [], timestampMs: world.clock.now };
          const batch = RecordBatch.of([content], { id, epoch, baseSequence: producer.sequence, transactional: true });
          partition.log.producers.check(batch);
          transactions.verify(`x${who}`, id, epoch, 't', 0);
          partition.append(batch);
          producer.sequence++;
        });
      for (const [at, { kind, who }] of steps.entries()) {
        const producer = live[who]!;
        const value = `v${at}`;
        if (kind === 'plain') {
          world.broker.produce('t', { value });
          decided.set(value, 'committed');
        } else if (kind === 'send') {
          const offset = partition.log.logEnd;
          if (send(who, producer, value) !== 'NONE') continue;
          open[who]!.values.push(value);
          open[who]!.start ??= offset;
        } else if (kind === 'commit' || kind === 'abort') {
          const end = () => transactions.endTransaction(`x${who}`, producer.identity, kind === 'commit');
          if (codeOf(end) === 'NONE') decide(who, kind === 'commit' ? 'committed' : 'aborted');
        } else if (kind === 'new') {
          old.push(producer);
          live[who] = start(who);
          decide(who, 'aborted');
        } else if (kind === 'late') {
          world.clock.advanceTo(world.clock.now + 80_000);
          for (const one of [0, 1, 2]) decide(one, 'aborted');
        } else {
          for (const zombie of old) {
            for (const one of [0, 1, 2]) expect(send(one, zombie, 'zombie')).not.toBe('NONE');
          }
        }
        const { log } = partition;
        const starts = open.flatMap((one) => (one.start === undefined ? [] : [one.start]));
        expect(log.lastStable).toBe(Math.min(log.highWatermark, ...starts));
        const read = readRecords(new LogReader(partition, 0, { committed: true, maxBytes: 1_000 }));
        const all = readRecords(new LogReader(partition, 0, { committed: false, maxBytes: 1_000 }));
        const visible = all.filter(({ offset }) => offset < log.lastStable).map((record) => record.text());
        expect(read.map((record) => record.text())).toEqual(visible.filter((one) => decided.get(one) === 'committed'));
      }
    }),
    { numRuns: 1_000 },
  );
});
