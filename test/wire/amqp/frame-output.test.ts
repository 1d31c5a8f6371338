import { expect, test } from 'vitest';
import { FrameOutput } from '../../../src/wire/amqp/frame-output.js';
import { METHODS } from '../../../src/wire/amqp/method.js';

function sent(write: (output: FrameOutput) => void): Buffer {
  const parts: Uint8Array[] = [];
  write(new FrameOutput((bytes) => parts.push(bytes)));
  return Buffer.concat(parts);
}

test('a method is one frame', () => {
  expect([...sent((output) => output.method(1, METHODS.basicQosOk, {}))]).toEqual([
    1, 0, 1, 0, 0, 0, 4, 0, 60, 0, 11, 0xce,
  ]);
});

test('an empty body has no frame of its own', () => {
  const values = { replyCode: 312, replyText: '', exchange: '', routingKey: '' };
  const bytes = sent((output) => output.content(1, METHODS.basicReturn, values, {}, new Uint8Array()));
  expect(bytes[bytes.length - 22]).toBe(2);
  expect(bytes).toHaveLength(8 + 9 + 8 + 14);
});

test('large bodies leave in frames of frame-max', () => {
  const values = { replyCode: 312, replyText: '', exchange: '', routingKey: '' };
  const bytes = sent((output) => {
    output.frameMax = 10_008;
    output.content(1, METHODS.basicReturn, values, {}, new Uint8Array(25_000));
  });
  expect(bytes).toHaveLength(8 + 9 + 8 + 14 + 25_000 + 3 * 8);
});

test('confirms are acks and nacks, of one publish or of all up to it', () => {
  const confirm = (ack: boolean, multiple: boolean) => [
    ...sent((output) => output.confirm(1, { ack, deliveryTag: 3, multiple })).subarray(9, 20),
  ];
  expect(confirm(true, false)).toEqual([0, 80, 0, 0, 0, 0, 0, 0, 0, 3, 0]);
  expect(confirm(true, true)).toEqual([0, 80, 0, 0, 0, 0, 0, 0, 0, 3, 1]);
  expect(confirm(false, true)).toEqual([0, 120, 0, 0, 0, 0, 0, 0, 0, 3, 1]);
});
