import { expect, it } from 'vitest';
import type { Call } from '../../../src/wire/kafka/call.js';
import { checkResourceTypes, demandConfigAccess, keyOfResource } from '../../../src/wire/kafka/config-access.js';

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

it('resources that can have settings are topics, nodes, their loggers, client metrics and groups', () => {
  const check = (resourceType: number) => () => checkResourceTypes([{ resourceType, resourceName: 'x' }]);
  for (const known of [2, 4, 8, 16, 32]) expect(check(known)).not.toThrow();
  for (const strange of [0, 1, 3, 99]) expect(check(strange)).toThrow(`Unexpected resource type ${strange}`);
});
