import { expect, test } from 'vitest';
import { Acl, AclUser, type CommandCatalog } from '../../../src/models/redis/acl.js';

const catalog: CommandCatalog = {
  has: (name) => ['get', 'set', 'client', 'client|id'].includes(name),
  categories: () => [],
  allCategories: new Set(['read', 'pubsub']),
};

test('the last rule that fits wins', () => {
  const user = new AclUser('u');
  user.apply(['+@all', '-get', '+@read', '-client|id'], catalog);
  expect(user.mayRun('get', ['read'])).toBe(true);
  expect(user.mayRun('client|id', [])).toBe(false);
  expect(user.mayRun('client|list', [])).toBe(true);
  user.apply(['-@all', '+client'], catalog);
  expect([user.mayRun('get', ['read']), user.mayRun('client|id', [])]).toEqual([false, true]);
});

test('a rule that is none changes nothing', () => {
  const user = new AclUser('u');
  expect(() => user.apply(['on', '+nosuch'], catalog)).toThrow('Unknown command or category name in ACL');
  expect(user.enabled).toBe(false);
  expect(() => user.apply(['&*', '&x'], catalog)).toThrow('Adding a pattern after the * pattern');
});

test('passwords come and go', () => {
  const user = new AclUser('u');
  user.apply(['on', '>a', '>b', '<a'], catalog);
  expect([user.checkPassword('a'), user.checkPassword('b')]).toEqual([false, true]);
  user.apply(['nopass'], catalog);
  expect(user.checkPassword('anything')).toBe(true);
  user.apply(['off'], catalog);
  expect(user.checkPassword('anything')).toBe(false);
});

test('the default user is always there, and requirepass is its password', () => {
  const acl = new Acl('');
  expect(acl.default.noPassword).toBe(true);
  acl.setDefaultPassword('pw');
  expect(acl.default.checkPassword('pw')).toBe(true);
  acl.ensure('u');
  expect(acl.names).toEqual(['default', 'u']);
  acl.reset('');
  expect(acl.names).toEqual(['default']);
});
