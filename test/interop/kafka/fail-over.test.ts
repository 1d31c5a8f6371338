/** Three nodes, of which one goes and comes back while kafkajs writes and reads. */
import { expect, test } from 'vitest';
import { connect, EAGER, kafkajsClient, startTestBroker, Tally } from './client.js';

const COUNT = 3_000;
const PARTITIONS = 6;
/** So many go together, to one partition: kafkajs forgets those of a node that went if another node has answered. */
const BATCH = 20;

test('nothing that was acknowledged is lost, nothing comes twice, the group goes on', async () => {
  const broker = await startTestBroker({ nodes: 3, kafka: { config: { 'group.min.session.timeout.ms': 100 } } });
  const config = { 'min.insync.replicas': 2 };
  broker.kafka.createTopic('t', { partitions: PARTITIONS, replicationFactor: 3, config });
  const kafka = kafkajsClient(broker, { requestTimeout: 2_000 });
  const producer = await connect(kafka.producer({ idempotent: true, maxInFlightRequests: 1 }));
  const tally = new Tally(COUNT);
  for (const _member of [1, 2]) {
    const consumer = await connect(
      kafka.consumer({ groupId: 'g', sessionTimeout: 500, rebalanceTimeout: 500, ...EAGER }),
    );
    await consumer.subscribe({ topic: 't', fromBeginning: true });
    await consumer.run({ eachMessage: async (payload) => tally.add(payload) });
  }
  let stopped = 0;
  for (let at = 0; at < COUNT; at += BATCH) {
    const partition = (at / BATCH) % PARTITIONS;
    if (at === 500 || at === 1_500) {
      stopped = broker.kafka.partition('t', partition).leader;
      await broker.stopNode(stopped);
    }
    if (at === 1_000 || at === 2_000) await broker.startNode(stopped);
    const messages = Array.from({ length: BATCH }, (_, next) => ({ partition, value: `${at + next}` }));
    await producer.send({ topic: 't', acks: -1, messages });
  }
  await tally.done;
  const all = Array.from({ length: COUNT }, (_, at) => `${at}`);
  const stored = broker.kafka.topic('t').records();
  expect(stored.map((record) => record.text()).sort()).toEqual([...all].sort());
  expect(new Set(tally.values)).toEqual(new Set(all));
  for (const { index, isr } of broker.kafka.topic('t').partitions) expect([index, isr.length]).toEqual([index, 3]);
});
