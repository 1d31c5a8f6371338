/** Requests of group members, of both protocols, and of those who look after groups. */
import type { Remembered } from './kafka-content.js';
import { unique } from './kafka-log-program.js';
import type { Dice, Operation } from './kafka-program.js';

export function groupOperation(dice: Dice): Operation | undefined {
  const roll = dice.int(100);
  if (roll < 26) return joinGroup(dice);
  if (roll < 42) return syncGroup(dice);
  if (roll < 50) return heartbeat(dice);
  if (roll < 56) return leaveGroup(dice);
  if (roll < 67) return offsetCommit(dice);
  if (roll < 76) return offsetFetch(dice);
  if (roll < 84) return consumerGroupHeartbeat(dice);
  if (roll < 89)
    return dice.make('DescribeGroups', {
      groups: dice.some(2, () => group(dice)),
      includeAuthorizedOperations: dice.once(3),
    });
  if (roll < 92) return listGroups(dice);
  if (roll < 94)
    return dice.make('ConsumerGroupDescribe', {
      // Kafka 3.9 describes no group of a request in which one is missing.
      groupIds: [group(dice)],
      includeAuthorizedOperations: dice.once(3),
    });
  if (roll < 96) return dice.make('DeleteGroups', { groupsNames: dice.some(2, () => group(dice)) });
  if (roll < 98)
    return dice.make('OffsetDelete', {
      groupId: group(dice),
      topics: unique(dice.some(2, () => dice.topic())).map((name) => ({
        name,
        partitions: unique(dice.some(2, () => dice.partition())).map((partitionIndex) => ({ partitionIndex })),
      })),
    });
  return findCoordinator(dice);
}

/** Only these versions say which groups are empty, see `kafka-freedom`. */
function listGroups(dice: Dice): Operation | undefined {
  const body = {
    statesFilter: dice.pick([[], ['Stable'], ['empty'], ['Nonsense']]),
    typesFilter: dice.pick([[], ['classic'], ['Consumer'], ['x']]),
  };
  return dice.make('ListGroups', body, dice.connection, 4);
}

/** Connections have a group that they are mostly in. */
function groupOf(dice: Dice, connection: number): string {
  return dice.once(10) ? group(dice) : connection < 3 ? '~g' : '~m';
}

export function group(dice: Dice): string {
  return dice.mostly(dice.pick(['~g', '~g', '~m']), '', '~none', '~s');
}

const remembered = (what: Remembered, connection: number, plus = 0) => ({
  $: 'remember',
  what,
  connection,
  ...(plus ? { plus } : {}),
});

/** Who a connection says that it is: itself, as a rule. */
export function identity(dice: Dice, connection: number) {
  const from = dice.once(12) ? dice.connection : connection;
  const instance =
    connection === 2 ? dice.mostly<string | null>('static', null, 'other') : dice.once(30) ? 'static' : null;
  return {
    memberId: dice.once(15) ? dice.pick(['', 'stranger']) : remembered('memberId', from),
    groupInstanceId: instance,
    generationId: dice.once(12) ? dice.pick([0, -1, 99]) : remembered('generation', from, dice.once(15) ? 1 : 0),
  };
}

function joinGroup(dice: Dice): Operation | undefined {
  const connection = dice.connection;
  const { memberId, groupInstanceId } = identity(dice, connection);
  const protocol = (name: string) => ({
    name,
    metadata: { $: 'subscription', topics: dice.mostly(['~a'], ['~b'], ['~a', '~b']) },
  });
  const body = {
    // Groups keep to one protocol here.
    groupId: dice.once(12) ? dice.pick(['', '~s']) : '~g',
    sessionTimeoutMs: dice.mostly(60_000, 1, 5_999, 1_800_001, 30_000),
    rebalanceTimeoutMs: 60_000,
    memberId,
    groupInstanceId,
    protocolType: dice.once(25) ? dice.pick(['', 'connect']) : 'consumer',
    protocols: dice.once(12)
      ? dice.pick([[], [protocol('odd')]])
      : dice.mostly(
          [protocol('range')],
          [protocol('range'), protocol('roundrobin')],
          [protocol('roundrobin'), protocol('range')],
        ),
    reason: dice.once(3) ? 'because' : null,
  };
  // Older versions have no instance ids.
  return dice.make('JoinGroup', body, connection, connection === 2 ? 5 : 0);
}

function syncGroup(dice: Dice): Operation | undefined {
  const connection = dice.connection;
  const body = {
    groupId: groupOf(dice, connection),
    ...identity(dice, connection),
    protocolType: dice.mostly<string | null>('consumer', null, 'connect'),
    protocolName: dice.mostly<string | null>('range', null, 'roundrobin'),
    assignments: dice.once(6) ? [] : { $: 'assignments' },
  };
  return dice.make('SyncGroup', body, connection);
}

