import { describe, expect, it } from 'vitest';
import { consumerGroupDescribeApi } from '../../../../src/wire/kafka/handlers/consumer-group-describe.js';
import { consumerGroupHeartbeatApi } from '../../../../src/wire/kafka/handlers/consumer-group-heartbeat.js';
import { joinModern as join } from '../../../helpers/kafka-request.js';
import { offeredVersions } from '../../../helpers/kafka-versions.js';
import { KafkaWorld } from '../../../helpers/kafka-wire.js';

describe('ConsumerGroupHeartbeat', () => {
  it.each(offeredVersions(consumerGroupHeartbeatApi))(
    'lets a member in and gives it topics by id with version %i',
    (version) => {
      const world = new KafkaWorld();
      world.broker.createTopic('t', { partitions: 2 });
      const topicId = world.broker.cluster.topic('t')?.id as string;
      const ask = (changes = {}) => world.connect().ask(consumerGroupHeartbeatApi, version, join(changes));
      expect(ask()).toMatchObject({
        errorCode: 'NONE',
        memberId: 'm',
        memberEpoch: 1,
        heartbeatIntervalMs: 5_000,
        assignment: { topicPartitions: [{ topicId, partitions: [0, 1] }] },
      });
      const quiet = { memberEpoch: 1, rebalanceTimeoutMs: -1, subscribedTopicNames: null, topicPartitions: null };
      expect(ask(quiet).assignment).toBeNull();
      expect(ask({ ...quiet, topicPartitions: [{ topicId, partitions: [0, 1] }] }).errorCode).toBe('NONE');
      expect(ask({ ...quiet, memberEpoch: 2 })).toMatchObject({ errorCode: 'FENCED_MEMBER_EPOCH', assignment: null });
      expect(ask({ topicPartitions: null }).errorCode).toBe('INVALID_REQUEST');
      expect(ask({ memberEpoch: -1 })).toMatchObject({ errorCode: 'NONE', memberEpoch: -1 });
    },
  );

  it('lets a pattern find every topic, those of the broker too', () => {
    const world = new KafkaWorld();
    for (const name of ['orders', 'orders-2', 'x']) world.broker.createTopic(name);
    world.broker.cluster.internalTopic('__transaction_state');
    const topicsOf = (subscribedTopicRegex: string) => {
      const asked = join({ groupId: subscribedTopicRegex, subscribedTopicNames: null, subscribedTopicRegex });
      const { assignment } = world.connect().ask(consumerGroupHeartbeatApi, 1, asked);
      const names = assignment?.topicPartitions.map(({ topicId }) => world.broker.cluster.topicById(topicId)?.name);
      return names?.sort();
    };
    expect(topicsOf('orders.*')).toEqual(['orders', 'orders-2']);
    expect(topicsOf('__transaction_state|x')).toEqual(['__transaction_state', 'x']);
  });

  it('shows in ConsumerGroupDescribe', () => {
    const world = new KafkaWorld();
    world.broker.createTopic('t');
    const client = world.connect();
    client.ask(consumerGroupHeartbeatApi, 1, join());
    const { groups } = client.ask(consumerGroupDescribeApi, 1, {
      groupIds: ['g', 'x'],
      includeAuthorizedOperations: true,
    });
    expect(groups).toMatchObject([
      { groupState: 'Stable', groupEpoch: 1, assignmentEpoch: 1, assignorName: 'uniform', authorizedOperations: 328 },
      { errorCode: 'GROUP_ID_NOT_FOUND', members: [] },
    ]);
    expect(groups[0]?.members[0]).toMatchObject({ memberId: 'm', memberEpoch: 1, memberType: 1 });
    expect(groups[0]?.members[0]?.assignment.topicPartitions).toMatchObject([{ topicName: 't', partitions: [0] }]);
  });
});
