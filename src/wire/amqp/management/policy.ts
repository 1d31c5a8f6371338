/** Policies and the operator's: /api/policies, /api/operator-policies. */

import { BrokerError } from '../../../core/errors.js';
import type { FieldTable, Policy, PolicyKind, PolicyTarget, VirtualHost } from '../../../models/amqp/index.js';
import type { HttpResponse } from '../../http/index.js';
import { badRequest, found, noContent, stored } from './answer.js';
import { type Endpoint, get, put, putJson, remove } from './endpoint.js';
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
      definition: definitionOf(body.definition),
    });
  } catch (error) {
    if (error instanceof BrokerError && error.code.startsWith('INVALID_'))
      throw badRequest(kind === 'policy' ? escapeTags(error.message) : error.message);
    throw error;
  }
}

/** Null is a value here, though none that any setting may have. */
function definitionOf(value: unknown): FieldTable {
  const json = objectOf(value);
  return new Map(Object.entries(json).map(([key, value]) => [key, value === null ? null : fieldFromJson(value)]));
}

/** A text that is safe in a web page: most of RabbitMQ's are, those of the operator's policies are not. */
export const escapeTags = (text: string): string => text.replaceAll('<', '&lt;').replaceAll('>', '&gt;');

function endpoints(kind: PolicyKind, base: string): Endpoint[] {
  const all = (request: ManagementRequest): HttpResponse =>
    list(
      request.query,
      request.vhosts.flatMap((vhost) => [...policiesOf(vhost, kind).values()].map((each) => policyToJson(each, vhost))),
      ['priority'],
    );
  const named = (request: ManagementRequest) => found(policiesOf(request.vhost, kind).get(request.path('name')));
  const path = `${base}/{vhost}/{name}`;
  const role = kind === 'policy' ? 'policymaker' : 'administrator';
  return [
    get(base, all),
    get(`${base}/{vhost}`, all),
    get(path, (request) => single(request.query, policyToJson(named(request), request.vhost)), role),
    (kind === 'policy' ? put : putJson)(
      path,
      (request) => {
        const vhost = request.changedVhost;
        const body = request.bodyWith('pattern', 'definition');
        return stored(storePolicy(vhost, kind, request.path('name'), body));
      },
      role,
    ),
    remove(
      path,
      (request) => {
        request.vhost.deletePolicy(kind, named(request).name);
        return noContent();
      },
      role,
    ),
  ];
}

export const POLICY_ENDPOINTS: readonly Endpoint[] = [
  ...endpoints('policy', '/api/policies'),
  ...endpoints('operator-policy', '/api/operator-policies'),
];
