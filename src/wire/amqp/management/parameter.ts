/** Parameters: /api/parameters, /api/global-parameters. Those of plug-ins have no place, since there are no plug-ins. */
import {
  erlangBinary,
  erlangFormat,
  erlangJson,
  erlangList,
  erlangTuple,
  type VirtualHost,
  type VirtualHostLimit,
} from '../../../models/amqp/index.js';
import type { HttpResponse } from '../../http/index.js';
import { badRequest, found, noContent, stored } from './answer.js';
import { type Endpoint, get, put, remove } from './endpoint.js';
import { list, single } from './listing.js';
import { escapeTags, policiesOf, policyToJson, storePolicy } from './policy.js';
import { isObject, type JsonObject, type ManagementRequest } from './request.js';

type JsonItem = Record<string, unknown>;

const LIMITS = ['max-connections', 'max-queues'] as const satisfies VirtualHostLimit[];

/** Limits and the operator's policies, as parameters of one virtual host. */
export function parametersOf(vhost: VirtualHost): JsonItem[] {
  const limits: JsonItem[] = [
    { value: Object.fromEntries(vhost.limits), vhost: vhost.name, component: 'vhost-limits', name: 'limits' },
  ];
  const policies = [...policiesOf(vhost, 'operator-policy').values()].map((policy) => {
    const { vhost: name, name: policyName, ...value } = policyToJson(policy, vhost);
    return { value, vhost: name, component: 'operator_policy', name: policyName };
  });
  return [...(vhost.limits.size > 0 ? limits : []), ...policies];
}

/**
 * Sets the limits of a virtual host, or a policy of the operator's.
 *
 * @returns whether it is new
 * @throws ManagementError 400 in RabbitMQ's words
 */
export function storeParameter(vhost: VirtualHost, component: string, name: string, value: unknown): boolean {
  const isNew = !parametersOf(vhost).some((each) => each.component === component && each.name === name);
  switch (component) {
    case 'policy':
      throw badRequest('policies may not be set using this method');
    case 'vhost-limits':
      storeLimits(vhost, name, value);
      return isNew;
    case 'operator_policy':
      storePolicy(vhost, 'operator-policy', name, checked(name, value, OPERATOR_POLICY));
      return isNew;
    default:
      throw invalid(`component ${component} not found`);
  }
}

/** What a value must have, and what else it may have. */
interface Shape {
  readonly mandatory: readonly string[];
  readonly optional: readonly string[];
}

const OPERATOR_POLICY: Shape = { mandatory: ['definition', 'pattern', 'priority'], optional: ['apply-to'] };

/** @throws ManagementError 400 naming what a value must not have and what it lacks */
function checked(name: string, value: unknown, { mandatory, optional }: Shape): JsonObject {
  if (!isObject(value)) throw invalid(erlangFormat`${name} not a list ${erlangJson(value)}`);
  const known = [...mandatory, ...optional];
  const unknown = Object.entries(value)
    .sort()
    .filter(([key]) => !known.includes(key));
  const terms = unknown.map(([key, each]) => erlangTuple(erlangBinary(key), erlangJson(each)));
  const problems = [
    ...(terms.length > 0 ? [erlangFormat`Unrecognised terms ${erlangList(terms)} in ${name}`] : []),
    ...mandatory.filter((key) => value[key] === undefined).map((key) => `Key "${key}" not found in ${name}`),
  ];
  if (problems.length > 0) throw invalid(problems.join('\n'));
  return value;
}

function storeLimits(vhost: VirtualHost, name: string, value: unknown): void {
  const limits = checked(name, value, { mandatory: [], optional: LIMITS });
  const problems = Object.entries(limits)
    .filter(([, most]) => !Number.isInteger(most))
    .map(([limit, most]) => erlangFormat`${limit} should be a number, actually was ${erlangJson(most)}`);
  if (problems.length > 0) throw invalid(problems.join('\n'));
  if (name !== 'limits') throw badRequest(`the parameter of limits is called 'limits', not '${name}'`);
  for (const limit of LIMITS) vhost.setLimit(limit, limits[limit] as number | undefined);
}

const invalid = (problem: string) => badRequest(escapeTags(`Validation failed\n\n${problem}\n`));

/** Parameters of the component in the path, or of all. */
function parameters(request: ManagementRequest): HttpResponse {
  const component = request.optional('component');
  const all = request.vhosts.flatMap(parametersOf);
  return list(
    request.query,
    all.filter((each) => component === undefined || each.component === component),
  );
}

function parameter(request: ManagementRequest): JsonItem {
  const isMeant = (each: JsonItem) =>
    each.component === request.path('component') && each.name === request.path('name');
  return found(parametersOf(request.vhost).find(isMeant));
}

function set(request: ManagementRequest): HttpResponse {
  const vhost = request.changedVhost;
  const { value } = request.bodyWith('value');
  return stored(storeParameter(vhost, request.path('component'), request.path('name'), value));
}

function clear(request: ManagementRequest): HttpResponse {
  const { component, name } = parameter(request);
  const { vhost } = request;
  if (component === 'vhost-limits') for (const limit of LIMITS) vhost.setLimit(limit, undefined);
  else vhost.deletePolicy('operator-policy', String(name));
  return noContent();
}

export const globalParameters = ({ broker }: ManagementRequest): JsonItem[] =>
  [...broker.globalParameters].map(([name, value]) => ({ name, value }));

function setGlobal(request: ManagementRequest): HttpResponse {
  const { value } = request.bodyWith('value');
  const { globalParameters: all } = request.broker;
  const name = request.path('name');
  const isNew = !all.has(name);
  all.set(name, value);
  return stored(isNew);
}

function clearGlobal(request: ManagementRequest): HttpResponse {
  found(request.broker.globalParameters.delete(request.path('name')) || undefined);
  return noContent();
}

const MAKER = 'policymaker';

export const PARAMETER_ENDPOINTS: readonly Endpoint[] = [
  get('/api/parameters', parameters, MAKER),
  get('/api/parameters/{component}', parameters, MAKER),
  get('/api/parameters/{component}/{vhost}', parameters, MAKER),
  get('/api/parameters/{component}/{vhost}/{name}', (request) => single(request.query, parameter(request)), MAKER),
  put('/api/parameters/{component}/{vhost}/{name}', set, MAKER),
  remove('/api/parameters/{component}/{vhost}/{name}', clear, MAKER),
  get('/api/global-parameters', (request) => list(request.query, globalParameters(request)), MAKER),
  get(
    '/api/global-parameters/{name}',
    (request) => {
      const isMeant = ({ name }: JsonItem) => name === request.path('name');
      return single(request.query, found(globalParameters(request).find(isMeant)));
    },
    MAKER,
  ),
  put('/api/global-parameters/{name}', setGlobal, MAKER),
  remove('/api/global-parameters/{name}', clearGlobal, MAKER),
];
