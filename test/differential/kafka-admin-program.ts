/** Requests that create, change and describe topics and settings. */
import { anyAcl } from '../helpers/kafka-request.js';
import { metadata, topicId, unique } from './kafka-log-program.js';
import type { Dice, Operation } from './kafka-program.js';

const SETTINGS: ReadonlyArray<readonly [name: string, ...values: Array<string | null>]> = [
  ['retention.ms', '1000', '-1', '-2', 'x', '', ' 7 ', null, '99999999999999999999'],
  ['retention.bytes', '1000', '-1', '-2', '1.5'],
  ['cleanup.policy', 'delete', 'compact', 'compact,delete', 'delete,compact', 'none', '', ' delete , compact '],
  ['segment.bytes', '1048576', '14', '13', '0', '2147483648'],
  ['segment.ms', '1', '0', '60000'],
  ['max.message.bytes', '200', '0', '-1', '1000000'],
  ['min.insync.replicas', '1', '2', '0'],
  ['compression.type', 'gzip', 'producer', 'bad', 'uncompressed', 'GZIP'],
  ['message.timestamp.type', 'LogAppendTime', 'CreateTime', 'x'],
  ['message.timestamp.before.max.ms', '1000', '-1', '86400000'],
  ['message.timestamp.after.max.ms', '1000', '86400000'],
  ['min.cleanable.dirty.ratio', '0.1', '1.1', '-0.1', 'x'],
  ['unclean.leader.election.enable', 'true', 'TRUE', 'yes', 'false'],
  ['preallocate', 'true', 'false'],
  ['flush.messages', '1', '0'],
  ['index.interval.bytes', '0', '-1'],
  ['remote.storage.enable', 'false'],
  ['leader.replication.throttled.replicas', '*', '0:1', 'x', ''],
  ['no.such.setting', '1', ''],
  ['', '1'],
];

const NODE_SETTINGS = [
  'log.retention.ms',
  'log.roll.ms',
  'log.segment.bytes',
  'message.max.bytes',
  'num.partitions',
  'compression.type',
  'auto.create.topics.enable',
  'offsets.topic.num.partitions',
  'no.such',
];

export function adminOperation(dice: Dice): Operation | undefined {
  const roll = dice.int(100);
  if (roll < 20) return createTopics(dice);
  if (roll < 28) return deleteTopics(dice);
  if (roll < 36) return createPartitions(dice);
  if (roll < 50) return describeConfigs(dice);
  if (roll < 66) return incrementalAlterConfigs(dice);
  if (roll < 72) return alterConfigs(dice);
  if (roll < 82) return metadata(dice);
  if (roll < 88) return describeTopicPartitions(dice);
  if (roll < 91)
    return dice.make('DescribeCluster', {
      includeClusterAuthorizedOperations: dice.once(2),
      endpointType: dice.mostly(1, 0, 2, 3),
    });
  return rare(dice);
}

function name(dice: Dice): string {
  return dice.mostly(
    dice.pick(['~a', '~b', '~c', '~d', '~e']),
    '~c.x',
    '~c_x',
    '',
    '.',
    '..',
    '~bad name',
    '~é',
    `~${'n'.repeat(250)}`,
  );
}

function setting(dice: Dice): { name: string; value: string | null } {
  const [key, ...values] = dice.pick(SETTINGS);
  return { name: key, value: dice.pick(values) };
}

function createTopics(dice: Dice): Operation | undefined {
  const topic = () => {
    const manual = dice.once(6);
    return {
      name: name(dice),
      numPartitions: manual && !dice.once(4) ? -1 : dice.mostly(dice.pick([1, 2, -1]), 0, -2),
      replicationFactor: manual && !dice.once(4) ? -1 : dice.mostly(dice.pick([1, -1]), 0, 2, -2),
      assignments: manual
        ? dice.some(2, () => ({
            partitionIndex: dice.mostly(0, 1, 2, -1),
            brokerIds: dice.mostly([1], [], [2], [1, 1], [-1]),
          }))
        : [],
      configs: dice.once(3) ? dice.some(2, () => setting(dice)) : [],
    };
  };
  // Names that come together may collide in Kafka.
  const [first, ...others] = dice.some(2, topic);
  const topics = [first, ...others.filter(({ name }) => name.replace('_', '.') !== '~c.x')];
  return dice.make('CreateTopics', { topics, timeoutMs: 5_000, validateOnly: dice.once(5) });
}

function deleteTopics(dice: Dice): Operation | undefined {
  const topics = dice.some(2, () => {
    const topic = dice.topic();
    if (dice.once(3)) return { name: null, topicId: topicId(dice, topic) };
    if (dice.once(15)) return { name: topic, topicId: { $: 'topicId', topic } };
    return { name: topic, topicId: NO_ID };
  });
  const body = {
    topics: dice.once(20) ? [{ name: null, topicId: NO_ID }] : topics,
    topicNames: dice.some(2, () => dice.topic()),
    timeoutMs: 5_000,
  };
  return dice.make('DeleteTopics', body);
}

const NO_ID = '00000000-0000-0000-0000-000000000000';

function createPartitions(dice: Dice): Operation | undefined {
  const body = {
    topics: dice.some(2, () => ({
      name: dice.topic(),
      count: dice.pick([1, 2, 3, 4, 0, -1]),
      assignments: dice.once(4) ? dice.some(2, () => ({ brokerIds: dice.mostly([1], [], [2], [1, 1]) })) : null,
    })),
    timeoutMs: 5_000,
    validateOnly: dice.once(4),
  };
  return dice.make('CreatePartitions', body);
}

