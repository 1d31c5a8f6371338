import { describe, expect, test } from 'vitest';
import { describeClusterApi } from '../../../src/wire/kafka/handlers/describe-cluster.js';
import { fetchApi } from '../../../src/wire/kafka/handlers/fetch.js';
import { listGroupsApi } from '../../../src/wire/kafka/handlers/list-groups.js';
import { produceApi } from '../../../src/wire/kafka/handlers/produce.js';
import { NO_UUID } from '../../../src/wire/kafka/reader.js';
import { batchBytes } from '../../helpers/kafka-model.js';
import { fetchRequest } from '../../helpers/kafka-request.js';
import { KafkaWorld } from '../../helpers/kafka-wire.js';

const LIST_GROUPS = { statesFilter: [], typesFilter: [] };
const LONG_POLL = fetchRequest('t', NO_UUID, 0, 500);

function start() {
  const world = new KafkaWorld();
  world.broker.createTopic('t');
  return { world, client: world.connect() };
}

const produceRequest = (records: Uint8Array, acks: number) => ({
  transactionalId: null,
  acks,
  timeoutMs: 1_000,
  topicData: [{ name: 't', partitionData: [{ index: 0, records }] }],
});

describe('an answer that comes later', () => {
  test('holds back what was asked behind it on the same connection, and on no other', () => {
    const { world, client } = start();
    client.send(fetchApi, 11, LONG_POLL);
    client.send(describeClusterApi, 0, { includeClusterAuthorizedOperations: false, includeFencedBrokers: false });
    client.send(listGroupsApi, 3, LIST_GROUPS);
    expect(client.transport.written).toEqual([]);
    expect(world.connect().ask(listGroupsApi, 3, LIST_GROUPS).errorCode).toBe('NONE');
    world.clock.advanceTo(world.clock.now + 500);
    expect(client.answer(fetchApi, 11)?.responses[0]?.partitions[0]?.errorCode).toBe('NONE');
    expect(client.answer(describeClusterApi, 0)?.controllerId).toBe(1);
    expect(client.answer(listGroupsApi, 3)?.errorCode).toBe('NONE');
  });

  test('ends its wait with its connection: no timer is left and nobody is told', () => {
    const { world, client } = start();
    client.send(fetchApi, 11, LONG_POLL);
    expect(world.clock.nextDataTimerMs).toBe(world.clock.now + 500);
    client.close();
    expect(world.clock.nextDataTimerMs).toBeUndefined();
  });
});

describe('a produce request with acks 0', () => {
  test('is silent, and the next request is served', () => {
    const { world, client } = start();
    client.send(produceApi, 8, produceRequest(batchBytes([{ value: 'a' }]), 0));
    expect(client.ask(listGroupsApi, 3, LIST_GROUPS).errorCode).toBe('NONE');
    expect(world.broker.topic('t').records()).toHaveLength(1);
  });

  test('closes the connection when it fails, which is all that it can say', () => {
    const { client } = start();
    const broken = Uint8Array.from(batchBytes([{ value: 'a' }]));
    broken[broken.length - 1] = (broken.at(-1) as number) ^ 1;
    client.send(produceApi, 8, produceRequest(broken, 0));
    expect([client.transport.closed, client.transport.written]).toEqual([true, []]);
  });
});
