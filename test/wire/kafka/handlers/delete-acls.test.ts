import { expect, test } from 'vitest';
import { createAclsApi } from '../../../../src/wire/kafka/handlers/create-acls.js';
import { deleteAclsApi } from '../../../../src/wire/kafka/handlers/delete-acls.js';
import { aclRequest, anyAcl } from '../../../helpers/kafka-request.js';
import { KafkaWorld } from '../../../helpers/kafka-wire.js';

test('the rules that pass a filter are removed and named', () => {
  const client = new KafkaWorld({ authorizer: { superUsers: ['User:ANONYMOUS'] } }).connect();
  client.ask(createAclsApi, 3, { creations: [aclRequest('User:a', 't'), aclRequest('User:b', 't')] });
  const remove = (principalFilter: string) =>
    client
      .ask(deleteAclsApi, 3, { filters: [{ ...anyAcl, principalFilter }] })
      .filterResults[0]?.matchingAcls.map(({ principal }) => principal);
  expect(remove('User:a')).toEqual(['User:a']);
  expect(remove('User:a')).toEqual([]);
  expect(remove('User:b')).toEqual(['User:b']);
});