function heartbeat(dice: Dice): Operation | undefined {
  const connection = dice.connection;
  return dice.make('Heartbeat', { groupId: groupOf(dice, connection), ...identity(dice, connection) }, connection);
}

function leaveGroup(dice: Dice): Operation | undefined {
  const connection = dice.connection;
  const { memberId } = identity(dice, connection);
  const leaving = () => {
    const who = identity(dice, dice.mostly(connection, dice.connection));
    return { memberId: who.memberId, groupInstanceId: who.groupInstanceId, reason: null };
  };
  return dice.make(
    'LeaveGroup',
    { groupId: groupOf(dice, connection), memberId, members: dice.some(2, leaving) },
    connection,
  );
}

export const offsetTopics = (dice: Dice) =>
  unique(dice.some(2, () => dice.topic())).map((name) => ({
    name,
    partitions: unique(dice.some(2, () => dice.partition())).map((partitionIndex) => ({
      partitionIndex,
      committedOffset: dice.mostly(dice.int(5), -1, 1_000),
      committedLeaderEpoch: dice.mostly(-1, 0, 3),
      committedMetadata: dice.mostly<string | null>('', null, 'note', 'x'.repeat(4_097)),
    })),
  }));

function offsetCommit(dice: Dice): Operation | undefined {
  const connection = dice.connection;
  const who = identity(dice, connection);
  const alone = dice.once(2);
  const modern = dice.once(6);
  const body = {
    groupId: alone ? '~s' : groupOf(dice, connection) || '~s', // '' would be that of other programs too
    generationIdOrMemberEpoch: alone ? -1 : modern ? remembered('modernEpoch', connection) : who.generationId,
    memberId: alone ? '' : modern ? remembered('modernId', connection) : who.memberId,
    groupInstanceId: alone ? null : who.groupInstanceId,
    retentionTimeMs: -1,
    topics: offsetTopics(dice),
  };
  return dice.make('OffsetCommit', body, connection);
}

function offsetFetch(dice: Dice): Operation | undefined {
  const connection = dice.connection;
  const topics = () =>
    dice.once(4)
      ? null
      : dice.some(2, () => ({ name: dice.topic(), partitionIndexes: dice.some(2, () => dice.partition()) }));
  const asked = () => ({
    groupId: group(dice),
    memberId: dice.mostly<object | string | null>(null, remembered('modernId', connection), 'stranger'),
    memberEpoch: dice.mostly<object | number>(-1, remembered('modernEpoch', connection), 7),
    topics: topics(),
  });
  const body = { groupId: group(dice), topics: topics(), groups: dice.some(2, asked), requireStable: dice.once(2) };
  return dice.make('OffsetFetch', body, connection);
}

function consumerGroupHeartbeat(dice: Dice): Operation | undefined {
  const connection = dice.connection;
  const joins = dice.once(2);
  const whole = joins || dice.once(3);
  const body = {
    groupId: dice.once(12) ? dice.pick(['', '~none']) : '~m',
    memberId: dice.once(15)
      ? dice.pick(['', 'stranger'])
      : joins
        ? dice.mostly<object | string>('', remembered('modernId', connection))
        : remembered('modernId', connection),
    memberEpoch: joins ? 0 : dice.once(4) ? dice.pick([-1, -2, -2, -3, 99, 1]) : remembered('modernEpoch', connection),
    instanceId:
      connection === 1 ? dice.mostly<string | null>('fixed', null) : dice.once(8) ? dice.pick(['fixed', '']) : null,
    rackId: dice.once(12) ? dice.pick(['r', '']) : null,
    rebalanceTimeoutMs: whole ? dice.mostly(60_000, -1, 0) : -1,
    subscribedTopicNames: whole ? dice.mostly(['~a', '~b'], ['~a'], ['~none'], null as never) : null,
    subscribedTopicRegex: null,
    serverAssignor: dice.once(6) ? dice.pick(['uniform', 'range', 'odd', '']) : null,
    topicPartitions: joins
      ? dice.mostly<object | null>([], null)
      : dice.mostly<object | null>({ $: 'owned', connection }, null, []),
  };
  return dice.make('ConsumerGroupHeartbeat', body, connection);
}

function findCoordinator(dice: Dice): Operation | undefined {
  const keys = dice.some(2, () => dice.pick(['~g', '~t', '']));
  return dice.make('FindCoordinator', { key: keys[0], keyType: dice.mostly(0, 1, 2, 3, -1), coordinatorKeys: keys });
}
