import { expect, test } from 'vitest';
import { electLeadersApi } from '../../../../src/wire/kafka/handlers/elect-leaders.js';
import { KafkaWorld } from '../../../helpers/kafka-wire.js';

test('a leader is elected where another one is due, and can be', () => {
  const world = new KafkaWorld({ nodes: 2 });
  world.broker.createTopic('t', { assignments: [[1, 2]] });
  const client = world.connect(2);
  const elect = (electionType: number) =>
    client.ask(electLeadersApi, 2, { electionType, topicPartitions: [{ topic: 't', partitions: [0] }] })
      .replicaElectionResults[0]?.partitionResult[0]?.errorCode;
  expect([elect(0), elect(1)]).toEqual(['ELECTION_NOT_NEEDED', 'ELECTION_NOT_NEEDED']);
  world.broker.stopNode(1);
  expect(elect(0)).toBe('PREFERRED_LEADER_NOT_AVAILABLE');
  expect(client.ask(electLeadersApi, 2, { electionType: 1, topicPartitions: null }).replicaElectionResults).toEqual([
    { topic: 't', partitionResult: [] },
  ]);
  world.broker.startNode(1);
  expect(elect(0)).toBe('NONE');
  expect(world.broker.topic('t').partitions[0]).toMatchObject({ leader: 1 });
});

test('what is not there is named', () => {
  const world = new KafkaWorld();
  world.broker.createTopic('t');
  const topicPartitions = [
    { topic: 't', partitions: [7] },
    { topic: 'none', partitions: [0] },
  ];
  const answer = world.connect().ask(electLeadersApi, 2, { electionType: 0, topicPartitions });
  expect(answer.replicaElectionResults.map(({ partitionResult }) => partitionResult[0]?.errorMessage)).toEqual([
    'No such partition as t-7',
    'No such topic as none',
  ]);
});

test('an election of an unknown type fails for every partition', () => {
  const body = { electionType: 2, topicPartitions: [{ topic: 't', partitions: [0, 7] }] };
  expect(new KafkaWorld().connect().ask(electLeadersApi, 2, body)).toMatchObject({
    errorCode: 'INVALID_REQUEST',
    replicaElectionResults: [
      { partitionResult: [{ errorMessage: 'Unknown election type 2' }, { errorCode: 'INVALID_REQUEST' }] },
    ],
  });
});
