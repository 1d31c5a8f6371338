/** What may stand in the definition of a policy, checked in RabbitMQ's order and refused in its words. */

import type { AmqpVersion } from './config.js';
import { erlangBinary, erlangFormat, erlangJson, erlangList, erlangTuple } from './erlang-term.js';
import { type FieldTable, type FieldValue, integerOf } from './field-table.js';
import { maxAgeMs } from './queue-arguments.js';

export type PolicyKind = 'policy' | 'operator-policy';

/** The first thing that is wrong with a definition. */
export function policyProblem(definition: FieldTable, kind: PolicyKind, version: AmqpVersion): string | undefined {
  if (definition.size === 0) return 'no policy provided';
  // RabbitMQ goes through them by name.
  const settings = [...definition].sort(([one], [other]) => Buffer.compare(Buffer.from(one), Buffer.from(other)));
  const unknown = new Map(settings);
  for (const { keys, problem } of VALIDATORS[version][kind]) {
    const mine = settings.filter(([key]) => keys.has(key));
    const found = mine.length > 0 ? problem(new Map(mine)) : undefined;
    if (found !== undefined) return found;
    for (const [key] of mine) unknown.delete(key);
  }
  if (unknown.size === 0) return undefined;
  const terms = [...unknown].map(([key, value]) => erlangTuple(erlangBinary(key), erlangJson(value)));
  return erlangFormat`${erlangList(terms)} are not recognised policy settings`;
}

/** Checks the settings that it knows together. */
interface Validator {
  readonly keys: ReadonlySet<string>;
  problem(settings: FieldTable): string | undefined;
}

type Check = (value: FieldValue) => string | undefined;

const orElse =
  (isValid: (value: FieldValue) => boolean, what: string): Check =>
  (value) =>
    isValid(value) ? undefined : erlangFormat`${erlangJson(value)} ${what}`;

const isText = (value: FieldValue): boolean => typeof value === 'string';

const text = (what: string): Check => orElse(isText, `is not a valid ${what}`);

const oneOf = (what: string, ...allowed: string[]): Check =>
  orElse((value) => allowed.includes(value as string), `is not a valid ${what}`);

const number = (what: string, min: number): Check =>
  orElse((value) => (integerOf(value) ?? Number.NEGATIVE_INFINITY) >= min, `is not a valid ${what}`);

function each(checks: Readonly<Record<string, Check>>): Validator {
  return {
    keys: new Set(Object.keys(checks)),
    problem(settings) {
      for (const [key, value] of settings) {
        const problem = checks[key]?.(value);
        if (problem !== undefined) return problem;
      }
      return undefined;
    },
  };
}

const LIMITS = {
  expires: number('queue expiry', 1),
  'max-in-memory-bytes': number('maximum memory in bytes', 0),
  'max-in-memory-length': number('maximum memory in bytes', 0),
  'max-length': number('maximum length', 0),
  'max-length-bytes': number('maximum length in bytes', 0),
  'message-ttl': number('message TTL', 0),
};

const overflow = oneOf('overflow value', 'drop-head', 'reject-publish', 'reject-publish-dlx');

const SETTINGS = {
  ...LIMITS,
  overflow,
  'alternate-exchange': text('alternate exchange name'),
  'dead-letter-exchange': text('dead letter exchange name'),
  'dead-letter-routing-key': text('dead letter routing key'),
  'dead-letter-strategy': oneOf('dead letter strategy', 'at-most-once', 'at-least-once'),
  'initial-cluster-size': number('cluster size', 0),
  'max-age': orElse((value) => maxAgeMs(String(value)) !== undefined, 'is not a valid max age'),
  'queue-leader-locator': oneOf('queue leader locator value', 'client-local', 'balanced', 'random', 'least-leaders'),
  'queue-mode': oneOf('queue-mode value', 'default', 'lazy'),
  'queue-version': orElse((value) => [1, 2].includes(integerOf(value) ?? 0), 'is not a valid queue-version value'),
  'stream-max-segment-size-bytes': number('segment size', 0),
};