/** Topics mostly; nodes only where nothing of the real broker's own shows. */
function resource(dice: Dice): { resourceType: number; resourceName: string } {
  if (dice.once(15)) return { resourceType: dice.pick([0, 1, 3, 99]), resourceName: '~a' };
  return { resourceType: 2, resourceName: dice.topic() };
}

function describeConfigs(dice: Dice): Operation | undefined {
  const body = {
    resources: dice
      .some(2, () => ({
        ...resource(dice),
        configurationKeys: dice.once(3)
          ? dice.pick([[], ['no.such'], ['retention.ms', 'retention.ms']])
          : dice.some(3, () => dice.pick(SETTINGS)[0]),
      }))
      .map((asked) => (dice.once(8) ? nodeSettings(dice) : asked)),
    includeSynonyms: dice.once(2),
    includeDocumentation: false,
  };
  return dice.make('DescribeConfigs', body);
}

/** A node has more settings than are known here, and its addresses are its own. */
function nodeSettings(dice: Dice): object {
  const configurationKeys = dice.some(3, () => dice.pick(NODE_SETTINGS));
  return { resourceType: 4, resourceName: dice.pick(['1', '1', '2', 'x', '']), configurationKeys };
}

function incrementalAlterConfigs(dice: Dice): Operation | undefined {
  const body = {
    resources: dice.some(2, () => ({
      ...resource(dice),
      // What Kafka makes of an unknown operation depends on its hash tables when there are others.
      configs: dice.once(12)
        ? [{ ...setting(dice), configOperation: dice.pick([4, -1]) }]
        : dice.some(2, () => ({ ...setting(dice), configOperation: dice.mostly(dice.int(4), 0) })),
    })),
    validateOnly: dice.once(5),
  };
  return dice.make('IncrementalAlterConfigs', body);
}

function alterConfigs(dice: Dice): Operation | undefined {
  const body = {
    resources: dice.some(2, () => ({ ...resource(dice), configs: dice.some(2, () => setting(dice), 0) })),
    validateOnly: dice.once(5),
  };
  return dice.make('AlterConfigs', body);
}

function describeTopicPartitions(dice: Dice): Operation | undefined {
  const topics = dice.some(3, () => ({ name: dice.topic() }));
  const body = {
    topics,
    responsePartitionLimit: dice.mostly(2_000, 1, 2, 0, -1),
    cursor: dice.once(3) ? { topicName: dice.pick(topics).name, partitionIndex: dice.int(3) } : null,
  };
  return dice.make('DescribeTopicPartitions', body);
}

function rare(dice: Dice): Operation | undefined {
  return dice.pick(RARE)(dice);
}

const partitions = (dice: Dice) => dice.some(2, () => dice.partition());

const ACL = {
  resourceType: 2,
  resourceName: '~a',
  resourcePatternType: 3,
  principal: 'User:u',
  host: '*',
  operation: 3,
  permissionType: 3,
};

const RARE: ReadonlyArray<(dice: Dice) => Operation | undefined> = [
  (dice) =>
    dice.make('ElectLeaders', {
      electionType: dice.mostly(0, 1, 2),
      topicPartitions: dice.once(6)
        ? null
        : dice.some(2, () => ({ topic: dice.topic(), partitions: partitions(dice) })),
      timeoutMs: 5_000,
    }),
  (dice) =>
    dice.make('AlterPartitionReassignments', {
      timeoutMs: 5_000,
      topics: dice.some(2, () => ({
        name: dice.topic(),
        partitions: partitions(dice).map((partitionIndex) => ({
          partitionIndex,
          replicas: dice.pick([null, [1], [2], [], [1, 1]]),
        })),
      })),
    }),
  (dice) =>
    dice.make('ListPartitionReassignments', {
      timeoutMs: 5_000,
      topics: dice.once(6) ? null : dice.some(2, () => ({ name: dice.topic(), partitionIndexes: partitions(dice) })),
    }),
  (dice) => dice.make('DescribeAcls', anyAcl),
  (dice) => dice.make('CreateAcls', { creations: dice.some(2, () => ACL, 0) }),
  (dice) => dice.make('DeleteAcls', { filters: dice.some(2, () => ({ ...anyAcl, principalFilter: 'User:u@' }), 0) }),
  (dice) =>
    dice.make('DescribeUserScramCredentials', {
      users: dice.pick([[], [{ name: '~u' }], [{ name: '~u' }, { name: '~u' }], [{ name: '~v' }, { name: '~u' }]]),
    }),
  (dice) => alterScram(dice),
  (dice) =>
    dice.make('DescribeLogDirs', {
      topics: dice.once(4)
        ? null
        : unique(dice.some(2, () => dice.topic())).map((topic) => ({ topic, partitions: unique(partitions(dice)) })),
    }),
  (dice) => dice.make('SaslHandshake', { mechanism: dice.pick(['PLAIN', 'SCRAM-SHA-256', 'x', '']) }),
  (dice) => dice.make('SaslAuthenticate', { authBytes: { $: 'bytes', text: '\0u\0p' } }),
  (dice) =>
    dice.make('ApiVersions', {
      clientSoftwareName: dice.pick(['test', '', '-x', 'a b']),
      clientSoftwareVersion: dice.pick(['1.0', '']),
    }),
];

function alterScram(dice: Dice): Operation | undefined {
  const user = () => ({ name: dice.mostly('~u', '~v', ''), mechanism: dice.mostly(1, 2, 0, 7) });
  return dice.make('AlterUserScramCredentials', {
    deletions: dice.once(2) ? dice.some(2, user) : [],
    upsertions: dice.some(
      2,
      () => ({
        ...user(),
        iterations: dice.mostly(4_096, 4_095, 16_384, 16_385),
        salt: { $: 'bytes', text: 'salt' },
        saltedPassword: { $: 'bytes', text: dice.mostly('password', '') },
      }),
      0,
    ),
  });
}
