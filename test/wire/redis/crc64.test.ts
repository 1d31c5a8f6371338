import { expect, it } from 'vitest';
import { crc64 } from '../../../src/wire/redis/crc64.js';

it('is the checksum of the published check value', () => {
  expect(crc64('123456789')).toBe(0xe9c6d914c4b8d9can);
  expect(crc64('')).toBe(0n);
});
