import { expect, it } from 'vitest';
import { checkBinding, toFilter } from '../../../src/wire/kafka/acl-request.js';
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
