import { describe, expect, it } from 'vitest';
import { findCoordinatorApi } from '../../../../src/wire/kafka/handlers/find-coordinator.js';
import { offeredVersions } from '../../../helpers/kafka-versions.js';
import { KafkaWorld } from '../../../helpers/kafka-wire.js';

describe('FindCoordinator', () => {
  it.each(offeredVersions(findCoordinatorApi))('finds the node of a group with version %i', (version) => {
    const body = { key: 'g', keyType: 0, coordinatorKeys: ['g'] };
    const answer = new KafkaWorld().connect().ask(findCoordinatorApi, version, body);
    const found = version >= 4 ? answer.coordinators[0] : answer;
    expect(found).toMatchObject({ errorCode: 'NONE', nodeId: 1, host: '127.0.0.1', port: 9092 });
    if (version >= 1) expect(found?.errorMessage).toBe(version >= 4 ? '' : 'NONE');
  });

  it('answers every key by itself, in the order of the request', () => {
    const client = new KafkaWorld().connect();
    const ask = (keyType: number, version = 4) =>
      client.ask(findCoordinatorApi, version, { key: '', keyType, coordinatorKeys: ['a', 'b'] }).coordinators;
    expect(ask(1).map(({ key }) => key)).toEqual(['a', 'b']);
    expect(ask(2)).toMatchObject([{ errorCode: 'INVALID_REQUEST', nodeId: -1, host: '', port: -1 }, {}]);
    expect(ask(2, 6)).toMatchObject([{ errorCode: 'COORDINATOR_NOT_AVAILABLE' }, {}]);
    expect(ask(3, 6)).toMatchObject([{ errorCode: 'INVALID_REQUEST' }, {}]);
  });

  it('names another node when the first one stops', () => {
    const world = new KafkaWorld({ nodes: 3 });
    const ask = (node: number) =>
      world.connect(node).ask(findCoordinatorApi, 2, { key: 'g', keyType: 0, coordinatorKeys: [] }).nodeId;
    const first = ask(1);
    world.broker.stopNode(first);
    expect(ask((first % 3) + 1)).not.toBe(first);
  });
});
