import { expect, test } from 'vitest';
import { erlangBinary, erlangOctets } from '../../../src/wire/amqp/erlang-text.js';

test('bytes are shown as Erlang shows them', () => {
  expect(erlangBinary(Uint8Array.of())).toBe('<<>>');
  expect(erlangBinary(Uint8Array.of(0, 60, 0, 10))).toBe('<<0,60,0,10>>');
  expect(erlangBinary(Buffer.from('say "hi"'))).toBe('<<"say \\"hi\\"">>');
});

test('only the first sixteen octets of a frame are shown', () => {
  expect(erlangOctets(Buffer.from('abc'))).toBe('all octets = <<"abc">>');
  expect(erlangOctets(Buffer.from('a'.repeat(20)))).toBe(`first 16 octets = <<"${'a'.repeat(16)}">>`);
});
