import fc from 'fast-check';
import { expect, it } from 'vitest';
import { toFieldTable } from '../../../src/models/amqp/field-table.js';
import { Policy } from '../../../src/models/amqp/policy.js';
import { NO_LIMITS, readSettings } from '../../../src/models/amqp/queue-settings.js';

const policy = (definition: Record<string, string | number>, kind: 'policy' | 'operator-policy' = 'policy') =>
  new Policy(
    { name: 'p', pattern: '.*', applyTo: 'queues', priority: 0, definition: toFieldTable(definition) },
    kind,
    '3',
  );

it('without arguments and policies there are no limits', () => {
  expect(readSettings('classic', new Map(), undefined, undefined)).toEqual(NO_LIMITS);
});

it('prop: the smallest of argument, policy and operator policy holds', () => {
  const limit = fc.option(fc.nat(1_000), { nil: undefined });
  fc.assert(
    fc.property(limit, limit, limit, (argument, own, operator) => {
      const settings = readSettings(
        'classic',
        toFieldTable(argument === undefined ? {} : { 'x-max-length': argument }),
        own === undefined ? undefined : policy({ 'max-length': own }),
        operator === undefined ? undefined : policy({ 'max-length': operator }, 'operator-policy'),
      );
      expect(settings.maxLength).toBe(Math.min(argument ?? Infinity, own ?? Infinity, operator ?? Infinity));
    }),
  );
});

it('where to and how is said by the argument first', () => {
  const dead = policy({ 'dead-letter-exchange': 'theirs', 'dead-letter-routing-key': 'k', overflow: 'reject-publish' });
  const settings = readSettings('classic', toFieldTable({ 'x-dead-letter-exchange': 'own' }), dead, undefined);
  expect(settings).toMatchObject({ deadLetterExchange: 'own', deadLetterRoutingKey: 'k', overflow: 'reject-publish' });
});

it('how it overflows the argument says first, then the operator, then the user', () => {
  const users = policy({ overflow: 'reject-publish' });
  const operators = new Policy(
    { ...users, name: 'o', definition: toFieldTable({ overflow: 'reject-publish-dlx' }) },
    'operator-policy',
    '4',
  );
  const overflow = (args: Record<string, string>, ...policies: Array<Policy | undefined>) =>
    readSettings('classic', toFieldTable(args), policies[0], policies[1]).overflow;
  expect(overflow({ 'x-overflow': 'drop-head' }, users, operators)).toBe('drop-head');
  expect(overflow({}, users, operators)).toBe('reject-publish-dlx');
  expect(overflow({}, users)).toBe('reject-publish');
});

it('how a quorum queue overflows and expires, and what a stream keeps, the policy says first', () => {
  const ruled = policy({ overflow: 'reject-publish', expires: 50, 'max-length': 5 });
  const own = toFieldTable({ 'x-overflow': 'drop-head', 'x-expires': 10, 'x-max-length': 9 });
  expect(readSettings('quorum', own, ruled, undefined)).toMatchObject({
    overflow: 'reject-publish',
    expiresMs: 50,
    maxLength: 5,
  });
  expect(readSettings('quorum', own, undefined, undefined)).toMatchObject({ overflow: 'drop-head', expiresMs: 10 });
  const kept = policy({ 'max-length-bytes': 500, 'max-age': '1D', 'stream-max-segment-size-bytes': 100 });
  const less = toFieldTable({ 'x-max-length-bytes': 50, 'x-max-age': '1h', 'x-stream-max-segment-size-bytes': 10 });
  expect(readSettings('stream', less, kept, undefined)).toMatchObject({
    maxLengthBytes: 500,
    maxAge: '1D',
    segmentBytes: 100,
  });
  expect(readSettings('stream', less, undefined, undefined)).toMatchObject({
    maxLengthBytes: 50,
    maxAge: '1h',
    segmentBytes: 10,
  });
});
