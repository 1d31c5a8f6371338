import { describe, expect, it } from 'vitest';
import type { Exchange } from '../../../src/models/amqp/exchange.js';
import { TypedField } from '../../../src/models/amqp/field-table.js';
import { Policy, type PolicyDefinition, type PolicyKind, policyFor } from '../../../src/models/amqp/policy.js';
import type { Queue } from '../../../src/models/amqp/queue.js';

const ttl = new Map([['message-ttl', new TypedField('l', 1)]]);
const define = (changes: Partial<PolicyDefinition> = {}, kind: PolicyKind = 'policy') =>
  new Policy({ name: 'p', pattern: '.*', applyTo: 'all', priority: 0, definition: ttl, ...changes }, kind);
const target = (kind: string, name: string, type?: string) => ({ kind, name, type }) as unknown as Queue | Exchange;

describe('a policy', () => {
  it.each([
    ['all', ['classic', 'quorum', 'stream', 'exchange']],
    ['queues', ['classic', 'quorum', 'stream']],
    ['exchanges', ['exchange']],
    ['classic_queues', ['classic']],
    ['quorum_queues', ['quorum']],
    ['streams', ['stream']],
  ] as const)('for %s is for these alone', (applyTo, kinds) => {
    const targets = ['classic', 'quorum', 'stream'].map((type) => target('queue', type, type));
    const all = [...targets, target('exchange', 'exchange')];
    expect(all.filter((each) => define({ applyTo }).appliesTo(each)).map(({ name }) => name)).toEqual(kinds);
  });

  it('is the one of highest priority that matches, then the first by name', () => {
    const policies = [
      define({ name: 'low', priority: 1 }),
      define({ name: 'b', priority: 2 }),
      define({ name: 'a', priority: 2 }),
      define({ name: 'other', priority: 9, pattern: '^x' }),
    ];
    expect(policyFor(policies, target('queue', 'q', 'classic'))?.name).toBe('a');
    expect(policyFor([], target('queue', 'q', 'classic'))).toBeUndefined();
  });

  it.each<[string, Partial<PolicyDefinition>, PolicyKind, string]>([
    ['nothing in it', { definition: new Map() }, 'policy', 'no policy provided'],
    [
      'an unknown key',
      { definition: new Map([['x', 'y']]) },
      'policy',
      '[{<<"x">>,<<"y">>}] are not recognised policy settings',
    ],
    [
      'a key that operators may not set',
      { definition: new Map([['dead-letter-exchange', 'x']]) },
      'operator-policy',
      'are not recognised policy settings',
    ],
    [
      'a value that is none',
      { definition: new Map([['max-length', new TypedField('l', -1)]]) },
      'policy',
      '-1 is not a valid maximum length',
    ],
    ['an overflow that there is not', { definition: new Map([['overflow', 'explode']]) }, 'policy', 'valid overflow'],
  ])('with %s is refused', (_what, changes, kind, text) => {
    expect(() => define(changes, kind)).toThrow(text);
  });
});
