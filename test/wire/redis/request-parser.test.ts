import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Parsed,
  type ParserLimits,
  RequestParser,
  strictInteger,
} from '../../../src/wire/redis/request-parser.js';
import { encodeRequest } from '../../helpers/resp.js';

const LIMITS: ParserLimits = {
  lineBytes: 64,
  bulkBytes: 1_000,
  argumentCount: 20,
  queryBytes: 4_000,
  restricted: false,
};

function parse(chunks: readonly string[], limits: Partial<ParserLimits> = {}): Parsed[] {
  const parser = new RequestParser(() => ({ ...LIMITS, ...limits }));
  const found: Parsed[] = [];
  for (const chunk of chunks) {
    parser.push(Buffer.from(chunk, 'latin1'));
    for (let next = parser.next(); next; next = parser.next()) {
      found.push(next);
      if (next.kind === 'error' || next.kind === 'overflow') return found;
    }
  }
  return found;
}

const request = (...args: string[]): Parsed => ({ kind: 'request', args });
const failure = (text: string): Parsed => ({ kind: 'error', text: `ERR Protocol error: ${text}` });

describe('the request parser', () => {
  test('mixes both framings and tells what is empty', () => {
    expect(parse(['PING\r\n\r\n*0\r\n*-5\r\n*1\r\n$4\r\nPINGxxECHO a\n'])).toEqual([
      request('PING'),
      { kind: 'empty' },
      { kind: 'empty' },
      { kind: 'empty' },
      request('PING'),
      request('ECHO', 'a'),
    ]);
  });

  test.for([
    ['*01\r\n', 'invalid multibulk length'],
    ['*+1\r\n', 'invalid multibulk length'],
    ['* 1\r\n', 'invalid multibulk length'],
    ['*1x\r\n', 'invalid multibulk length'],
    ['*2147483648\r\n', 'invalid multibulk length'],
    ['*9223372036854775808\r\n', 'invalid multibulk length'],
    ['*1\r\n:1\r\n', "expected '$', got ':'"],
    ['*1\r\n$-1\r\n', 'invalid bulk length'],
    ['*1\r\n$1001\r\n', 'invalid bulk length'],
    ['*1\r\n$abc\r\n', 'invalid bulk length'],
    ['GET "k\r\n', 'unbalanced quotes in request'],
    ['x'.repeat(65), 'too big inline request'],
    [`*${'1'.repeat(65)}`, 'too big mbulk count string'],
    [`*1\r\n$${'1'.repeat(65)}`, 'too big bulk count string'],
  ])('answers %j with "%s"', ([bytes, text]) => {
    expect(parse([bytes as string])).toEqual([failure(text as string)]);
  });

  test('waits for what a length promises, and allocates nothing for it', () => {
    expect(parse(['*2147483647\r\n'])).toEqual([]);
    expect(parse(['*1\r\n$536870912\r\nabc'], { bulkBytes: 536_870_912 })).toEqual([]);
  });

  test('has limits for what is not authenticated', () => {
    expect(parse(['*11\r\n'], { restricted: true })).toEqual([failure('unauthenticated multibulk length')]);
    expect(parse(['*1\r\n$16385\r\n'], { restricted: true, bulkBytes: 20_000 })).toEqual([
      failure('unauthenticated bulk length'),
    ]);
  });

  test('names the limit of arguments when they really come', () => {
    expect(parse([encodeRequest(Array(21).fill('a'))])).toEqual([failure('invalid multibulk length')]);
  });

  test('gives up on more unread input than the limit', () => {
    expect(parse(['*1\r\n$900\r\n', 'x'.repeat(600)], { queryBytes: 500 })).toEqual([{ kind: 'overflow' }]);
  });

  test('prop: any cut of the bytes gives the same requests', () => {
    const args = fc.array(fc.uint8Array({ maxLength: 8 }), { minLength: 1, maxLength: 4 });
    const bytes = fc.array(args, { minLength: 1, maxLength: 4 }).map((requests) => {
      const texts = requests.map((one) => one.map((arg) => Buffer.from(arg).toString('latin1')));
      return { texts, bytes: texts.map(encodeRequest).join('') };
    });
    fc.assert(
      fc.property(bytes, fc.array(fc.nat(200), { maxLength: 8 }), (sent, cuts) => {
        const at = [0, ...cuts.filter((cut) => cut < sent.bytes.length).sort((a, b) => a - b), sent.bytes.length];
        const chunks = at.slice(1).map((end, i) => sent.bytes.slice(at[i], end));
        expect(parse(chunks)).toEqual(sent.texts.map((texts) => request(...texts)));
        expect(parse([...sent.bytes])).toEqual(sent.texts.map((texts) => request(...texts)));
      }),
    );
  });

  test('prop: no bytes make it throw, and any cut of them ends the same', () => {
    const piece = fc.constantFrom(
      '*',
      '$',
      '1',
      '2',
      '\r\n',
      '\n',
      '\r',
      '"',
      "'",
      '\\x4',
      ' ',
      '\0',
      'PING',
      '-',
      'a',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 24 }), (pieces) => {
        const whole = pieces.join('');
        expect(parse([...whole])).toEqual(parse([whole]));
      }),
      { numRuns: 5_000 },
    );
  });
});

test('integers are strict', () => {
  for (const text of ['0', '-1', '7', '123456789012345678']) expect(strictInteger(text)).toBe(Number(text));
  for (const text of ['', '-', '+1', '01', '-0', ' 1', '1 ', '1.0', '0x1']) expect(strictInteger(text)).toBeUndefined();
});
