import { expect, test } from 'vitest';
import { createAclsApi } from '../../../../src/wire/kafka/handlers/create-acls.js';
import { aclRequest } from '../../../helpers/kafka-request.js';
import { KafkaWorld } from '../../../helpers/kafka-wire.js';

test('each rule is checked by itself', () => {
  const client = new KafkaWorld({ authorizer: { superUsers: ['User:ANONYMOUS'] } }).connect();
  const creations = [
    aclRequest('User:a', 't'),
    aclRequest('nobody', 't'),
    aclRequest('User:a', ''),
    aclRequest('User:a', 't', { operation: 1 }),
    aclRequest('User:a', 't', { resourcePatternType: 1 }),
  ];
  const { results } = client.ask(createAclsApi, 3, { creations });
  expect(results[0]?.errorMessage).toBe('');
  expect(results.map(({ errorCode }) => errorCode)).toEqual([
    'NONE',
    'INVALID_REQUEST',
    'INVALID_REQUEST',
    'INVALID_REQUEST',
    'INVALID_REQUEST',
  ]);
});

test('who may not alter the cluster makes no rule', () => {
  const client = new KafkaWorld({ authorizer: {} }).connect();
  const { results } = client.ask(createAclsApi, 3, { creations: [aclRequest('User:a', 't')] });
  expect(results[0]?.errorCode).toBe('CLUSTER_AUTHORIZATION_FAILED');
});
