/** Requests that write and read logs. */
import type { BatchPlan, Damage } from './kafka-content.js';
import type { Dice, Operation } from './kafka-program.js';

const DAMAGES: readonly Damage[] = [
  'crc',
  'magic0',
  'magic1',
  'magic3',
  'short',
  'long',
  'length+',
  'length-',
  'count+',
  'count-',
  'count0',
  'delta+',
  'offset',
  'control',
  'appendTime',
  'codec',
  'garbage',
  'tiny',
];

export function logOperation(dice: Dice): Operation | undefined {
  const roll = dice.int(100);
  if (roll < 36) return produce(dice);
  if (roll < 62) return fetch(dice);
  if (roll < 74) return listOffsets(dice);
  if (roll < 80) return deleteRecords(dice);
  if (roll < 86) return offsetForLeaderEpoch(dice);
  if (roll < 91) return initProducerId(dice);
  if (roll < 95) return describeProducers(dice);
  return metadata(dice);
}

/** No client names anything twice; what Kafka makes of that is its own affair. */
export const unique = <T>(values: readonly T[]): T[] => [...new Set(values)];

/** The id of a topic, or seldom that of one which had its name before. */
export function topicId(dice: Dice, topic: string): object {
  return { $: 'topicId', topic, ...(dice.once(12) ? { first: true } : {}) };
}

export function batch(dice: Dice, topic: string, partition: number, changes: Partial<BatchPlan> = {}): BatchPlan {
  const plan: BatchPlan = {
    $: 'batch',
    topic,
    partition,
    records: dice.some(3, () => ({
      key: dice.pick(['k1', 'k2', '', dice.once(3) ? null : 'k3']),
      value: dice.pick(['v', 'value '.repeat(1 + dice.int(8)), '', dice.once(3) ? null : 'w']),
      timestamp: dice.once(25) ? -1 : dice.int(1_000),
      ...(dice.once(6) ? { headers: [['h', dice.pick(['x', '', null])] as const] } : {}),
    })),
    ...(dice.once(8) ? { gzip: true } : {}),
    ...changes,
  };
  if (dice.once(9)) return { ...plan, damage: dice.pick(DAMAGES) };
  return dice.once(60) ? { ...plan, twice: true } : plan;
}

/** The next batch of an idempotent producer, or one that is not. */
function idempotent(dice: Dice): Partial<BatchPlan> {
  const sequence = dice.once(4) ? { sequencePlus: dice.pick([1, -1, -2, 5]) } : {};
  const fixed = dice.once(12) ? { sequence: dice.pick([0, 3, -1, 2_147_483_647]) } : {};
  const epoch = dice.once(10) ? { epochPlus: dice.pick([1, -1, 2]) } : {};
  return { producer: dice.connection, ...sequence, ...fixed, ...epoch };
}

function produce(dice: Dice): Operation | undefined {
  const topics = dice.some(2, () => dice.topic());
  const body = {
    transactionalId: null,
    acks: dice.once(8) ? dice.pick([0, 1, 2, -2]) : -1,
    timeoutMs: 1_000,
    topicData: unique(topics).map((name) => ({
      name,
      partitionData: unique(dice.some(2, () => dice.partition())).map((index) => ({
        index,
        records: dice.once(25) ? null : batch(dice, name, index, dice.once(3) ? idempotent(dice) : {}),
      })),
    })),
  };
  return dice.make('Produce', body);
}

function fetch(dice: Dice): Operation | undefined {
  const connection = dice.connection;
  const session = dice.once(3) ? fetchSession(dice, connection) : { sessionId: 0, sessionEpoch: dice.mostly(-1, 0) };
  const topics = unique(dice.some(2, () => dice.topic()));
  const asked = (topic: string) => ({
    topic,
    topicId: topicId(dice, topic),
    partitions: unique(dice.some(2, () => dice.partition())).map((partition) => ({
      partition,
      currentLeaderEpoch: dice.mostly(-1, 0, 1),
      fetchOffset: dice.once(8) ? dice.pick([-1, 99, 1_000_000]) : dice.int(7),
      lastFetchedEpoch: dice.mostly(-1, 0, 1),
      logStartOffset: -1,
      partitionMaxBytes: dice.mostly(1_000_000, 0, 1, 70, 200, -1),
    })),
  });
  const body = {
    replicaId: -1,
    maxWaitMs: dice.mostly(0, 30_000),
    minBytes: dice.mostly(1, 0, 100),
    maxBytes: dice.mostly(1_000_000, 0, 1, 100, 300),
    isolationLevel: dice.int(2),
    ...session,
    topics: dice.once(6) ? [] : topics.map(asked),
    forgottenTopicsData: dice.once(6) ? [{ topic: '~a', topicId: { $: 'topicId', topic: '~a' }, partitions: [0] }] : [],
    rackId: '',
  };
  return dice.make('Fetch', body, connection);
}

