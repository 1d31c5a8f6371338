import { expect, it } from 'vitest';
import { TEST_LIMITS } from '../../../src/core/limits.js';
import { METHODS } from '../../../src/wire/amqp/method.js';
import { readMethod } from '../../../src/wire/amqp/method-reader.js';

const read = (...bytes: number[]) => readMethod(Uint8Array.from(bytes), TEST_LIMITS);

it('reads a method and its arguments', () => {
  expect(read(0, 20, 0, 20, 1)).toEqual({ method: METHODS.channelFlow, values: { active: true } });
});

it('names a method that there is not', () => {
  expect(read(0, 99, 0, 7)).toMatchObject({
    refusal: { code: 'NOT_IMPLEMENTED' },
    place: { classId: 99, methodId: 7 },
  });
});

it('tells arguments that are cut or too many with the method, text that is none without', () => {
  expect(read(0, 50, 0, 10, 0, 0)).toMatchObject({
    refusal: { code: 'FRAME_ERROR', replyText: 'FRAME_ERROR - cannot decode <<0,0>>' },
    place: { classId: 50, methodId: 10 },
  });
  expect(read(0, 20, 0, 20, 1, 9)).toMatchObject({ refusal: { code: 'FRAME_ERROR' } });
  expect(read(0, 20, 0, 10, 1, 0xff)).toMatchObject({ refusal: { code: 'FRAME_ERROR' }, place: undefined });
});
