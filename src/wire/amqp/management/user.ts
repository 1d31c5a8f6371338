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
import { badRequest, charCodes, found, isBase64, json, noContent, orInvalidPattern, stored } from './answer.js';
import { type Endpoint, get, post, put, remove } from './endpoint.js';
import { settingTerm } from './json-field.js';
import { list, single } from './listing.js';
import type { JsonObject, ManagementRequest } from './request.js';

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
  if (typeof hash === 'string' && !isBase64(hash)) throw badRequest(['not_base64', hash]);
  return broker.setUser(name, {
    tags: Array.isArray(tags)
      ? tags.map(String)
      : String(tags)
          .split(',')
          .map((tag) => tag.trim())
          .filter(Boolean),
    ...(typeof password === 'string' && { password }),
    ...(typeof hash === 'string' && { hash }),
  });
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
  const { configure, write, read } = request.bodyWith('configure', 'write', 'read');
  checkTarget(request);
  const patterns = { configure: String(configure), write: String(write), read: String(read) };
  for (const each of Object.values(patterns)) orInvalidPattern(charCodes(each), () => new Pattern(each));
  return stored(request.broker.setPermissions(request.path('user'), request.path('vhost'), patterns));
}

function setTopicPermissions(request: ManagementRequest): HttpResponse {
  const { exchange, write, read } = request.bodyWith('exchange', 'write', 'read');
  checkTarget(request);
  const patterns = { exchange: String(exchange), write: String(write), read: String(read) };
  for (const each of [patterns.write, patterns.read]) orInvalidPattern(each, () => new Pattern(each));
  return stored(request.broker.setTopicPermissions(request.path('user'), request.path('vhost'), patterns));
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
  const limit = request.path('limit');
  if (!LIMITS.includes(limit))
    throw badRequest(erlangFormat`Unrecognised terms ${settingTerm(limit, value)} in user-limits`);
  if (typeof value !== 'number')
    throw badRequest(erlangFormat`${limit} should be a number, actually was ${erlangJson(value)}`);
  request.broker.setUserLimit(userIn(request).name, limit as UserLimit, value);
  return noContent();
}

function deleteSeveral(request: ManagementRequest): HttpResponse {
  const { users } = request.bodyWith('users');
  for (const name of Array.isArray(users) ? users : []) request.broker.deleteUser(String(name));
  return noContent();
}

function clearLimit(request: ManagementRequest): HttpResponse {
  const limit = request.path('limit');
  if (LIMITS.includes(limit)) request.broker.setUserLimit(userIn(request).name, limit as UserLimit, undefined);
  return noContent();
}

function limitsOf(users: readonly User[]): HttpResponse {
  const limited = users.filter((user) => user.limits.size > 0);
  return json(limited.map((user) => ({ user: user.name, value: Object.fromEntries(user.limits) })));
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
    (request) => list(request.query, ofVhost(request, topicPermissionsOf(userIn(request)))),
    ADMIN,
  ),
  put('/api/topic-permissions/{vhost}/{user}', setTopicPermissions, ADMIN),
  remove('/api/topic-permissions/{vhost}/{user}', clearTopicPermissions, ADMIN),
  get('/api/user-limits', (request) => limitsOf(usersOf(request)), ADMIN),
  get('/api/user-limits/{user}', (request) => limitsOf([userIn(request)]), ADMIN),
  put('/api/user-limits/{user}/{limit}', setLimit, ADMIN),
  remove('/api/user-limits/{user}/{limit}', clearLimit, ADMIN),
];