function fetchSession(dice: Dice, connection: number): object {
  const from = dice.mostly(connection, dice.connection);
  return {
    sessionId: { $: 'remember', what: 'fetchSession', connection: from },
    sessionEpoch: dice.mostly<object | number>({ $: 'remember', what: 'fetchEpoch', connection: from }, 0, -1, {
      $: 'remember',
      what: 'fetchEpoch',
      connection: from,
      plus: 1,
    }),
  };
}

function listOffsets(dice: Dice): Operation | undefined {
  const body = {
    replicaId: -1,
    isolationLevel: dice.int(2),
    topics: dice.some(2, () => ({
      name: dice.topic(),
      partitions: dice.some(2, () => ({
        partitionIndex: dice.partition(),
        currentLeaderEpoch: dice.mostly(-1, 0, 1),
        timestamp: dice.once(2)
          ? dice.pick([-1, -2, -3, -4, -5, -6, -7])
          : dice.mostly<object | number>({ $: 'time', plus: dice.int(1_100) }, 0, { $: 'time', plus: 2_000_000 }),
      })),
    })),
    timeoutMs: 1_000,
  };
  return dice.make('ListOffsets', body);
}

function deleteRecords(dice: Dice): Operation | undefined {
  const body = {
    topics: unique(dice.some(2, () => dice.topic())).map((name) => ({
      name,
      partitions: unique(dice.some(2, () => dice.partition())).map((partitionIndex) => ({
        partitionIndex,
        offset: dice.once(3) ? dice.pick([-1, -2, 99]) : dice.int(5),
      })),
    })),
    timeoutMs: 1_000,
  };
  return dice.make('DeleteRecords', body);
}

function offsetForLeaderEpoch(dice: Dice): Operation | undefined {
  const body = {
    replicaId: -1,
    topics: dice.some(2, () => ({
      topic: dice.topic(),
      partitions: dice.some(2, () => ({
        partition: dice.partition(),
        currentLeaderEpoch: dice.mostly(-1, 0, 1),
        leaderEpoch: dice.pick([0, 0, 1, -1]),
      })),
    })),
  };
  return dice.make('OffsetForLeaderEpoch', body);
}

function initProducerId(dice: Dice): Operation | undefined {
  const connection = dice.connection;
  const known = dice.once(4)
    ? {
        producerId: { $: 'remember', what: 'producerId', connection },
        producerEpoch: { $: 'remember', what: 'producerEpoch', connection },
      }
    : {};
  const body = {
    transactionalId: dice.once(12) ? '' : null,
    transactionTimeoutMs: dice.mostly(60_000, 0, -1),
    ...known,
  };
  return dice.make('InitProducerId', body, connection);
}

function describeProducers(dice: Dice): Operation | undefined {
  const body = {
    topics: dice.some(2, () => ({ name: dice.topic(), partitionIndexes: dice.some(2, () => dice.partition()) })),
  };
  return dice.make('DescribeProducers', body);
}

export function metadata(dice: Dice): Operation | undefined {
  const byId = dice.once(4);
  const topics = unique(dice.some(2, () => dice.topic())).map((topic) =>
    byId ? { topicId: topicId(dice, topic), name: null } : { name: topic },
  );
  const body = {
    topics: dice.once(8) ? null : dice.once(8) ? [] : topics,
    allowAutoTopicCreation: dice.once(3),
    includeClusterAuthorizedOperations: dice.once(4),
    includeTopicAuthorizedOperations: dice.once(4),
  };
  const operation = dice.make('Metadata', body);
  // Ids came with version 10, and could stand without a name since 12.
  return operation && byId && operation.version < 12 ? { ...operation, version: 12 } : operation;
}
