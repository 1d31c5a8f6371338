import { describe, expect, it } from 'vitest';
import { accessDenied, deniedRequest } from '../../../src/wire/kafka/access.js';
import type { Call } from '../../../src/wire/kafka/call.js';
import { KafkaWorld } from '../../helpers/kafka-wire.js';

/** A call of a client that may do what is listed. */
function calling(version: number, ...allowed: string[]): Call<any> {
  const { broker } = new KafkaWorld();
  broker.createTopic('t');
  const authorize = (operation: string, resource: string, name: string) =>
    allowed.includes(`${operation} ${resource} ${name}`);
  return { broker, version, authorize } as unknown as Call<any>;
}

describe('a request as a whole', () => {
  it.each([
    ['JoinGroup', 5, { groupId: 'g' }, 'read group g', 'GROUP_AUTHORIZATION_FAILED'],
    ['DeleteGroups', 2, { groupsNames: ['g'] }, 'delete group g', 'GROUP_AUTHORIZATION_FAILED'],
    ['OffsetFetch', 7, { groupId: 'g' }, 'describe group g', 'GROUP_AUTHORIZATION_FAILED'],
    ['OffsetFetch', 8, { groups: [{ groupId: 'g' }] }, 'describe group g', 'GROUP_AUTHORIZATION_FAILED'],
    ['EndTxn', 3, { transactionalId: 'x' }, 'write transactionalId x', 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED'],
    ['FindCoordinator', 3, { key: 'g', keyType: 0 }, 'describe group g', 'GROUP_AUTHORIZATION_FAILED'],
    [
      'FindCoordinator',
      4,
      { coordinatorKeys: ['x'], keyType: 1 },
      'describe transactionalId x',
      'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
    ],
  ])('%s %d needs what it is about', (api, version, request, need, denied) => {
    expect(deniedRequest(api, request, calling(version))).toBe(denied);
    expect(deniedRequest(api, request, calling(version, need))).toBeUndefined();
  });

  it('who may write to some topic may be an idempotent producer', () => {
    const request = { transactionalId: null };
    expect(deniedRequest('InitProducerId', request, calling(4))).toBe('CLUSTER_AUTHORIZATION_FAILED');
    expect(deniedRequest('InitProducerId', request, calling(4, 'write topic t'))).toBeUndefined();
  });

  it('Produce without a transaction asks for nothing, nor does an API that is not listed', () => {
    expect(deniedRequest('Produce', { transactionalId: null }, calling(9))).toBeUndefined();
    expect(deniedRequest('Metadata', {}, calling(9))).toBeUndefined();
  });
});

it('a refusal has the name of what is refused', () => {
  expect(accessDenied('topic', 't')).toMatchObject({ code: 'TOPIC_AUTHORIZATION_FAILED' });
  expect(accessDenied('user', 'u')).toMatchObject({ code: 'CLUSTER_AUTHORIZATION_FAILED' });
});
