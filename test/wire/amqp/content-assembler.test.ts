import { describe, expect, test } from 'vitest';
import { ContentAssembler } from '../../../src/wire/amqp/content-assembler.js';

const PUBLISH = { ticket: 0, exchange: '', routingKey: 'k', mandatory: false, immediate: false };
const header = (size: number) => ({
  type: 2,
  channel: 1,
  payload: Uint8Array.of(0, 60, 0, 0, 0, 0, 0, 0, 0, 0, 0, size, 0, 0),
});
const body = (text: string) => ({ type: 3, channel: 1, payload: Buffer.from(text) });
const assembler = (largest = 100) => new ContentAssembler({ amqpTableDepth: 9, amqpTableEntries: 9 }, largest);

describe('content assembler', () => {
  test('joins the parts of a body', () => {
    const parts = assembler();
    parts.begin(PUBLISH);
    expect(parts.take(header(5))).toBeUndefined();
    expect(parts.take(body('he'))).toBeUndefined();
    expect(Buffer.from(parts.take(body('llo'))?.body ?? []).toString()).toBe('hello');
    expect(parts.busy).toBe(false);
  });

  test('an empty body is whole with its header', () => {
    const parts = assembler();
    parts.begin(PUBLISH);
    expect(parts.take(header(0))).toMatchObject({ values: PUBLISH, body: new Uint8Array() });
  });

  test('a small body does not keep the chunk that it came in', () => {
    const chunk = Buffer.alloc(65_536);
    const parts = assembler();
    parts.begin(PUBLISH);
    parts.take(header(5));
    const whole = parts.take({ type: 3, channel: 1, payload: chunk.subarray(10, 15) });
    expect(whole?.body.buffer).not.toBe(chunk.buffer);
  });

  test('a body larger than allowed is refused by its header', () => {
    const parts = assembler(4);
    parts.begin(PUBLISH);
    expect(() => parts.take(header(5))).toThrow('message size 5 is larger than configured max size 4');
  });
});
