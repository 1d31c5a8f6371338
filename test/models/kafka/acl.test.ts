import { describe, expect, test } from 'vitest';
import { TEST_LIMITS } from '../../../src/core/limits.js';
import {
  ACL_OPERATIONS,
  ACL_PATTERNS,
  ACL_PERMISSIONS,
  ACL_RESOURCES,
  AclStore,
} from '../../../src/models/kafka/acl.js';

const rule = (changes: object = {}) => ({
  resourceType: ACL_RESOURCES.topic,
  resourceName: 'orders',
  patternType: ACL_PATTERNS.literal,
  principal: 'User:bob',
  host: '*',
  operation: ACL_OPERATIONS.read,
  permissionType: ACL_PERMISSIONS.allow,
  ...changes,
});

const storeOf = (...rules: object[]) => {
  const store = new AclStore({ superUsers: ['User:admin'] }, TEST_LIMITS);
  for (const changes of rules) store.add(rule(changes));
  return store;
};

test.each<[string, object[], boolean]>([
  ['no rule', [], false],
  ['a topic that need not be there', [{}], true],
  ['another operation', [{ operation: ACL_OPERATIONS.describe }], false],
  ['all operations', [{ operation: ACL_OPERATIONS.all }], true],
  ['another host', [{ host: '10.0.0.2' }], false],
  ['a topic that is denied too', [{}, { permissionType: ACL_PERMISSIONS.deny }], false],
  ['two topics, one of them denied', [{}, { resourceName: 'b' }, { permissionType: ACL_PERMISSIONS.deny }], true],
  [
    'a topic that a prefix denies',
    [{}, { permissionType: ACL_PERMISSIONS.deny, patternType: ACL_PATTERNS.prefixed, resourceName: 'ord' }],
    false,
  ],
  ['all topics, one of them denied', [{ resourceName: '*' }, { permissionType: ACL_PERMISSIONS.deny }], true],
  ['a topic while all are denied', [{}, { permissionType: ACL_PERMISSIONS.deny, resourceName: '*' }], false],
])('with %s somebody may read somewhere or not', (_, rules, may) => {
  expect(storeOf(...rules).allowsSomewhere('User:bob', '10.0.0.1', 'read', 'topic')).toBe(may);
});

describe('who may do what', () => {
  const may = (
    store: AclStore,
    operation: 'read' | 'write' | 'describe',
    name = 'orders',
    principal = 'User:bob',
    host = '10.0.0.1',
  ) => store.allows(principal, host, operation, 'topic', name);

  test('nobody without a rule, but super users; everybody without an authorizer', () => {
    expect([may(storeOf(), 'read'), may(storeOf(), 'read', 'orders', 'User:admin')]).toEqual([false, true]);
    expect(may(new AclStore(undefined, TEST_LIMITS), 'read')).toBe(true);
    expect(may(new AclStore({ allowEveryoneIfNoAclFound: true }, TEST_LIMITS), 'read')).toBe(true);
  });

  test('reading implies describing, and nothing else', () => {
    const store = storeOf({});
    expect([may(store, 'read'), may(store, 'describe'), may(store, 'write'), may(store, 'read', 'other')]).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  test('a denial counts more than a permission', () => {
    const store = storeOf(
      { operation: ACL_OPERATIONS.all },
      { permissionType: ACL_PERMISSIONS.deny, host: '10.0.0.1' },
    );
    expect([may(store, 'read'), may(store, 'write'), may(store, 'read', 'orders', 'User:bob', '10.0.0.2')]).toEqual([
      false,
      true,
      true,
    ]);
  });

  test('prefixes, wildcards and everybody', () => {
    const store = storeOf(
      { resourceName: 'ord', patternType: ACL_PATTERNS.prefixed },
      { resourceName: '*', principal: 'User:*', operation: ACL_OPERATIONS.write },
    );
    expect([may(store, 'read', 'ordinary'), may(store, 'read', 'x'), may(store, 'write', 'x', 'User:eve')]).toEqual([
      true,
      false,
      true,
    ]);
  });
});

test('rules are found and removed by filters; the same one is kept once', () => {
  const store = storeOf(
    {},
    {},
    { operation: ACL_OPERATIONS.write },
    { resourceName: 'ord', patternType: ACL_PATTERNS.prefixed },
  );
  const any = {
    resourceType: 1,
    resourceName: null,
    patternType: 1,
    principal: null,
    host: null,
    operation: 1,
    permissionType: 1,
  };
  expect(store.find(any)).toHaveLength(3);
  expect(store.find({ ...any, patternType: ACL_PATTERNS.match, resourceName: 'orders' })).toHaveLength(3);
  expect(store.find({ ...any, patternType: ACL_PATTERNS.literal, resourceName: 'orders' })).toHaveLength(2);
  store.remove(store.find({ ...any, operation: ACL_OPERATIONS.write }));
  expect(store.bindings).toHaveLength(2);
});
