import { expect, it } from 'vitest';
import type { AmqpVersion } from '../../../src/models/amqp/config.js';
import { type FieldValue, toFieldTable } from '../../../src/models/amqp/field-table.js';
import { type PolicyKind, policyProblem } from '../../../src/models/amqp/policy-definition.js';

type Settings = Readonly<Record<string, unknown>>;
const problemOf = (settings: Settings, kind: PolicyKind = 'policy', version: AmqpVersion = '3') =>
  policyProblem(new Map(Object.entries(settings).map(([key, value]) => [key, toField(value)])), kind, version);
const toField = (value: unknown): FieldValue =>
  value === null ? null : (toFieldTable({ value: value as string }).get('value') as FieldValue);

it.each<[Settings, string]>([
  [{}, 'no policy provided'],
  [{ 'max-length': -1 }, '-1 is not a valid maximum length'],
  [{ 'max-length-bytes': 'x' }, '<<"x">> is not a valid maximum length in bytes'],
  [{ 'message-ttl': '' }, '<<>> is not a valid message TTL'],
  [{ expires: 0 }, '0 is not a valid queue expiry'],
  [{ 'delivery-limit': -1 }, '-1 is not a valid delivery limit'],
  [{ 'alternate-exchange': 1.5 }, '1.5 is not a valid alternate exchange name'],
  [{ 'dead-letter-exchange': null }, 'null is not a valid dead letter exchange name'],
  [{ 'dead-letter-routing-key': ['a'] }, '[<<"a">>] is not a valid dead letter routing key'],
  [{ 'dead-letter-strategy': true }, 'true is not a valid dead letter strategy'],
  [{ overflow: 'bad' }, '<<"bad">> is not a valid overflow value'],
  [{ 'queue-mode': 'x' }, '<<"x">> is not a valid queue-mode value'],
  [{ 'queue-version': 3 }, '3 is not a valid queue-version value'],
  [{ 'queue-leader-locator': 'x' }, '<<"x">> is not a valid queue leader locator value'],
  [{ 'queue-master-locator': 'x' }, '<<"x">> invalid queue-master-locator value'],
  [{ 'initial-cluster-size': -1 }, '-1 is not a valid cluster size'],
  [{ 'stream-max-segment-size-bytes': 'x' }, '<<"x">> is not a valid segment size'],
  [{ 'max-age': 'M' }, '<<"M">> is not a valid max age'],
  [{ 'consumer-timeout': 1 }, '[{<<"consumer-timeout">>,1}] are not recognised policy settings'],
  [{ 'ha-params': 1 }, 'ha-mode must be specified to specify ha-params, ha-sync-mode or ha-promote-on-shutdown'],
  [{ 'ha-mode': 'all', 'ha-params': 1 }, 'ha-mode="all" does not take parameters'],
  [{ 'ha-mode': 'exactly' }, 'ha-mode="exactly" takes an integer, none given'],
  [{ 'ha-mode': 'exactly', 'ha-params': 'x' }, 'ha-mode="exactly" takes an integer, <<"x">> given'],
  [{ 'ha-mode': 'nodes', 'ha-params': [] }, 'ha-mode="nodes" list must be non-empty'],
  [{ 'ha-mode': 'nodes', 'ha-params': [1] }, 'ha-mode="nodes" takes a list of strings, [1] was not a string'],
  [{ 'ha-mode': 'x' }, '<<"x">> is not a valid ha-mode value'],
  [{ 'ha-mode': 'all', 'ha-sync-mode': 'x' }, 'ha-sync-mode must be "manual" or "automatic", got <<"x">>'],
  [{ 'ha-mode': 'all', 'ha-sync-batch-size': 0 }, 'ha-sync-batch-size takes an integer greater than 0, 0 given'],
])('%j is refused as RabbitMQ refuses it', (settings, problem) => {
  expect(problemOf(settings)).toBe(problem);
});

it('the first problem is told: of the location, then by name, then of mirrors, then what is not known', () => {
  const everything = {
    'queue-master-locator': 'x',
    'max-length': 'y',
    'dead-letter-strategy': 'z',
    'ha-mode': 'x',
    a: 1,
  };
  const { 'queue-master-locator': _location, ...settings } = everything;
  const { 'dead-letter-strategy': _strategy, ...length } = settings;
  const { 'max-length': _length, ...mirrors } = length;
  expect([everything, settings, length, mirrors, { b: 1, a: '' }].map((each) => problemOf(each))).toEqual([
    '<<"x">> invalid queue-master-locator value',
    '<<"z">> is not a valid dead letter strategy',
    '<<"y">> is not a valid maximum length',
    '<<"x">> is not a valid ha-mode value',
    '[{<<"a">>,<<>>},{<<"b">>,1}] are not recognised policy settings',
  ]);
});

it('operators set limits and nothing else', () => {
  expect(problemOf({ 'max-length': 1, expires: 5, 'delivery-limit': 0 }, 'operator-policy')).toBeUndefined();
  expect(problemOf({ overflow: 'drop-head', 'max-length': 'x' }, 'operator-policy')).toContain('maximum length');
  expect(
    problemOf({ 'dead-letter-strategy': 'at-most-once', 'stream-max-segment-size-bytes': 1000 }, 'operator-policy'),
  ).toBe(
    '[{<<"dead-letter-strategy">>,<<"at-most-once">>},\n {<<"stream-max-segment-size-bytes">>,1000}] are not recognised policy settings',
  );
});

it('version 4 ignores mirrors and knows timeouts of consumers', () => {
  const settings = { 'consumer-timeout': 1, 'delivery-limit': -1, overflow: 'reject-publish' };
  expect(problemOf(settings, 'policy', '4')).toBeUndefined();
  expect(problemOf({ overflow: 'drop-head' }, 'operator-policy', '4')).toBeUndefined();
  expect(problemOf({ 'ha-mode': 'x', 'ha-params': 1 }, 'policy', '4')).toBeUndefined();
});
