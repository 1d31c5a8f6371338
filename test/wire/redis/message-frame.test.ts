import { expect, test } from 'vitest';
import { PubSubMessage } from '../../../src/models/redis/index.js';
import { MessageFrames } from '../../../src/wire/redis/message-frame.js';

test('frames have the kind, the pattern if any, the channel and the payload', () => {
  const frames = new MessageFrames();
  const plain = new PubSubMessage('message', undefined, 'x', 'hi', false);
  const matched = new PubSubMessage('pmessage', 'x*', 'x', 'hi', false);
  expect(frames.of(plain, 2)).toBe('*3\r\n$7\r\nmessage\r\n$1\r\nx\r\n$2\r\nhi\r\n');
  expect(frames.of(plain, 3)).toBe('>3\r\n$7\r\nmessage\r\n$1\r\nx\r\n$2\r\nhi\r\n');
  expect(frames.of(matched, 2)).toBe('*4\r\n$8\r\npmessage\r\n$2\r\nx*\r\n$1\r\nx\r\n$2\r\nhi\r\n');
  frames.clear();
  expect(frames.of(plain, 2)).toContain('message');
});
