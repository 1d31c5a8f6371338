import { describe, expect, it } from 'vitest';
import type { KafkaOptions } from '../../../src/models/kafka/index.js';
import { Authentication } from '../../../src/wire/kafka/authentication.js';
import { KafkaWorld } from '../../helpers/kafka-wire.js';

const BOB = '|bob|secret';
const plain = (text: string) => Buffer.from(text.replaceAll('|', '\0'));

function start(options: KafkaOptions = { sasl: { users: { bob: 'secret', eve: 'word' } } }) {
  const world = new KafkaWorld(options);
  const authentication = new Authentication(world.broker, world.context);
  const log = (text: string, mechanism = 'PLAIN') => {
    authentication.handshake(mechanism, 1);
    return authentication.step(plain(text));
  };
  return { world, authentication, log, admit: (api: string) => authentication.admit(api) };
}

/** Users have to authenticate again after a minute. */
const renewing = () =>
  start({ config: { 'connections.max.reauth.ms': 60_000 }, sasl: { users: { bob: 'secret', eve: 'word' } } });

describe('where nobody has to say who he is', () => {
  it('everything is served, everybody is anonymous, and nobody may say more', () => {
    const { authentication, admit } = start({});
    expect([admit('ListGroups'), authentication.principal]).toEqual(['serve', 'User:ANONYMOUS']);
    expect(authentication.handshake('PLAIN', 1)).toBe('ILLEGAL_SASL_STATE');
    expect(authentication.step(plain(BOB))).toMatchObject({ ok: false, error: 'ILLEGAL_SASL_STATE' });
    expect([authentication.failed, admit('ListGroups')]).toEqual([false, 'serve']);
  });
});

describe('a conversation', () => {
  it('begins with the versions or a handshake, and the versions are told once', () => {
    const { authentication, admit } = start();
    expect(['ApiVersions', 'SaslHandshake', 'SaslAuthenticate', 'ListGroups'].map(admit)).toEqual([
      'serve',
      'serve',
      'close',
      'close',
    ]);
    authentication.versionsTold();
    expect(['ApiVersions', 'SaslHandshake', 'SaslAuthenticate'].map(admit)).toEqual(['close', 'serve', 'close']);
  });

  it('takes nothing but tokens after the handshake', () => {
    for (const api of ['SaslHandshake', 'ApiVersions', 'ListGroups']) {
      const { authentication, admit } = start();
      authentication.handshake('PLAIN', 1);
      expect([admit('SaslAuthenticate'), admit(api), authentication.failed]).toEqual(['serve', 'refuse', true]);
    }
  });

  it('ends with a mechanism that is not on offer, or a wrong token', () => {
    const unknown = start();
    expect(unknown.authentication.handshake('plain', 1)).toBe('UNSUPPORTED_SASL_MECHANISM');
    const wrong = start();
    expect(wrong.log('|bob|guess')).toMatchObject({ ok: false, error: 'SASL_AUTHENTICATION_FAILED' });
    expect([unknown.authentication.failed, wrong.authentication.failed]).toEqual([true, true]);
    expect(wrong.authentication.principal).toBe('User:ANONYMOUS');
  });

  it('comes to a user, and is over', () => {
    const { authentication, log, admit } = start();
    expect(log(BOB)).toMatchObject({ ok: true, sessionLifetimeMs: 0 });
    expect(authentication.principal).toBe('User:bob');
    expect(admit('ListGroups')).toBe('serve');
    expect([admit('SaslHandshake'), authentication.handshake('PLAIN', 1)]).toEqual(['serve', 'ILLEGAL_SASL_STATE']);
    expect(authentication.step(plain('|eve|word'))).toEqual({
      ok: false,
      error: 'ILLEGAL_SASL_STATE',
      message: 'SaslAuthenticate request received after successful authentication',
    });
    expect([authentication.principal, authentication.failed]).toEqual(['User:bob', false]);
  });

  it('takes bare tokens after a handshake of version 0', () => {
    const { authentication } = start();
    authentication.handshake('PLAIN', 0);
    expect(authentication.takesBareToken).toBe(true);
    expect(authentication.step(plain(BOB))).toMatchObject({ ok: true });
    expect([authentication.takesBareToken, authentication.principal]).toEqual([false, 'User:bob']);
  });

  it('is spoilt by an error from elsewhere, unless only the versions were asked for', () => {
    const { authentication } = start();
    authentication.spoilt('ApiVersions');
    expect(authentication.failed).toBe(false);
    authentication.spoilt('SaslHandshake');
    expect(authentication.failed).toBe(true);
    const done = start();
    done.log(BOB);
    done.authentication.spoilt('ListGroups');
    expect(done.authentication.failed).toBe(false);
  });
});

describe('a session that ends', () => {
  it('tells how long it lasts, then serves nothing but a handshake', () => {
    const { world, log, admit } = renewing();
    expect(log(BOB)).toMatchObject({ ok: true, sessionLifetimeMs: 60_000 });
    world.clock.advanceTo(world.clock.now + 60_000);
    expect(admit('ListGroups')).toBe('serve');
    world.clock.advanceTo(world.clock.now + 1);
    expect(['ListGroups', 'ApiVersions', 'SaslAuthenticate', 'SaslHandshake'].map(admit)).toEqual([
      'close',
      'close',
      'close',
      'serve',
    ]);
  });

  it('is renewed by the same user and the same mechanism', () => {
    const { world, log, admit } = renewing();
    log(BOB);
    world.clock.advanceTo(world.clock.now + 50_000);
    expect(admit('SaslHandshake')).toBe('serve');
    expect(log(BOB)).toMatchObject({ ok: true, sessionLifetimeMs: 60_000 });
    world.clock.advanceTo(world.clock.now + 50_000);
    expect(admit('ListGroups')).toBe('serve');
  });

  it('is not renewed twice within a second', () => {
    const { world, authentication, log, admit } = renewing();
    log(BOB);
    admit('SaslHandshake');
    log(BOB);
    world.clock.advanceTo(world.clock.now + 999);
    expect([admit('SaslHandshake'), authentication.handshake('PLAIN', 1)]).toEqual(['serve', 'ILLEGAL_SASL_STATE']);
    world.clock.advanceTo(world.clock.now + 1);
    expect([admit('SaslHandshake'), authentication.handshake('PLAIN', 1)]).toEqual(['serve', 'NONE']);
  });

  it('is not handed to another user', () => {
    const { authentication, log, admit } = renewing();
    log(BOB);
    admit('SaslHandshake');
    expect(log('|eve|word')).toEqual({
      ok: false,
      error: 'SASL_AUTHENTICATION_FAILED',
      message: 'Cannot change principals during re-authentication from User.bob: User.eve',
    });
    expect([authentication.failed, authentication.principal]).toEqual([true, 'User:bob']);
  });

  it('is not renewed by another mechanism, which shows with the next request', () => {
    const { authentication, log, admit } = renewing();
    log(BOB);
    admit('SaslHandshake');
    expect(authentication.handshake('SCRAM-SHA-256', 1)).toBe('NONE');
    expect([authentication.failed, admit('SaslAuthenticate')]).toEqual([false, 'close']);
  });

  it('is closed by a mechanism that is not on offer, without an answer', () => {
    const { authentication, log, admit } = renewing();
    log(BOB);
    admit('SaslHandshake');
    expect(authentication.handshake('x', 1)).toBe('CLOSED');
  });
});
