/** Policies and the operator's: /api/policies, /api/operator-policies. */

import { BrokerError } from '../../../core/errors.js';
import type { Policy, PolicyKind, PolicyTarget, VirtualHost } from '../../../models/amqp/index.js';
import type { HttpResponse } from '../../http/index.js';
import { asTerm, badRequest, found, noContent, stored } from './answer.js';
import { type Endpoint, get, put, remove } from './endpoint.js';
import { tableFromJson, tableToJson } from './json-field.js';
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
  const { priority = 0 } = body;
  try {
    if (typeof priority !== 'number') {
      throw new BrokerError('INVALID_POLICY', invalidPriority(priority));
    }
    return vhost.setPolicy(kind, {
      name,
      pattern: String(body.pattern),
      applyTo: (body['apply-to'] ?? 'all') as PolicyTarget,
      priority,
      definition: tableFromJson(objectOf(body.definition)),
    });
  } catch (error) {
    if (error instanceof BrokerError && error.code.startsWith('INVALID_'))
      throw badRequest(escaped(error.message, kind));
    throw error;
  }
}

const invalidPriority = (value: unknown): string =>
  `Validation failed\n\npriority should be a number, actually was ${asTerm(value)}\n`;

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
