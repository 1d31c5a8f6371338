/** How random commands are put together. */
import type { Random } from '../../src/core/random.js';

/** Some arguments, which chance chooses. */
export type Make = (random: Random) => string[];

export const VALUES = [
  '1',
  '-5',
  '10',
  'abc',
  '',
  '3.5',
  '9223372036854775807',
  '\r\n\x00',
  'x'.repeat(50),
  ' 7',
  '007',
];
export const INTEGERS = [
  '0',
  '1',
  '2',
  '-1',
  '5',
  '100',
  '-100',
  'abc',
  '',
  '1.5',
  '9223372036854775807',
  '99999999999999999999',
];

export const integer: Make = (r) => [r.pick(INTEGERS)];
export const oneOf =
  (...words: string[]): Make =>
  (r) => [r.pick(words)];
export const some =
  (make: Make, atLeast: number, atMost: number): Make =>
  (r) =>
    Array.from({ length: atLeast + r.int(atMost - atLeast + 1) }, () => make(r)).flat();
export const maybe =
  (make: Make, odds = 0.3): Make =>
  (r) =>
    r.float() < odds ? make(r) : [];
/** A command: words and makers of arguments, one after the other. */
export const form =
  (...parts: Array<string | Make>): Make =>
  (r) =>
    parts.flatMap((part) => (typeof part === 'string' ? [part] : part(r)));
