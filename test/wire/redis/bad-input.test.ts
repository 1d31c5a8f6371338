import { expect, test } from 'vitest';
import { RedisServer, settled } from '../../helpers/redis-server.js';

const protocolError = (text: string) => `-ERR Protocol error: ${text}\r\n`;
const K64 = 64 * 1024;

/** What is sent, what is answered, and whether the connection is closed after it: recorded from Redis 7.0.15. */
const ROWS: ReadonlyArray<readonly [name: string, bytes: string, answer: string, closes: boolean]> = [
  ['no arguments', '*0\r\n', '', false],
  ['fewer than none', '*-1\r\n', '', false],
  ['a count with rubbish', '*1x\r\n', protocolError('invalid multibulk length'), true],
  ['a count with a blank', '* 1\r\n', protocolError('invalid multibulk length'), true],
  ['a count with a plus', '*+1\r\n', protocolError('invalid multibulk length'), true],
  ['a count with a zero in front', '*01\r\n', protocolError('invalid multibulk length'), true],
  ['a count of 2^31', '*2147483648\r\n', protocolError('invalid multibulk length'), true],
  ['a count of 2^63', '*9223372036854775808\r\n', protocolError('invalid multibulk length'), true],
  ['a count of 2^31 - 1', '*2147483647\r\n', '', false],
  ['a count of 2^20 + 1', '*1048577\r\n', '', false],
  ['an argument of no length', '*1\r\n$-1\r\n', protocolError('invalid bulk length'), true],
  ['an argument over the limit', '*1\r\n$536870913\r\n', protocolError('invalid bulk length'), true],
  ['an argument at the limit', '*1\r\n$536870912\r\n', '', false],
  ['an integer for an argument', '*1\r\n:1\r\n', protocolError("expected '$', got ':'"), true],
  ['other bytes than CRLF behind an argument', '*1\r\n$4\r\nPINGxx*1\r\n$4\r\nPING\r\n', '+PONG\r\n+PONG\r\n', false],
  ['an endless line', 'a'.repeat(K64 + 1), protocolError('too big inline request'), true],
  ['an endless count', `*${'1'.repeat(K64)}`, protocolError('too big mbulk count string'), true],
  ['an endless length', `*1\r\n$${'1'.repeat(K64)}`, protocolError('too big bulk count string'), true],
  ['quotes that do not close', 'GET "a\r\n', protocolError('unbalanced quotes in request'), true],
  ['escapes in quotes', 'ECHO "\\x41\\n"\r\n', '$2\r\nA\n\r\n', false],
  ['lines without CR, and empty ones', '\n\nPING\n', '+PONG\r\n', false],
  ['an empty name', '*1\r\n$0\r\n\r\n', "-ERR unknown command '', with args beginning with: \r\n", false],
  [
    'line ends in what is unknown',
    '*2\r\n$1\r\nq\r\n$4\r\na\r\nb\r\n',
    "-ERR unknown command 'q', with args beginning with: 'a  b' \r\n",
    false,
  ],
  ['a POST request', 'POST / HTTP/1.1\r\nHost: x\r\n', '', true],
  ['a Host header', 'Host: x\r\nPING\r\n', '', true],
  ['too few arguments', 'GET\r\n', "-ERR wrong number of arguments for 'get' command\r\n", false],
  ['a protocol that there is not', 'HELLO 4\r\n', '-NOPROTO unsupported protocol version\r\n', false],
  [
    'a protocol that is no number',
    'HELLO abc\r\n',
    '-ERR Protocol version is not an integer or out of range\r\n',
    false,
  ],
];

test.for(ROWS)('%s', async ([, bytes, answer, closes]) => {
  for (const size of [bytes.length, 1000, 1]) {
    if (size < 1000 && bytes.length > K64) continue;
    const server = new RedisServer({ version: '7.0' });
    const [client, other] = [server.connect(), server.connect()];
    for (let at = 0; at < bytes.length; at += size) client.sendRaw(bytes.slice(at, at + size));
    await settled();
    expect([client.take(), client.closed]).toEqual([answer, closes]);
    expect([other.ask('PING'), server.errors]).toEqual(['+PONG\r\n', []]);
  }
});
