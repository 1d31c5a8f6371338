import { describe, expect, it } from 'vitest';
import { checkLimit, type Limits, resolveLimits, TEST_LIMITS, UNBOUNDED_LIMITS } from '../../src/core/limits.js';

describe('limits', () => {
  it('are those for tests unless something else is asked', () => {
    expect(resolveLimits()).toBe(TEST_LIMITS);
    expect(resolveLimits('test')).toBe(TEST_LIMITS);
    expect(resolveLimits({ queueBytes: 10 })).toEqual({ ...TEST_LIMITS, queueBytes: 10 });
  });

  it('have a preset without any but those of the protocols', () => {
    const unbounded = resolveLimits('unbounded');
    expect(unbounded).toBe(UNBOUNDED_LIMITS);
    expect(unbounded.queueMessageCount).toBe(Number.MAX_SAFE_INTEGER);
    expect(unbounded.kafkaRequestBytes).toBeLessThan(2 ** 24);
    expect(Object.keys(unbounded).sort()).toEqual(Object.keys(TEST_LIMITS).sort());
  });

  it('refuse names and values that are none', () => {
    const invalid = expect.objectContaining({ code: 'INVALID_LIMIT' });
    expect(() => resolveLimits({ queueByte: 1 } as Partial<Limits>)).toThrow(/limits\.queueByte is no limit; known: /);
    for (const value of [-1, Number.NaN, '5', null]) {
      expect(() => resolveLimits({ queueBytes: value as number })).toThrow(invalid);
    }
    expect(() => resolveLimits(JSON.parse('{"__proto__":1}'))).toThrow(invalid);
  });

  it('name themselves, their value and the culprit', () => {
    const limits = resolveLimits({ queueBytes: 10 });
    checkLimit(limits, 'queueBytes', 10, 'queue "work"');
    expect(() => checkLimit(limits, 'queueBytes', 11, 'queue "work"')).toThrow(
      'limits.queueBytes (10) exceeded by queue "work"; raise it with { limits: { queueBytes: … } }',
    );
  });
});
