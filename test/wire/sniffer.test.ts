import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sniff } from '../../src/wire/sniffer.js';

const bytes = (text: string) => Buffer.from(text, 'latin1');

describe('the first bytes tell', () => {
  it.each([
    ['Kafka, by a length below 16 MiB', '\x00', 'kafka'],
    ['AMQP, by its header', 'AMQP\x00\x00\x09\x01', 'amqp'],
    ['AMQP, before the header is whole', 'AMQP', 'amqp'],
    ['TLS, by a ClientHello', '\x16\x03\x01', 'tls'],
    ['HTTP, by its whole first line', 'GET /api/queues?x=1 HTTP/1.1\r\n', 'http'],
    ['HTTP 1.0', 'DELETE /api HTTP/1.0\n', 'http'],
    ['Redis, by an array', '*1\r\n', 'redis'],
    ['Redis, by an inline command', 'PING\r\n', 'redis'],
    ['Redis, by an inline GET', 'GET key\r\n', 'redis'],
    ['Redis, by a GET of a key named like HTTP', 'GET HTTP/1.1x\r\n', 'redis'],
    ['Redis, by a method of HTTP in lower case', 'get / HTTP/1.1\r\n', 'redis'],
    ['Redis, by what only begins like AMQP', 'AMQ ', 'redis'],
    ['Redis, by a line without end', `GET ${'x'.repeat(70_000)}`, 'redis'],
    ['Redis, by anything else', '\xff\xfe', 'redis'],
  ])('%s', (_name, text, protocol) => {
    expect(sniff(bytes(text))).toBe(protocol);
  });

  it.each(['', 'A', 'AMQ', 'G', 'GET', 'GET ', 'GET /api HTTP/1.1', 'OPTIONS', 'D', 'POST / HTTP/1.1\r'])(
    'nothing yet: %j',
    (text) => {
      expect(sniff(bytes(text))).toBeUndefined();
    },
  );

  it('prop: what a prefix tells, the whole tells', () => {
    const word = fc.constantFrom(
      'GET ',
      'POST ',
      'AMQP',
      'A',
      '/ HTTP/1.1',
      '\r\n',
      '\n',
      ' ',
      'x',
      '\x00',
      '\x16',
      '*1',
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 6 }), (words) => {
        const whole = bytes(words.join(''));
        for (let length = 0; length <= whole.length; length++) {
          const told = sniff(whole.subarray(0, length));
          if (told) expect(sniff(whole)).toBe(told);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
