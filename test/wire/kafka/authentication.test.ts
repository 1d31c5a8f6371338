import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/core/random.js';
import { Authentication } from '../../../src/wire/kafka/authentication.js';
import { KafkaWorld } from '../../helpers/kafka-wire.js';

const { scramCredentials } = new KafkaWorld().broker;
const start = (users?: Record<string, string>) =>
  new Authentication(users && { users }, scramCredentials, new Random(1));
const plain = (text: string) => Buffer.from(text.replaceAll('|', '\0'));

const OTHER_ID = 'Authentication failed: Client requested an authorization id that is different from username';

describe('authentication', () => {
  it('is done where none is asked for, and everybody is anonymous', () => {
    const nobody = start();
    expect([nobody.done, nobody.principal, nobody.handshake('PLAIN')]).toEqual([true, 'User:ANONYMOUS', false]);
  });

  it('knows the user behind the right PLAIN token', () => {
    const authentication = start({ bob: 'secret' });
    expect(authentication.handshake('PLAIN')).toBe(true);
    expect(authentication.done).toBe(false);
    expect(authentication.step(plain('|bob|secret'))).toMatchObject({ ok: true });
    expect([authentication.done, authentication.principal]).toEqual([true, 'User:bob']);
  });

  // As Kafka 3.9.1 answered.
  it.each([
    ['a wrong password', '|bob|guess', 'Authentication failed: Invalid username or password'],
    ['a user that nobody knows', '|eve|secret', 'Authentication failed: Invalid username or password'],
    ['a name of every object', '|constructor|x', 'Authentication failed: Invalid username or password'],
    ['another authorization id', 'eve|bob|secret', OTHER_ID],
    [
      'a wrong password before another authorization id',
      'eve|bob|x',
      'Authentication failed: Invalid username or password',
    ],
    ['nothing', '', 'Invalid SASL/PLAIN response: expected 3 tokens, got 1'],
    ['too few parts', 'bob|secret', 'Invalid SASL/PLAIN response: expected 3 tokens, got 2'],
    ['too many parts', '|bob|secret||', 'Invalid SASL/PLAIN response: expected 3 tokens, got 4'],
    ['an empty user', '||secret', 'Authentication failed: username not specified'],
    ['an empty password', '|bob|', 'Authentication failed: password not specified'],
  ])('refuses %s, and the exchange is over', (_what, token, reason) => {
    const authentication = start({ bob: 'secret' });
    authentication.handshake('PLAIN');
    expect(authentication.step(plain(token))).toMatchObject({
      ok: false,
      error: 'SASL_AUTHENTICATION_FAILED',
      message: reason,
    });
    expect(authentication.step(plain('|bob|secret'))).toMatchObject({ ok: false, error: 'ILLEGAL_SASL_STATE' });
  });

  it('keeps the user when a later exchange fails, and changes it when one succeeds', () => {
    const authentication = start({ bob: 'secret', eve: 'word' });
    const log = (token: string) => {
      authentication.handshake('PLAIN');
      authentication.step(plain(token));
      return authentication.principal;
    };
    expect([log('|bob|secret'), log('|eve|guess'), log('|eve|word')]).toEqual(['User:bob', 'User:bob', 'User:eve']);
  });
});
