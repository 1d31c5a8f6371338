import { expect, test } from 'vitest';
import { createAclsApi } from '../../../../src/wire/kafka/handlers/create-acls.js';
import { describeAclsApi } from '../../../../src/wire/kafka/handlers/describe-acls.js';
import { aclRequest, anyAcl } from '../../../helpers/kafka-request.js';
import { KafkaWorld } from '../../../helpers/kafka-wire.js';

test('without an authorizer rules of access are not kept', () => {
  const client = new KafkaWorld().connect();
  expect(client.ask(describeAclsApi, 3, anyAcl).errorCode).toBe('SECURITY_DISABLED');
});

test('rules are listed by resource, those that pass the filter', () => {
  const client = new KafkaWorld({ authorizer: { superUsers: ['User:ANONYMOUS'] } }).connect();
  const creations = [aclRequest('User:a', 't'), aclRequest('User:b', 't'), aclRequest('User:a', 'u')];
  client.ask(createAclsApi, 3, { creations });
  const all = client.ask(describeAclsApi, 3, anyAcl);
  expect(all.errorMessage).toBe('');
  expect(all.resources.map(({ resourceName, acls }) => [resourceName, acls.length])).toEqual([
    ['t', 2],
    ['u', 1],
  ]);
  const own = client.ask(describeAclsApi, 3, { ...anyAcl, principalFilter: 'User:b' });
  expect(own.resources).toMatchObject([{ resourceName: 't', acls: [{ principal: 'User:b', operation: 3 }] }]);
});
