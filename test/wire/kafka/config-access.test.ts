import { expect, it } from 'vitest';
import type { Call } from '../../../src/wire/kafka/call.js';
import { demandConfigAccess, keyOfResource } from '../../../src/wire/kafka/config-access.js';

it('settings of a topic or a group belong to it, all others to the cluster', () => {
  const asked: string[] = [];
  const call = { demand: (...need: string[]) => asked.push(need.join(' ')) } as unknown as Call<any>;
  demandConfigAccess(call, 'describeConfigs', 2, 't');
  demandConfigAccess(call, 'alterConfigs', 4, '1');
  demandConfigAccess(call, 'alterConfigs', 32, 'g');
  expect(asked).toEqual(['describeConfigs topic t', 'alterConfigs cluster kafka-cluster', 'alterConfigs group g']);
});

it('a resource is known by its type and name', () => {
  const key = keyOfResource({ resourceType: 2, resourceName: 't' });
  expect(keyOfResource({ resourceType: 4, resourceName: 't' })).not.toBe(key);
  expect(keyOfResource({ resourceType: 2, resourceName: 't' })).toBe(key);
});
