/** Users, what they may do, and their limits: /api/users, /api/permissions, /api/topic-permissions, /api/user-limits. */
import { createHash } from 'node:crypto';
import {
  type AmqpBroker,
  erlangFormat,
  erlangJson,
  Pattern,
  type User,
  type UserLimit,
} from '../../../models/amqp/index.js';
import type { HttpResponse } from '../../http/index.js';
import { badRequest, charCodes, found, isBase64, noContent, orInvalidPattern, stored } from './answer.js';
import { type Endpoint, get, post, put, putJson, remove } from './endpoint.js';
import { settingTerm } from './json-field.js';
import { list, single } from './listing.js';
import { type JsonObject, type ManagementRequest, objectOf } from './request.js';

type JsonItem = Record<string, unknown>;

const HASHING = 'rabbit_password_hashing_sha256';

/** base64 of four bytes of salt and the SHA-256 of salt and password. */
function hashOf(user: User): string {
  const { plain, hash } = user.password;
  if (plain === undefined) return hash ?? '';
  const salt = createHash('sha256').update(user.name).digest().subarray(0, 4);
  const digest = createHash('sha256').update(salt).update(plain, 'utf8').digest();
  return Buffer.concat([salt, digest]).toString('base64');
}

export function userToJson(user: User): JsonItem {
  return {
    name: user.name,
    password_hash: hashOf(user),
    hashing_algorithm: HASHING,
    tags: user.tags,
    limits: Object.fromEntries(user.limits),
  };
}

/** Adds or changes a user as a body says. @returns whether it is new */
export function storeUser(broker: AmqpBroker, name: string, body: JsonObject): boolean {
  const { password, password_hash: hash, tags } = body;
  if (tags === undefined) throw badRequest('tags_not_present');
  const list = tagsOf(tags);
  const secrets = [password, hash].filter((secret) => secret !== undefined);
  if (secrets.some((secret) => typeof secret !== 'string')) throw badRequest('a password is a text');
  if (secrets.length === 2) throw badRequest('both_password_and_password_hash_are_provided');
  if (hash !== undefined && !isBase64(hash as string)) throw badRequest(['not_base64', hash]);
  const isNew = broker.setUser(name, {
    tags: list,
    ...(password !== undefined && { password: password as string }),
    ...(hash !== undefined && { hash: hash as string }),
  });
  for (const [limit, value] of Object.entries(objectOf(body.limits))) setLimitOf(broker, name, limit, value);
  return isNew;
}

export function tagsOf(tags: unknown): string[] {
  if (typeof tags !== 'string' && !Array.isArray(tags)) throw badRequest('tags are a text or a list');
  const list = Array.isArray(tags) ? tags.map(String) : tags.split(',').filter(Boolean);
  return list.map((tag) => tag.trim());
}

export function permissionsOf(user: User): JsonItem[] {
  return [...user.permissions].map(([vhost, { configure, write, read }]) => ({
    user: user.name,
    vhost,
    configure,
    write,
    read,
  }));
}

export function topicPermissionsOf(user: User): JsonItem[] {
  return [...user.topicPermissions()].map(([vhost, exchange, { write, read }]) => ({
    user: user.name,
    vhost,
    exchange,
    write,
    read,
  }));
}

const usersOf = ({ broker }: ManagementRequest): User[] => [...broker.users.values()];
const userIn = (request: ManagementRequest): User => found(request.broker.users.get(request.path('user')));

function checkTarget(request: ManagementRequest): void {
  const { broker } = request;
  if (broker.vhosts.has(request.path('vhost')) && broker.users.has(request.path('user'))) return;
  throw badRequest('vhost_or_user_not_found');
}

function setPermissions(request: ManagementRequest): HttpResponse {
  checkTarget(request);
  const body = request.bodyWith('configure', 'write', 'read');
  return stored(storePermissions(request.broker, request.path('user'), request.path('vhost'), body));
}

/** @returns whether there were none. @throws ManagementError 400 for what is no pattern */
export function storePermissions(broker: AmqpBroker, user: string, vhost: string, body: JsonObject): boolean {
  const { configure, write, read } = textsOf(body, ['configure', 'write', 'read']);
  const patterns = { configure, write, read };
  for (const each of Object.values(patterns)) orInvalidPattern(charCodes(each), () => new Pattern(each));
  return broker.setPermissions(user, vhost, patterns);
}

function textsOf<Key extends string>(body: JsonObject, keys: readonly Key[]): Record<Key, string> {
  if (keys.some((key) => typeof body[key] !== 'string')) throw badRequest('badarg');
  return body as Record<Key, string>;
}

function setTopicPermissions(request: ManagementRequest): HttpResponse {
  checkTarget(request);
  const body = request.bodyWith('exchange', 'write', 'read');
  return stored(storeTopicPermissions(request.broker, request.path('user'), request.path('vhost'), body));
}

/** @returns whether there were none. @throws ManagementError 400 for what is no pattern */
export function storeTopicPermissions(broker: AmqpBroker, user: string, vhost: string, body: JsonObject): boolean {
  const { exchange, write, read } = textsOf(body, ['exchange', 'write', 'read']);
  for (const each of [write, read]) orInvalidPattern(each, () => new Pattern(each));
  return broker.setTopicPermissions(user, vhost, { exchange, write, read });
}

function deleteUser(request: ManagementRequest): HttpResponse {
  request.broker.deleteUser(userIn(request).name);
  return noContent();
}

