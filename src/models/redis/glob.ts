/**
 * Redis's glob, on byte strings (one character a byte). Iterative: work is bounded by pattern length times text
 * length, and no RegExp is ever built from a pattern.
 *
 * @see https://redis.io/docs/latest/commands/psubscribe/ and section 8 of the behaviour notes in the test fixtures
 */

const STAR = 0x2a;
const QUESTION = 0x3f;
const OPEN = 0x5b;
const CLOSE = 0x5d;
const CARET = 0x5e;
const DASH = 0x2d;
const BACKSLASH = 0x5c;

/** Stars that are followed by something, in one match, before the real server gives up (its recursion limit). */
const DEEPEST_STARS = 1000;

/** Whether `text` matches `pattern` as a whole. Both are byte strings. */
export function globMatch(pattern: string, text: string): boolean {
  let p = 0;
  let s = 0;
  let stars = 0;
  let retryP = -1;
  let retryS = -1;
  for (;;) {
    if (p < pattern.length && s < text.length) {
      if (pattern.charCodeAt(p) === STAR) {
        p = skipStars(pattern, p);
        if (p === pattern.length) return true;
        if (++stars > DEEPEST_STARS) return false;
        retryP = p;
        retryS = s;
        continue;
      }
      const next = matchOne(pattern, p, text.charCodeAt(s));
      if (next !== -1) {
        p = next;
        if (++s === text.length) p = skipStars(pattern, p);
        continue;
      }
    } else if (p === pattern.length && s === text.length) {
      return true;
    }
    // Mismatch: the last star takes one byte more, as long as one is left for what follows it.
    if (retryP === -1 || ++retryS >= text.length) return false;
    p = retryP;
    s = retryS;
  }
}

/** The same without regard to ASCII case, for CONFIG GET and COMMAND LIST. */
export function globMatchIgnoreCase(pattern: string, text: string): boolean {
  return globMatch(lowerAscii(pattern), lowerAscii(text));
}

function lowerAscii(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

function skipStars(pattern: string, from: number): number {
  let p = from;
  while (p < pattern.length && pattern.charCodeAt(p) === STAR) p++;
  return p;
}

/** Matches one element of the pattern against one byte: the position after the element, or -1. */
function matchOne(pattern: string, p: number, byte: number): number {
  const c = pattern.charCodeAt(p);
  if (c === QUESTION) return p + 1;
  if (c === OPEN) return matchClass(pattern, p + 1, byte);
  if (c === BACKSLASH && p + 1 < pattern.length) return pattern.charCodeAt(p + 1) === byte ? p + 2 : -1;
  return c === byte ? p + 1 : -1;
}

function matchClass(pattern: string, from: number, byte: number): number {
  let p = from;
  const negated = pattern.charCodeAt(p) === CARET;
  if (negated) p++;
  let member = false;
  while (p < pattern.length) {
    const c = pattern.charCodeAt(p);
    if (c === BACKSLASH && p + 1 < pattern.length) {
      if (pattern.charCodeAt(p + 1) === byte) member = true;
      p += 2;
    } else if (c === CLOSE) {
      return member !== negated ? p + 1 : -1;
    } else if (p + 2 < pattern.length && pattern.charCodeAt(p + 1) === DASH) {
      if (inRange(byte, c, pattern.charCodeAt(p + 2))) member = true;
      p += 3;
    } else {
      if (c === byte) member = true;
      p++;
    }
  }
  // An unterminated class counts as closed at the end of the pattern.
  return member !== negated ? p : -1;
}

/** The real server compares signed bytes: 0x80 to 0xff sort below 0x00. */
function inRange(byte: number, from: number, to: number): boolean {
  const b = signed(byte);
  const a = signed(from);
  const z = signed(to);
  return a <= z ? b >= a && b <= z : b >= z && b <= a;
}

function signed(byte: number): number {
  return byte > 0x7f ? byte - 0x100 : byte;
}

/** The bytes before the first special one: what every text that matches must begin with. */
export function literalPrefix(pattern: string): string {
  const special = pattern.search(/[*?[\\]/);
  return special === -1 ? pattern : pattern.slice(0, special);
}

/** The bytes after the last special one: what every text that matches must end with. */
export function literalSuffix(pattern: string): string {
  // A class may hide anything up to the end, and a backslash makes its neighbour literal: both end the easy part.
  if (pattern.includes('[') || pattern.includes('\\')) return '';
  return pattern.slice(Math.max(pattern.lastIndexOf('*'), pattern.lastIndexOf('?')) + 1);
}
