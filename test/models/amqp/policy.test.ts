import { describe, expect, it } from 'vitest';
import type { AmqpVersion } from '../../../src/models/amqp/config.js';
import type { Exchange } from '../../../src/models/amqp/exchange.js';
import { TypedField } from '../../../src/models/amqp/field-table.js';
import { Policy, type PolicyDefinition, policyFor } from '../../../src/models/amqp/policy.js';
import type { PolicyKind } from '../../../src/models/amqp/policy-definition.js';
import type { Queue } from '../../../src/models/amqp/queue.js';

const bytes = new Map([['max-length-bytes', new TypedField('l', 1)]]);
const define = (changes: Partial<PolicyDefinition> = {}, kind: PolicyKind = 'policy', version: AmqpVersion = '4') =>
  new Policy({ name: 'p', pattern: '.*', applyTo: 'all', priority: 0, definition: bytes, ...changes }, kind, version);
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

  it.each([
    ['max-length', ['classic', 'quorum', 'exchange']],
    ['delivery-limit', ['quorum', 'exchange']],
    ['queue-mode', ['classic', 'exchange']],
    ['dead-letter-strategy', ['quorum', 'exchange']],
    ['max-age', ['stream', 'exchange']],
    ['alternate-exchange', ['classic', 'quorum', 'stream', 'exchange']],
  ])('with %s is for nothing of a kind that has no such setting', (setting, kinds) => {
    const values = new Map([
      ['max-length', new TypedField('l', 1)],
      ['delivery-limit', new TypedField('l', 1)],
    ]);
    const value =
      values.get(setting) ?? new Map(Object.entries({ 'queue-mode': 'lazy', 'max-age': '1D' })).get(setting);
    const definition = new Map([
      [setting, value ?? 'at-most-once'],
      ['max-length-bytes', new TypedField('l', 1)],
    ] as const);
    const targets = ['classic', 'quorum', 'stream'].map((type) => target('queue', type, type));
    const all = [...targets, target('exchange', 'exchange')];
    expect(all.filter((each) => define({ definition }).appliesTo(each)).map(({ name }) => name)).toEqual(kinds);
  });

  it('is refused with everything that is wrong, in the order and words of RabbitMQ', () => {
    const raw = { pattern: 5, applyTo: 'streams', priority: 'x', definition: new Map() } as never;
    expect(() => define(raw, 'policy', '3')).toThrow(
      [
        'Validation failed',
        '',
        'no policy provided',
        "apply-to 'streams' unrecognised; should be 'queues', 'exchanges' or 'all'",
        'pattern should be a binary but was 5',
        'priority should be a number, actually was <<"x">>',
        '',
      ].join('\n'),
    );
    expect(() => define({ pattern: '[', applyTo: null as never }, 'operator-policy', '3')).toThrow(
      [
        "apply-to 'null' unrecognised; should be 'queues', 'exchanges' or 'all'",
        'pattern should be regular expression but is invalid: {"missing terminating ] for character class",',
        `${' '.repeat(54)}1}`,
      ].join('\n'),
    );
  });
});