function clearPermissions(request: ManagementRequest): HttpResponse {
  found(userIn(request).clearPermissions(request.path('vhost')) || undefined);
  return noContent();
}

function clearTopicPermissions(request: ManagementRequest): HttpResponse {
  found(userIn(request).clearTopicPermissions(request.path('vhost')) || undefined);
  return noContent();
}

const LIMITS: readonly string[] = ['max-connections', 'max-channels'] satisfies UserLimit[];

function setLimit(request: ManagementRequest): HttpResponse {
  const { value } = request.bodyWith('value');
  setLimitOf(request.broker, request.path('user'), request.path('limit'), value);
  return noContent();
}

function setLimitOf(broker: AmqpBroker, user: string, limit: string, value: unknown): void {
  if (!LIMITS.includes(limit))
    throw badRequest(erlangFormat`Unrecognised terms ${settingTerm(limit, value)} in user-limits`);
  if (!Number.isInteger(value))
    throw badRequest(erlangFormat`${limit} should be a number, actually was ${erlangJson(value)}`);
  checkUser(broker, user);
  broker.setUserLimit(user, limit as UserLimit, value as number);
}

/** @throws ManagementError 400 in the words of a change */
export function checkUser(broker: AmqpBroker, name: unknown): asserts name is string {
  if (!broker.users.has(name as string)) throw badRequest(['no_such_user', name]);
}

function deleteSeveral(request: ManagementRequest): HttpResponse {
  const { users } = request.bodyWith('users');
  if (!Array.isArray(users)) throw badRequest('users are a list');
  for (const name of users) {
    checkUser(request.broker, name);
    request.broker.deleteUser(name);
  }
  return noContent();
}

function clearLimit(request: ManagementRequest): HttpResponse {
  const { name } = userIn(request);
  const limit = request.path('limit');
  for (const each of LIMITS) {
    if (each === limit || limit === 'all') request.broker.setUserLimit(name, each as UserLimit, undefined);
  }
  return noContent();
}

function limitsOf({ query }: ManagementRequest, users: readonly User[]): HttpResponse {
  const limited = users.filter((user) => user.limits.size > 0);
  return list(
    query,
    limited.map((user) => ({ user: user.name, value: Object.fromEntries(user.limits) })),
  );
}

function ofVhost(request: ManagementRequest, items: readonly JsonItem[]): JsonItem[] {
  const { name } = request.vhost;
  return items.filter((item) => item.vhost === name);
}

const ADMIN = 'administrator';

export const USER_ENDPOINTS: readonly Endpoint[] = [
  get('/api/users', (request) => list(request.query, usersOf(request).map(userToJson)), ADMIN),
  get(
    '/api/users/without-permissions',
    (request) =>
      list(
        request.query,
        usersOf(request)
          .filter((user) => user.permissions.size === 0)
          .map(userToJson),
      ),
    ADMIN,
  ),
  post('/api/users/bulk-delete', deleteSeveral, ADMIN),
  get('/api/users/{user}', (request) => single(request.query, userToJson(userIn(request))), ADMIN),
  put('/api/users/{user}', (request) => stored(storeUser(request.broker, request.path('user'), request.body)), ADMIN),
  remove('/api/users/{user}', deleteUser, ADMIN),
  get('/api/users/{user}/permissions', (request) => list(request.query, permissionsOf(userIn(request))), ADMIN),
  get(
    '/api/users/{user}/topic-permissions',
    (request) => list(request.query, topicPermissionsOf(userIn(request))),
    ADMIN,
  ),
  get('/api/permissions', (request) => list(request.query, usersOf(request).flatMap(permissionsOf)), ADMIN),
  get(
    '/api/vhosts/{vhost}/permissions',
    (request) => list(request.query, ofVhost(request, usersOf(request).flatMap(permissionsOf))),
    ADMIN,
  ),
  get(
    '/api/vhosts/{vhost}/topic-permissions',
    (request) => list(request.query, ofVhost(request, usersOf(request).flatMap(topicPermissionsOf))),
    ADMIN,
  ),
  get(
    '/api/permissions/{vhost}/{user}',
    (request) => single(request.query, found(ofVhost(request, permissionsOf(userIn(request)))[0])),
    ADMIN,
  ),
  put('/api/permissions/{vhost}/{user}', setPermissions, ADMIN),
  remove('/api/permissions/{vhost}/{user}', clearPermissions, ADMIN),
  get('/api/topic-permissions', (request) => list(request.query, usersOf(request).flatMap(topicPermissionsOf)), ADMIN),
  get(
    '/api/topic-permissions/{vhost}/{user}',
    (request) => {
      const own = ofVhost(request, topicPermissionsOf(userIn(request)));
      return list(request.query, found(own.length > 0 ? own : undefined));
    },
    ADMIN,
  ),
  put('/api/topic-permissions/{vhost}/{user}', setTopicPermissions, ADMIN),
  remove('/api/topic-permissions/{vhost}/{user}', clearTopicPermissions, ADMIN),
  get('/api/user-limits', (request) => limitsOf(request, usersOf(request))),
  get('/api/user-limits/{user}', (request) => limitsOf(request, [userIn(request)])),
  putJson('/api/user-limits/{user}/{limit}', setLimit, ADMIN),
  remove('/api/user-limits/{user}/{limit}', clearLimit, ADMIN),
];
