import { expect, it } from 'vitest';
import { TEST_LIMITS } from '../../../src/core/limits.js';
import { METHODS } from '../../../src/wire/amqp/method.js';
import { MethodReader } from '../../../src/wire/amqp/method-reader.js';

const read = (...bytes: number[]) => new MethodReader().read(Uint8Array.from(bytes), TEST_LIMITS);

it('reads a method and its arguments', () => {
  expect(read(0, 20, 0, 20, 1)).toEqual({ method: METHODS.channelFlow, values: { active: true } });
});

it('says the same of bytes that come again, and reads others anew', () => {
  const reader = new MethodReader();
  const publish = (key: string) => [0, 60, 0, 40, 0, 0, 1, 0x65, key.length, ...Buffer.from(key), 0];
  const take = (bytes: readonly number[]) => reader.read(Uint8Array.from(bytes), TEST_LIMITS);
  const first = take(publish('a'));
  expect(first).toMatchObject({ method: METHODS.basicPublish, values: { exchange: 'e', routingKey: 'a' } });
  expect(take([0, 60, 0, 80, 0, 0, 0, 0, 0, 0, 0, 7, 1])).toMatchObject({ values: { deliveryTag: 7, multiple: true } });
  expect(take(publish('a'))).toBe(first);
  expect(take(publish('b'))).toMatchObject({ values: { exchange: 'e', routingKey: 'b' } });
  expect(take(publish('a').slice(0, -1))).toMatchObject({ refusal: { code: 'FRAME_ERROR' } });
  expect(take(publish('bb'))).toMatchObject({ values: { exchange: 'e', routingKey: 'bb' } });
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
