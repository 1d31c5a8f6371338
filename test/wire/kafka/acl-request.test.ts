import { expect, it } from 'vitest';
import { checkBinding, checkFilter, isOddFilter, toFilter } from '../../../src/wire/kafka/acl-request.js';
import { anyAcl } from '../../helpers/kafka-request.js';

const binding = {
  resourceType: 2,
  resourceName: 't',
  patternType: 3,
  principal: 'User:a',
  host: '*',
  operation: 3,
  permissionType: 3,
};

it.each([
  ['any resource', { resourceType: 1 }],
  ['a resource that is none', { resourceType: 8 }],
  ['a pattern that only filters', { patternType: 2 }],
  ['any operation', { operation: 1 }],
  ['any permission', { permissionType: 1 }],
  ['no name', { resourceName: '' }],
  ['a principal without a type', { principal: 'a' }],
])('a rule for %s is refused', (_what, change) => {
  expect(() => checkBinding(binding)).not.toThrow();
  expect(() => checkBinding({ ...binding, ...change })).toThrow(expect.objectContaining({ code: 'INVALID_REQUEST' }));
});

it.each([
  [{ resourceType: 4, resourceName: 't' }, 'The only valid name for the CLUSTER resource is kafka-cluster'],
  [{ resourceName: '' }, 'Invalid empty resource name'],
  [{ resourceType: 1 }, 'Invalid resourceType ANY'],
  [{ resourceType: 8 }, 'Invalid resourceType UNKNOWN'],
  [{ patternType: 2 }, 'Invalid patternType MATCH'],
  [{ operation: 15 }, 'Invalid operation UNKNOWN'],
  [{ permissionType: 1 }, 'Invalid permissionType ANY'],
  [{ principal: 'a' }, 'Could not parse principal from `a`'],
])('of a rule with %j Kafka says what is wrong', (change, text) => {
  expect(() => checkBinding({ ...binding, ...change })).toThrow(text);
});

it('a filter has to be about something that there is', () => {
  const filter = toFilter(anyAcl);
  expect(() => checkFilter(filter)).not.toThrow();
  expect(() => checkFilter({ ...filter, patternType: 5 })).toThrow('Unknown patternFilter.');
  expect(() => checkFilter({ ...filter, operation: 15 })).toThrow('Unknown entryFilter.');
  expect([isOddFilter(anyAcl), isOddFilter({ ...anyAcl, operation: 0 })]).toEqual([false, true]);
});

it('a filter keeps null for what it leaves open', () => {
  expect(toFilter({ ...anyAcl, hostFilter: '*' })).toEqual({
    resourceType: 1,
    resourceName: null,
    patternType: 1,
    principal: null,
    host: '*',
    operation: 1,
    permissionType: 1,
  });
});
