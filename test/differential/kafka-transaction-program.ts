/** Requests of transactional producers. */
import { group, identity, offsetTopics } from './kafka-group-program.js';
import { batch } from './kafka-log-program.js';
import type { Dice, Operation } from './kafka-program.js';

export function transactionOperation(dice: Dice): Operation | undefined {
  const connection = dice.connection;
  const roll = dice.int(100);
  if (roll < 18) return initProducerId(dice, connection);
  if (roll < 34) return addPartitions(dice, connection);
  if (roll < 56) return produce(dice, connection);
  if (roll < 64) return dice.make('AddOffsetsToTxn', { ...who(dice, connection), groupId: group(dice) }, connection);
  if (roll < 74) return txnOffsetCommit(dice, connection);
  if (roll < 88) return dice.make('EndTxn', { ...who(dice, connection), committed: dice.once(2) }, connection);
  if (roll < 94) return fetchCommitted(dice);
  if (roll < 97)
    return dice.make('DescribeTransactions', { transactionalIds: dice.some(2, () => id(dice, dice.connection)) });
  const states = dice.pick([[], ['Ongoing'], ['Empty', 'CompleteCommit'], ['nonsense']]);
  return dice.make('ListTransactions', {
    stateFilters: states,
    producerIdFilters: dice.once(3) ? [{ $: 'remember', what: 'producerId', connection: dice.connection }] : [],
    // Time passes for one of them only.
    durationFilter: dice.mostly(-1, 100_000),
  });
}

/** Connections have a transactional id of their own, but for two that share one. */
function id(dice: Dice, connection: number): string {
  return dice.mostly(connection < 2 ? '~t' : `~t${connection}`, '~t', '~none', '');
}

function who(dice: Dice, connection: number) {
  const from = dice.once(15) ? dice.connection : connection;
  return {
    transactionalId: id(dice, connection),
    producerId: { $: 'remember', what: 'producerId', connection: from },
    producerEpoch: {
      $: 'remember',
      what: 'producerEpoch',
      connection: from,
      ...(dice.once(12) ? { plus: dice.pick([1, -1]) } : {}),
    },
  };
}

function initProducerId(dice: Dice, connection: number): Operation | undefined {
  const { producerId, producerEpoch } = who(dice, connection);
  const known = dice.once(3)
    ? { producerId, producerEpoch }
    : dice.once(20)
      ? { producerId: -1, producerEpoch: 3 }
      : {};
  const body = {
    transactionalId: id(dice, connection),
    transactionTimeoutMs: dice.mostly(60_000, 0, -1, 900_001),
    ...known,
  };
  return dice.make('InitProducerId', body, connection);
}

function addPartitions(dice: Dice, connection: number): Operation | undefined {
  const topics = [...new Set(dice.some(2, () => dice.mostly(dice.pick(['~a', '~b']), dice.topic())))].map((name) => ({
    name,
    partitions: [...new Set(dice.some(2, () => dice.mostly(dice.int(2), dice.partition())))],
  }));
  const asked = who(dice, connection);
  const operation = dice.make('AddPartitionsToTxn', { ...asked, topics }, connection);
  if (!operation || operation.version < 4) return operation;
  return { ...operation, body: { transactions: [{ ...asked, verifyOnly: dice.once(4), topics }] } };
}

function produce(dice: Dice, connection: number): Operation | undefined {
  const name = dice.mostly(dice.pick(['~a', '~b']), dice.topic());
  const index = dice.mostly(dice.int(2), dice.partition());
  const transactional = !dice.once(8);
  const plan = {
    producer: dice.once(15) ? dice.connection : connection,
    transactional,
    ...(dice.once(12) ? { sequencePlus: dice.pick([1, -1]) } : {}),
    ...(dice.once(15) ? { epochPlus: dice.pick([1, -1]) } : {}),
  };
  const body = {
    transactionalId: transactional ? id(dice, connection) : dice.mostly<string | null>(null, id(dice, connection)),
    acks: -1,
    timeoutMs: 1_000,
    topicData: [{ name, partitionData: [{ index, records: batch(dice, name, index, plan) }] }],
  };
  return dice.make('Produce', body, connection);
}

const NOBODY = { generationId: -1, memberId: '', groupInstanceId: null };

function txnOffsetCommit(dice: Dice, connection: number): Operation | undefined {
  const body = {
    ...who(dice, connection),
    groupId: group(dice) || '~s',
    ...(dice.once(3) ? identity(dice, connection) : NOBODY),
    topics: offsetTopics(dice),
  };
  return dice.make('TxnOffsetCommit', body, connection);
}

function fetchCommitted(dice: Dice): Operation | undefined {
  const topic = dice.pick(['~a', '~b']);
  const partition = {
    partition: dice.int(2),
    currentLeaderEpoch: -1,
    fetchOffset: dice.int(4),
    lastFetchedEpoch: -1,
    logStartOffset: -1,
    partitionMaxBytes: 1_000_000,
  };
  const body = {
    replicaId: -1,
    maxWaitMs: 0,
    minBytes: 1,
    maxBytes: 1_000_000,
    isolationLevel: 1,
    sessionId: 0,
    sessionEpoch: -1,
    topics: [{ topic, topicId: { $: 'topicId', topic }, partitions: [partition] }],
    forgottenTopicsData: [],
    rackId: '',
  };
  return dice.make('Fetch', body);
}
