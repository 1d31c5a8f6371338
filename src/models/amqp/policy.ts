import { BrokerError } from '../../core/errors.js';
import type { Exchange } from './exchange.js';
import { type FieldTable, type FieldValue, integerOf } from './field-table.js';
import { Pattern, PatternError } from './pattern.js';
import type { Queue } from './queue.js';
import { maxAgeMs } from './queue-arguments.js';

const TARGETS = ['queues', 'exchanges', 'all', 'classic_queues', 'quorum_queues', 'streams'] as const;
export type PolicyTarget = (typeof TARGETS)[number];
export type PolicyKind = 'policy' | 'operator-policy';

export interface PolicyDefinition {
  readonly name: string;
  /** Names of the queues and exchanges that it is for; found anywhere in them. */
  readonly pattern: string;
  readonly applyTo: PolicyTarget;
  /** The highest of those that match is the only one in force. */
  readonly priority: number;
  readonly definition: FieldTable;
}

/** Settings for the queues and exchanges whose names match a pattern. */
export class Policy implements PolicyDefinition {
  readonly name: string;
  readonly pattern: string;
  readonly applyTo: PolicyTarget;
  readonly priority: number;
  readonly definition: FieldTable;
  readonly #pattern: Pattern;

  /** @throws BrokerError INVALID_POLICY with everything that is wrong */
  constructor(definition: PolicyDefinition, kind: PolicyKind) {
    this.name = definition.name;
    this.pattern = definition.pattern;
    this.applyTo = definition.applyTo;
    this.priority = definition.priority;
    this.definition = definition.definition;
    const problems = [definitionProblem(this.definition, kind), targetProblem(this.applyTo)];
    const pattern = readPattern(this.pattern);
    if (typeof pattern === 'string') problems.push(pattern);
    const wrong = problems.filter((problem) => problem !== undefined);
    if (wrong.length > 0 || typeof pattern === 'string') throw invalid(wrong.join('\n'));
    this.#pattern = pattern;
  }

  appliesTo(target: Queue | Exchange): boolean {
    return this.#isFor(target) && this.#pattern.test(target.name);
  }

  #isFor(target: Queue | Exchange): boolean {
    switch (this.applyTo) {
      case 'all':
        return true;
      case 'exchanges':
        return target.kind === 'exchange';
      case 'queues':
        return target.kind === 'queue';
      case 'classic_queues':
        return target.kind === 'queue' && target.type === 'classic';
      case 'quorum_queues':
        return target.kind === 'queue' && target.type === 'quorum';
      case 'streams':
        return target.kind === 'queue' && target.type === 'stream';
      default:
        return this.applyTo satisfies never;
    }
  }
}

/** The policy in force for a target: the matching one of highest priority, the earliest by name among equals. */
export function policyFor(policies: Iterable<Policy>, target: Queue | Exchange): Policy | undefined {
  let best: Policy | undefined;
  for (const policy of policies) {
    if (!policy.appliesTo(target)) continue;
    const wins =
      !best || policy.priority > best.priority || (policy.priority === best.priority && policy.name < best.name);
    if (wins) best = policy;
  }
  return best;
}

type Check = (value: FieldValue) => string | undefined;

const shown = (value: FieldValue): string =>
  typeof value === 'string' ? `<<"${value}">>` : String(integerOf(value) ?? value);

const number =
  (what: string, min: number): Check =>
  (value) => {
    const read = integerOf(value);
    return read !== undefined && read >= min ? undefined : `${shown(value)} is not a valid ${what}`;
  };

const text =
  (what: string, allowed?: readonly string[]): Check =>
  (value) =>
    typeof value === 'string' && (!allowed || allowed.includes(value))
      ? undefined
      : `${shown(value)} is not a valid ${what}`;

const CHECKS: ReadonlyMap<string, Check> = new Map([
  ['alternate-exchange', text('alternate exchange name')],
  ['consumer-timeout', number('consumer timeout', 0)],
  ['dead-letter-exchange', text('dead letter exchange name')],
  ['dead-letter-routing-key', text('dead letter routing key')],
  ['dead-letter-strategy', text('dead letter strategy', ['at-most-once', 'at-least-once'])],
  ['delivery-limit', number('delivery limit', -1)],
  ['expires', number('queue expiry', 1)],
  [
    'max-age',
    (value) =>
      typeof value === 'string' && maxAgeMs(value) !== undefined ? undefined : `${shown(value)} is not a valid max age`,
  ],
  ['max-in-memory-bytes', number('maximum memory in bytes', 0)],
  ['max-in-memory-length', number('maximum memory in bytes', 0)],
  ['max-length', number('maximum length', 0)],
  ['max-length-bytes', number('maximum length in bytes', 0)],
  ['message-ttl', number('message TTL', 0)],
  ['overflow', text('overflow', ['drop-head', 'reject-publish', 'reject-publish-dlx'])],
  ['queue-mode', text('queue-mode value', ['default', 'lazy'])],
  ['queue-version', number('queue version', 1)],
]);

const WITHOUT_EFFECT =
  /^(ha-|stream-|queue-(master|leader)-locator$|initial-cluster-size$|federation-|target-group-size$)/;

const OPERATOR_KEYS = [
  'expires',
  'message-ttl',
  'max-length',
  'max-length-bytes',
  'max-in-memory-bytes',
  'max-in-memory-length',
  'delivery-limit',
  'overflow',
];

/** A pattern, or what is wrong with it. */
function readPattern(source: string): Pattern | string {
  try {
    return new Pattern(source);
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    return `pattern should be regular expression but is invalid: {"${error.problem}",${error.at}}`;
  }
}

function targetProblem(target: PolicyTarget): string | undefined {
  if (TARGETS.includes(target)) return undefined;
  return `apply-to '${target}' unrecognised; should be 'queues', 'exchanges' or 'all'`;
}

function definitionProblem(definition: FieldTable, kind: PolicyKind): string | undefined {
  if (definition.size === 0) return 'no policy provided';
  const unknown = [...definition].filter(([key]) =>
    kind === 'policy' ? !CHECKS.has(key) && !WITHOUT_EFFECT.test(key) : !OPERATOR_KEYS.includes(key),
  );
  if (unknown.length > 0) {
    const settings = unknown.map(([key, value]) => `{<<"${key}">>,${shown(value)}}`);
    return `[${settings.join(',')}] are not recognised policy settings`;
  }
  for (const [key, value] of definition) {
    const problem = CHECKS.get(key)?.(value);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

const invalid = (problem: string): BrokerError =>
  new BrokerError('INVALID_POLICY', `Validation failed\n\n${problem}\n`);
