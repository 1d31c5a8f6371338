import { expect, it } from 'vitest';
import { faultyFrame, unexpectedFrame, unknownFrame } from '../../../src/wire/amqp/frame-refusal.js';

const frame = { type: 9, channel: 0, payload: Uint8Array.of(1, 2) };

it('a frame that cannot be taken is told with what it holds', () => {
  expect(
    [unknownFrame(frame), unexpectedFrame(frame)].map(({ replyCode, replyText }) => [replyCode, replyText]),
  ).toEqual([
    [501, 'FRAME_ERROR - type 9, all octets = <<1,2>>: unknown_frame'],
    [505, 'UNEXPECTED_FRAME - type 9, all octets = <<1,2>>'],
  ]);
});

it('a frame that cannot be split off is told with its size or its end', () => {
  expect(faultyFrame({ kind: 'too-large', type: 1, size: 5_000 }, 4_096).replyText).toBe(
    'FRAME_ERROR - type 1, all octets = <<>>: {frame_too_large,5000,4088}',
  );
  expect(faultyFrame({ kind: 'bad-end', type: 1, payload: Uint8Array.of(7), end: 0 }, 4_096).replyText).toBe(
    'FRAME_ERROR - type 1, all octets = <<7>>: {invalid_frame_end_marker,0}',
  );
});
