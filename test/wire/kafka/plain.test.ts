import { expect, it } from 'vitest';
import { PlainServer } from '../../../src/wire/kafka/plain.js';

const WRONG = 'Authentication failed: Invalid username or password';
const OTHER_ID = 'Authentication failed: Client requested an authorization id that is different from username';

const server = () => new PlainServer((user) => (user === 'bob' ? 'secret' : undefined));
const token = (text: string) => Buffer.from(text.replaceAll('|', '\0'));

it.each(['|bob|secret', 'bob|bob|secret'])('takes %s and knows the user', (text) => {
  const plain = server();
  expect(plain.step(token(text))).toMatchObject({ ok: true, bytes: new Uint8Array(0) });
  expect(plain.user).toBe('bob');
});

// As Kafka 3.9.1 answered.
it.each([
  ['a wrong password', '|bob|guess', WRONG],
  ['a user that nobody knows', '|eve|secret', WRONG],
  ['another authorization id', 'eve|bob|secret', OTHER_ID],
  ['a wrong password before another authorization id', 'eve|bob|x', WRONG],
  ['nothing', '', 'Invalid SASL/PLAIN response: expected 3 tokens, got 1'],
  ['too few parts', 'bob|secret', 'Invalid SASL/PLAIN response: expected 3 tokens, got 2'],
  ['too many parts', '|bob|secret||', 'Invalid SASL/PLAIN response: expected 3 tokens, got 4'],
  ['an empty user', '||secret', 'Authentication failed: username not specified'],
  ['an empty password', '|bob|', 'Authentication failed: password not specified'],
])('refuses %s', (_what, text, message) => {
  const plain = server();
  expect(plain.step(token(text))).toEqual({ ok: false, error: 'SASL_AUTHENTICATION_FAILED', message });
  expect(plain.user).toBeUndefined();
});
