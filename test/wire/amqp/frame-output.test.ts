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

test('confirms that follow each other in a burst leave as one', () => {
  const ack = (output: FrameOutput, deliveryTag: number) =>
    output.confirm(1, { ack: true, deliveryTag, multiple: false });
  const alone = sent((output) => ack(output, 3));
  const burst = sent((output) => {
    output.beginBurst();
    for (const tag of [1, 2, 3]) ack(output, tag);
    output.endBurst();
  });
  expect(alone.subarray(11, 20)).toEqual(Buffer.from([0, 0, 0, 0, 0, 0, 0, 3, 0]));
  expect(burst.subarray(11, 20)).toEqual(Buffer.from([0, 0, 0, 0, 0, 0, 0, 3, 1]));
  expect(burst).toHaveLength(alone.length);
});

test('a held confirm leaves before any other frame, and kinds are not mixed', () => {
  const bytes = sent((output) => {
    output.beginBurst();
    output.confirm(1, { ack: true, deliveryTag: 1, multiple: false });
    output.confirm(1, { ack: false, deliveryTag: 2, multiple: false });
    output.method(1, METHODS.basicQosOk, {});
    output.endBurst();
  });
  const methods = [bytes.readUInt16BE(9), bytes.readUInt16BE(21 + 9), bytes.readUInt16BE(42 + 9)];
  expect(methods).toEqual([80, 120, 11]);
});
