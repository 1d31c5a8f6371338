import { expect, it } from 'vitest';
import { plainFields } from '../../../src/models/kafka/plain-fields.js';

it('turns the maps of a snapshot from a file into properties, and leaves bytes alone', () => {
  const bytes = Uint8Array.of(1);
  const read = new Map<string, unknown>([['list', [new Map([['at', 1]])]]]);
  read.set('bytes', bytes);
  expect(plainFields(read)).toEqual({ list: [{ at: 1 }], bytes });
  expect(plainFields({ nothing: null, inner: { text: 'a' } })).toEqual({ nothing: null, inner: { text: 'a' } });
});
