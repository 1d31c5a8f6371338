/** Three nodes, of which one goes and comes back while kafkajs writes and reads. */
import { expect, test } from 'vitest';
import { connect, EAGER, kafkajsClient, startTestBroker, Tally } from './client.js';

const COUNT = 300;

test('nothing that was acknowledged is lost, nothing comes twice, the group goes on', async () => {
  const broker = await startTestBroker({ nodes: 3 });
  broker.kafka.createTopic('t', { partitions: 3, replicationFactor: 3, config: { 'min.insync.replicas': 2 } });
  const kafka = kafkajsClient(broker, { requestTimeout: 2_000 });
  const producer = await connect(kafka.producer({ idempotent: true, maxInFlightRequests: 1 }));
  const consumer = await connect(kafka.consumer({ groupId: 'g', ...EAGER }));
  const tally = new Tally(COUNT);
  await consumer.subscribe({ topic: 't', fromBeginning: true });
  await consumer.run({ eachMessage: async (payload) => tally.add(payload) });
  const acked: string[] = [];
  for (let at = 0; at < COUNT; at++) {
    const [first] = broker.kafka.topic('t').partitions;
    const leader = first?.leader ?? 1;
    if (at === 50 || at === 150) await broker.stopNode(leader);
    if (at === 100 || at === 200)
      for (const node of [1, 2, 3]) if (!broker.kafka.cluster.isAlive(node)) await broker.startNode(node);
    await producer.send({ topic: 't', acks: -1, messages: [{ key: `k${at % 10}`, value: `${at}` }] });
    acked.push(`${at}`);
  }
  await tally.done;
  const stored = broker.kafka
    .topic('t')
    .records()
    .map((record) => record.text());
  expect(stored.sort()).toEqual([...acked].sort());
  expect(new Set(tally.values)).toEqual(new Set(acked));
  for (const { index, isr } of broker.kafka.topic('t').partitions) expect([index, isr.length]).toEqual([index, 3]);
});
