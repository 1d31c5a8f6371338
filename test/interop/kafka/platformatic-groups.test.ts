/** Groups with member epochs (KIP-848) and classic ones as @platformatic/kafka uses them. */
import { Consumer, stringDeserializers } from '@platformatic/kafka';
import { expect, test } from 'vitest';
import type { Broker } from '../../../src/broker.js';
import { atEnd, startTestBroker } from './client.js';

/** Reads into `seen`, committing each message. */
async function consume(broker: Broker, groupProtocol: 'consumer' | 'classic', seen: string[]) {
  const consumer = new Consumer({
    clientId: 'test',
    bootstrapBrokers: broker.urls.kafka.split(','),
    groupId: 'g',
    groupProtocol,
    heartbeatInterval: 50,
    deserializers: stringDeserializers,
  } as ConstructorParameters<typeof Consumer<string, string, string, string>>[0]);
  atEnd(async () => consumer.close(true));
  const stream = await consumer.consume({
    topics: ['t'],
    mode: 'committed',
    fallbackMode: 'earliest',
    maxWaitTime: 20,
  });
  // Closing the consumer alone leaves its stream fetching from a broker that is going away.
  atEnd(async () => {
    stream.on('error', () => {});
    await stream.close();
  });
  stream.on('data', (message) => {
    seen.push(message.value);
    // A commit that is under way when the test closes its client fails, and nobody waits for it.
    Promise.resolve(message.commit()).catch(() => {});
  });
  return consumer;
}

test.each(['consumer', 'classic'] as const)('reads and commits in a %s group', async (protocol) => {
  const broker = await startTestBroker();
  broker.kafka.createTopic('t', { partitions: 2 });
  for (let i = 0; i < 20; i++) broker.kafka.produce('t', { value: `v${i}`, partition: i % 2 });
  const seen: string[] = [];
  await consume(broker, protocol, seen);
  await broker.kafka.group('g').caughtUp();
  expect(seen.sort()).toEqual(Array.from({ length: 20 }, (_, i) => `v${i}`).sort());
  expect(broker.kafka.groups.list()).toMatchObject([{ groupId: 'g', type: protocol, state: 'Stable' }]);
});

test.each(['consumer', 'classic'] as const)('two share a %s group, until one leaves', async (protocol) => {
  const broker = await startTestBroker({ kafka: { config: { 'group.consumer.heartbeat.interval.ms': 50 } } });
  broker.kafka.createTopic('t', { partitions: 4 });
  const group = broker.kafka.group('g');
  const shares = () => group.members.map(({ assignment }) => assignment[0]?.partitions.length);
  const seen: string[] = [];
  const first = await consume(broker, protocol, seen);
  await consume(broker, protocol, seen);
  await group.stable({ members: 2 });
  expect(shares()).toEqual([2, 2]);
  await first.close(true);
  await group.stable({ members: 1 });
  expect(shares()).toEqual([4]);
  for (let i = 0; i < 8; i++) broker.kafka.produce('t', { value: `v${i}`, partition: i % 4 });
  await group.caughtUp();
  // What was fetched while the assignment changed and not committed yet is read again.
  expect([...new Set(seen)].sort()).toEqual(Array.from({ length: 8 }, (_, i) => `v${i}`));
});
