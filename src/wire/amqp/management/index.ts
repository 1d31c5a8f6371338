/**
 * RabbitMQ's management HTTP API, as far as test tools use it: one file a resource, each endpoint one entry. Changes go
 * over an AMQP channel of their own (`direct-channel`), so that rights, checks and texts are AMQP's.
 *
 * Terms: an *endpoint* is one method on one path; the `{vhost}` in a path is percent-encoded, `/` is `%2F`.
 * Invariants: answers are live, never statistics of some seconds ago; names are RabbitMQ's, in snake case.
 *
 * Sources: RabbitMQ 3.10.8, asked; https://www.rabbitmq.com/docs/http-api-reference.
 *
 * Not done: traces, shovels, federation, feature flags, parameters of plug-ins; statistics of memory, disk and processes.
 */
import type { User } from '../../../models/amqp/index.js';
import type { HttpRequest, HttpResponse, HttpRoute } from '../../http/index.js';
import type { AmqpDoor } from '../index.js';
import { ManagementError, notAuthorised } from './answer.js';
import { BINDING_ENDPOINTS } from './binding.js';
import { CHANNEL_ENDPOINTS } from './channel.js';
import { DEFINITION_ENDPOINTS } from './definition.js';
import type { Endpoint } from './endpoint.js';
import { EXCHANGE_ENDPOINTS } from './exchange.js';
import { HEALTH_ENDPOINTS } from './health.js';
import { NODE_ENDPOINTS } from './node.js';
import { PARAMETER_ENDPOINTS } from './parameter.js';
import { POLICY_ENDPOINTS } from './policy.js';
import { QUEUE_ENDPOINTS } from './queue.js';
import { ManagementRequest } from './request.js';
import { USER_ENDPOINTS } from './user.js';
import { VHOST_ENDPOINTS } from './vhost.js';

export const ENDPOINTS: readonly Endpoint[] = [
  ...NODE_ENDPOINTS,
  ...HEALTH_ENDPOINTS,
  ...VHOST_ENDPOINTS,
  ...USER_ENDPOINTS,
  ...POLICY_ENDPOINTS,
  ...DEFINITION_ENDPOINTS,
  ...PARAMETER_ENDPOINTS,
  ...CHANNEL_ENDPOINTS,
  ...EXCHANGE_ENDPOINTS,
  ...QUEUE_ENDPOINTS,
  ...BINDING_ENDPOINTS,
];

const CHALLENGE = { 'www-authenticate': 'Basic realm="RabbitMQ Management"' };

/** Answers everything under `/api/`. */
export function managementRoute(door: AmqpDoor): HttpRoute {
  return (http) => {
    if (!http.path.startsWith('/api/')) return undefined;
    try {
      return answer(door, http);
    } catch (error) {
      if (!(error instanceof ManagementError)) throw error;
      return { status: error.status, body: error.body, ...(error.headers && { headers: error.headers }) };
    }
  };
}

/** Endpoints by their path, in the order in which paths are tried. */
const RESOURCES: ReadonlyArray<readonly [pattern: readonly string[], endpoints: readonly Endpoint[]]> = [
  ...new Set(ENDPOINTS.map(({ path }) => path)),
].map((path) => [path.split('/'), ENDPOINTS.filter((endpoint) => endpoint.path === path)]);

const METHODS = ['HEAD', 'GET', 'POST', 'PUT', 'DELETE', 'OPTIONS'] as const;

/** As a web server that only reads: what is not there cannot be changed either. */
const READ_ONLY: readonly string[] = ['HEAD', 'GET', 'OPTIONS'];

function answer(door: AmqpDoor, http: HttpRequest): HttpResponse | undefined {
  const pieces = http.path.replace(/\/$/, '').split('/');
  for (const [pattern, endpoints] of RESOURCES) {
    const parameters = match(pattern, pieces);
    if (!parameters) continue;
    const method = http.method === 'HEAD' ? 'GET' : http.method;
    const endpoint = endpoints.find((each) => each.method === method);
    if (!endpoint) return methodsOnly(http.method, methodsOf(endpoints));
    const user = authenticate(door, http.headers.authorization);
    authorise(user, endpoint.role);
    if (endpoint.onlyJson && !/^application\/json\b/i.test(http.headers['content-type'] ?? '')) return { status: 415 };
    return endpoint.handle(new ManagementRequest(door, user, parameters, http));
  }
  return READ_ONLY.includes(http.method) && http.method !== 'OPTIONS' ? undefined : methodsOnly(http.method, READ_ONLY);
}

function methodsOf(endpoints: readonly Endpoint[]): readonly string[] {
  const own = new Set<string>(endpoints.map(({ method }) => method));
  return METHODS.filter((each) => each === 'OPTIONS' || own.has(each === 'HEAD' ? 'GET' : each));
}

/** What may be asked is told to anybody. */
function methodsOnly(asked: string, allowed: readonly string[]): HttpResponse {
  return { status: asked === 'OPTIONS' ? 200 : 405, headers: { allow: allowed.join(', ') } };
}

/** The parameters of a path that fits; a literal piece wins by its place in the table. */
function match(pattern: readonly string[], pieces: readonly string[]): ReadonlyMap<string, string> | undefined {
  if (pattern.length !== pieces.length) return undefined;
  const parameters = new Map<string, string>();
  for (const [i, piece] of pieces.entries()) {
    const expected = pattern[i] as string;
    if (!expected.startsWith('{')) {
      if (expected !== piece) return undefined;
      continue;
    }
    const value = decode(piece);
    if (value === undefined) return undefined;
    parameters.set(expected.slice(1, -1), value);
  }
  return parameters;
}

function decode(piece: string): string | undefined {
  try {
    return decodeURIComponent(piece);
  } catch {
    return undefined;
  }
}

function authenticate(door: AmqpDoor, header: string | undefined): User {
  const credentials = /^Basic (.+)$/i.exec(header ?? '')?.[1];
  if (!credentials) throw new ManagementError(401, undefined, CHALLENGE);
  const [name, ...password] = Buffer.from(credentials, 'base64').toString('utf8').split(':');
  if (password.length === 0) throw new ManagementError(400);
  const user = door.broker.users.get(name ?? '');
  if (!user || !door.broker.authenticate(user.name, password.join(':'))) {
    throw new ManagementError(401, { error: 'not_authorized', reason: 'Login failed' }, CHALLENGE);
  }
  if (user.tags.length === 0) throw notAuthorised('Not management user');
  return user;
}

const ROLES: Readonly<Record<Endpoint['role'], readonly string[]>> = {
  management: ['management', 'policymaker', 'monitoring', 'administrator'],
  policymaker: ['policymaker', 'administrator'],
  monitoring: ['monitoring', 'administrator'],
  administrator: ['administrator'],
};

const REFUSALS: Readonly<Record<Endpoint['role'], string>> = {
  management: 'Not management user',
  policymaker: 'User not authorised to access object',
  monitoring: 'Not monitor user',
  administrator: 'Not administrator user',
};

function authorise(user: User, role: Endpoint['role']): void {
  if (!user.tags.some((tag) => ROLES[role].includes(tag))) throw notAuthorised(REFUSALS[role]);
}
