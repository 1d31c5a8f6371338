import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ChannelIndex } from '../../../src/models/redis/channel-index.js';
import { globMatch, globMatchIgnoreCase, literalPrefix, literalSuffix } from '../../../src/models/redis/glob.js';

interface Decision {
  readonly c: string;
  readonly p: string;
  readonly s: string;
  readonly m: boolean;
}

const { vectors } = JSON.parse(
  readFileSync(new URL('../../fixtures/redis/redis-glob-vectors.json', import.meta.url), 'utf8'),
) as { vectors: Decision[] };

/** The documented procedure, recursive and without regard to cost: what the matcher must agree with. */
function reference(pattern: string, text: string): boolean {
  let p = 0;
  let s = 0;
  while (p < pattern.length && s < text.length) {
    if (pattern[p] === '*') {
      while (pattern[p] === '*') p++;
      if (p === pattern.length) return true;
      for (; s < text.length; s++) if (reference(pattern.slice(p), text.slice(s))) return true;
      return false;
    }
    const taken = takeOne(pattern, p, text.charCodeAt(s));
    if (taken === undefined) return false;
    p = taken;
    s++;
    if (s === text.length) while (pattern[p] === '*') p++;
  }
  return p === pattern.length && s === text.length;
}

/** Where the pattern goes on after one element has taken one byte; undefined when it does not take it. */
function takeOne(pattern: string, from: number, byte: number): number | undefined {
  let p = from;
  const code = () => pattern.charCodeAt(p);
  const signed = (value: number) => (value << 24) >> 24;
  if (pattern[p] === '?') return p + 1;
  if (pattern[p] === '\\' && p + 1 < pattern.length) return pattern.charCodeAt(p + 1) === byte ? p + 2 : undefined;
  if (pattern[p] !== '[') return code() === byte ? p + 1 : undefined;
  p++;
  const negated = pattern[p] === '^';
  if (negated) p++;
  let member = false;
  for (; p < pattern.length && pattern[p] !== ']'; p++) {
    if (pattern[p] === '\\' && p + 1 < pattern.length) {
      p++;
      if (code() === byte) member = true;
    } else if (p + 2 < pattern.length && pattern[p + 1] === '-') {
      const ends = [signed(code()), signed(pattern.charCodeAt(p + 2))].sort((a, b) => a - b) as [number, number];
      if (signed(byte) >= ends[0] && signed(byte) <= ends[1]) member = true;
      p += 2;
    } else if (code() === byte) member = true;
  }
  return member === negated ? undefined : Math.min(p + 1, pattern.length);
}

const bytes = (alphabet: string, maxLength: number) =>
  fc.array(fc.constantFrom(...alphabet), { maxLength }).map((chars) => chars.join(''));

describe('glob', () => {
  test('decides like Redis 7.0.15 in every recorded case', () => {
    const wrong = vectors.filter(({ p, s, m }) => globMatch(p, s) !== m);
    expect(wrong.slice(0, 5)).toEqual([]);
    expect(vectors.length).toBeGreaterThan(3_000);
  });

  test('decides the same behind the channel index', () => {
    const index = new ChannelIndex<string>();
    const wrong = vectors.filter(({ p, s, m }) => {
      index.psubscribe(p, 'member');
      const found = index.match(s).length === 1;
      index.punsubscribe(p, 'member');
      return found !== m;
    });
    expect(wrong.slice(0, 5)).toEqual([]);
  });

  test('prop: agrees with the documented procedure', () => {
    fc.assert(
      fc.property(bytes('ab*?[]^-\\', 12), bytes('ab]-\\^', 8), (pattern, text) => {
        expect(globMatch(pattern, text)).toBe(reference(pattern, text));
      }),
      { numRuns: 20_000 },
    );
  });

  test('prop: any bytes are a pattern and a text', () => {
    const any = fc.uint8Array({ maxLength: 24 }).map((part) => Buffer.from(part).toString('latin1'));
    fc.assert(
      fc.property(any, any, (pattern, text) => {
        expect(globMatch(pattern, text)).toBe(reference(pattern, text));
      }),
      { numRuns: 2_000 },
    );
  });

  test('takes linear steps where a backtracking matcher takes exponential ones', () => {
    const pattern = `${'*a'.repeat(30)}*b`;
    const started = performance.now();
    expect(globMatch(pattern, 'a'.repeat(2_000))).toBe(false);
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  test('gives up after a thousand nested stars, as the real one does', () => {
    expect(globMatch('a*'.repeat(1_001), 'a'.repeat(1_500))).toBe(true);
    expect(globMatch('a*'.repeat(1_002), 'a'.repeat(1_500))).toBe(false);
  });

  test('ignores ASCII case only where it is asked to', () => {
    expect(globMatch('MaxMem*', 'maxmemory')).toBe(false);
    expect(globMatchIgnoreCase('MaxMem*', 'maxmemory')).toBe(true);
    expect(globMatchIgnoreCase('[A-C]', 'b')).toBe(true);
    expect(globMatchIgnoreCase('\xc9', '\xe9')).toBe(false);
  });

  test('prop: what matches begins with the literal prefix and ends with the literal suffix', () => {
    fc.assert(
      fc.property(bytes('ab*?[]\\', 8), bytes('ab', 6), (pattern, text) => {
        if (!globMatch(pattern, text)) return;
        expect(text.startsWith(literalPrefix(pattern))).toBe(true);
        expect(text.endsWith(literalSuffix(pattern))).toBe(true);
      }),
      { numRuns: 5_000 },
    );
  });
});