const LOCATION = each({
  'queue-master-locator': orElse(
    (value) => ['client-local', 'min-masters', 'random'].includes(value as string),
    'invalid queue-master-locator value',
  ),
});

/** Mirrors of classic queues: taken, without effect. */
const MIRRORS: Validator = {
  keys: new Set([
    'ha-mode',
    'ha-params',
    'ha-promote-on-failure',
    'ha-promote-on-shutdown',
    'ha-sync-batch-size',
    'ha-sync-mode',
  ]),
  problem(settings) {
    const mode = settings.get('ha-mode');
    if (mode === undefined) {
      return 'ha-mode must be specified to specify ha-params, ha-sync-mode or ha-promote-on-shutdown';
    }
    return (
      mirrorProblem(mode, settings.get('ha-params')) ??
      choiceProblem(settings, 'ha-sync-mode', 'manual', 'automatic') ??
      batchProblem(settings.get('ha-sync-batch-size')) ??
      choiceProblem(settings, 'ha-promote-on-shutdown', 'always', 'when-synced') ??
      choiceProblem(settings, 'ha-promote-on-failure', 'always', 'when-synced')
    );
  },
};

function mirrorProblem(mode: FieldValue, params: FieldValue | undefined): string | undefined {
  const given = params === undefined ? 'none' : erlangJson(params);
  switch (mode) {
    case 'all':
      return params === undefined ? undefined : 'ha-mode="all" does not take parameters';
    case 'exactly':
      return (integerOf(params ?? null) ?? 0) > 0
        ? undefined
        : erlangFormat`ha-mode="exactly" takes an integer, ${given} given`;
    case 'nodes': {
      if (!Array.isArray(params)) return erlangFormat`ha-mode="nodes" takes a list, ${given} given`;
      if (params.length === 0) return 'ha-mode="nodes" list must be non-empty';
      const others = params.filter((node) => typeof node !== 'string');
      if (others.length === 0) return undefined;
      return erlangFormat`ha-mode="nodes" takes a list of strings, ${erlangJson(others)} was not a string`;
    }
    default:
      return erlangFormat`${erlangJson(mode)} is not a valid ha-mode value`;
  }
}

function choiceProblem(settings: FieldTable, key: string, one: string, other: string): string | undefined {
  const value = settings.get(key);
  if (value === undefined || value === one || value === other) return undefined;
  return erlangFormat`${key} must be "${one}" or "${other}", got ${erlangJson(value)}`;
}

function batchProblem(size: FieldValue | undefined): string | undefined {
  if (size === undefined || (integerOf(size) ?? 0) > 0) return undefined;
  return erlangFormat`ha-sync-batch-size takes an integer greater than 0, ${erlangJson(size)} given`;
}

const delivery = { 'delivery-limit': number('delivery limit', 0) };
const deliverySince4 = { 'delivery-limit': number('delivery limit', -1) };

/** Version 4 has none any more and ignores what is said of them. */
const NO_MIRRORS: Validator = { keys: MIRRORS.keys, problem: () => undefined };

/** In the order in which RabbitMQ asks them. */
const VALIDATORS: Readonly<Record<AmqpVersion, Readonly<Record<PolicyKind, readonly Validator[]>>>> = {
  3: {
    policy: [LOCATION, each({ ...SETTINGS, ...delivery }), MIRRORS],
    'operator-policy': [each({ ...LIMITS, ...delivery })],
  },
  4: {
    policy: [
      LOCATION,
      each({
        ...SETTINGS,
        ...deliverySince4,
        'consumer-timeout': number('consumer timeout', 0),
        'target-group-size': number('target group size', 0),
      }),
      NO_MIRRORS,
    ],
    'operator-policy': [
      each({ ...LIMITS, ...deliverySince4, overflow, 'target-group-size': number('target group size', 0) }),
    ],
  },
};
