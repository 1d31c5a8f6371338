/** Policies and the operator's: /api/policies, /api/operator-policies. */

import { BrokerError } from '../../../core/errors.js';
import type { FieldTable, Policy, PolicyKind, PolicyTarget, VirtualHost } from '../../../models/amqp/index.js';
import type { HttpResponse } from '../../http/index.js';
import { badRequest, found, noContent, stored } from './answer.js';
import { type Endpoint, get, put, remove } from './endpoint.js';
import { fieldFromJson, tableToJson } from './json-field.js';
import { list, single } from './listing.js';
import { type JsonObject, type ManagementRequest, objectOf } from './request.js';

export function policyToJson(policy: Policy, vhost: VirtualHost): Record<string, unknown> {
  return {
    vhost: vhost.name,
    name: policy.name,
    pattern: policy.pattern,
    'apply-to': policy.applyTo,
    definition: tableToJson(policy.definition),
    priority: policy.priority,
  };
}

/** The policies of one kind. */
export function policiesOf(vhost: VirtualHost, kind: PolicyKind): ReadonlyMap<string, Policy> {
  return kind === 'policy' ? vhost.policies : vhost.operatorPolicies;
}

/** Adds or changes a policy as a body says. @returns whether it is new @throws ManagementError 400 */
export function storePolicy(vhost: VirtualHost, kind: PolicyKind, name: string, body: JsonObject): boolean {
  try {
    return vhost.setPolicy(kind, {
      name,
      pattern: body.pattern as string,
      applyTo: (body['apply-to'] === undefined ? 'all' : body['apply-to']) as PolicyTarget,
      priority: (body.priority === undefined ? 0 : body.priority) as number,
      definition: definitionOf(objectOf(body.definition)),
    });
  } catch (error) {
    if (error instanceof BrokerError && error.code.startsWith('INVALID_'))
      throw badRequest(escaped(error.message, kind));
    throw error;
  }
}

/** Null is a value here, though none that any setting may have. */
function definitionOf(json: JsonObject): FieldTable {
  return new Map(Object.entries(json).map(([key, value]) => [key, value === null ? null : fieldFromJson(value)]));
}

/** RabbitMQ makes the texts of the users' policies safe for a web page, not those of the operator's. */
function escaped(text: string, kind: PolicyKind): string {
  return kind === 'policy' ? text.replaceAll('<', '&lt;').replaceAll('>', '&gt;') : text;
}

function endpoints(kind: PolicyKind, base: string): Endpoint[] {
  const all = (request: ManagementRequest): HttpResponse =>
    list(
      request.query,
      request.vhosts.flatMap((vhost) => [...policiesOf(vhost, kind).values()].map((each) => policyToJson(each, vhost))),
    );
  const named = (request: ManagementRequest) => found(policiesOf(request.vhost, kind).get(request.path('name')));
  const path = `${base}/{vhost}/{name}`;
  return [
    get(base, all),
    get(`${base}/{vhost}`, all),
    get(path, (request) => single(request.query, policyToJson(named(request), request.vhost))),
    put(
      path,
      (request) => {
        const body = request.bodyWith('pattern', 'definition');
        return stored(storePolicy(request.changedVhost, kind, request.path('name'), body));
      },
      'policymaker',
    ),
    remove(
      path,
      (request) => {
        request.vhost.deletePolicy(kind, named(request).name);
        return noContent();
      },
      'policymaker',
    ),
  ];
}

export const POLICY_ENDPOINTS: readonly Endpoint[] = [
  ...endpoints('policy', '/api/policies'),
  ...endpoints('operator-policy', '/api/operator-policies'),
];
