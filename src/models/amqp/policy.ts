import { BrokerError } from '../../core/errors.js';
import type { AmqpVersion } from './config.js';
import { erlangFormat, erlangJson, erlangString, erlangTuple } from './erlang-term.js';
import type { Exchange } from './exchange.js';
import type { FieldTable } from './field-table.js';
import { Pattern, PatternError } from './pattern.js';
import { type PolicyKind, policyProblem } from './policy-definition.js';
import type { Queue, QueueType } from './queue.js';

export type PolicyTarget = 'queues' | 'exchanges' | 'all' | 'classic_queues' | 'quorum_queues' | 'streams';

const TARGETS: Readonly<Record<AmqpVersion, readonly PolicyTarget[]>> = {
  3: ['queues', 'exchanges', 'all'],
  4: ['queues', 'exchanges', 'all', 'classic_queues', 'quorum_queues', 'streams'],
};

const MIRRORS = ['ha-mode', 'ha-params', 'ha-sync-mode', 'ha-promote-on-shutdown', 'ha-promote-on-failure'];
const CLASSIC_ONLY = ['max-priority', 'queue-mode', 'single-active-consumer', 'queue-master-locator', ...MIRRORS];
const QUORUM_ONLY = ['delivery-limit', 'dead-letter-strategy'];
const STREAM_ONLY = ['max-age', 'stream-max-segment-size-bytes', 'initial-cluster-size'];
/** Which settings each type of queue knows nothing of. */
const UNKNOWN_SETTINGS: Readonly<Record<QueueType, readonly string[]>> = {
  classic: [...QUORUM_ONLY, ...STREAM_ONLY, 'queue-leader-locator'],
  quorum: [...CLASSIC_ONLY, ...STREAM_ONLY],
  stream: [
    ...CLASSIC_ONLY,
    ...QUORUM_ONLY,
    'expires',
    'message-ttl',
    'dead-letter-exchange',
    'dead-letter-routing-key',
    'max-length',
    'max-in-memory-length',
    'max-in-memory-bytes',
    'overflow',
  ],
};

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
  constructor(definition: PolicyDefinition, kind: PolicyKind, version: AmqpVersion) {
    this.name = definition.name;
    this.pattern = definition.pattern;
    this.applyTo = definition.applyTo;
    this.priority = definition.priority;
    this.definition = definition.definition;
    const pattern = readPattern(this.pattern);
    const problems = [
      policyProblem(this.definition, kind, version),
      targetProblem(this.applyTo, version),
      typeof pattern === 'string' ? pattern : undefined,
      priorityProblem(this.priority),
    ].filter((problem) => problem !== undefined);
    if (problems.length > 0 || typeof pattern === 'string') throw invalid(problems.join('\n'));
    this.#pattern = pattern;
  }

  appliesTo(target: Queue | Exchange): boolean {
    return this.#isFor(target) && this.#pattern.test(target.name) && this.#knows(target);
  }

  /** Whether a target has all of the settings; with any that it has not, it gets none of them. */
  #knows(target: Queue | Exchange): boolean {
    return target.kind === 'exchange' || !UNKNOWN_SETTINGS[target.type].some((key) => this.definition.has(key));
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

/** A pattern, or what is wrong with it. */
function readPattern(source: unknown): Pattern | string {
  if (typeof source !== 'string') return erlangFormat`pattern should be a binary but was ${erlangJson(source)}`;
  try {
    return new Pattern(source);
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    const problem = erlangTuple(erlangString(error.problem), String(error.at));
    return erlangFormat`pattern should be regular expression but is invalid: ${problem}`;
  }
}

function targetProblem(target: unknown, version: AmqpVersion): string | undefined {
  if (TARGETS[version].includes(target as PolicyTarget)) return undefined;
  const given = typeof target === 'string' || target === null ? target : erlangJson(target);
  return erlangFormat`apply-to '${given ?? 'null'}' unrecognised; should be 'queues', 'exchanges' or 'all'`;
}

function priorityProblem(priority: unknown): string | undefined {
  if (typeof priority === 'number') return undefined;
  return erlangFormat`priority should be a number, actually was ${erlangJson(priority)}`;
}

const invalid = (problem: string): BrokerError =>
  new BrokerError('INVALID_POLICY', `Validation failed\n\n${problem}\n`);
