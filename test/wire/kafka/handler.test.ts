import { describe, expect, it } from 'vitest';
import { array, int8, string } from '../../../src/wire/kafka/field.js';
import { defineApi, offeredApis } from '../../../src/wire/kafka/handler.js';

const api = defineApi({
  name: 'Toy',
  key: 900,
  versions: [1, 4],
  flexibleSince: 3,
  offered: { standard: [0, 9], lean: [2, 2] },
  request: { names: array(string) },
  response: { count: int8 },
});

const hidden = defineApi({ ...api.definition, name: 'Hidden', key: 7, offered: { standard: [1, 2] } });

describe('an API', () => {
  it('accepts the versions that are described and on offer', () => {
    const accepted = (profile: 'standard' | 'lean') => [0, 1, 2, 3, 4, 5].filter((n) => api.accepts(n, profile));
    expect([accepted('standard'), accepted('lean')]).toEqual([[1, 2, 3, 4], [2]]);
    expect(hidden.accepts(1, 'lean')).toBe(false);
  });

  it('compiles a version once, flexible from where it says', () => {
    expect(api.codec(2)).toBe(api.codec(2));
    expect([api.codec(2).flexible, api.codec(3).flexible]).toEqual([false, true]);
  });

  it('is offered by key, where a profile has it', () => {
    expect(offeredApis([api, hidden], 'standard').map(({ apiKey }) => apiKey)).toEqual([7, 900]);
    expect(offeredApis([api, hidden], 'lean')).toEqual([{ apiKey: 900, minVersion: 2, maxVersion: 2 }]);
  });
});
