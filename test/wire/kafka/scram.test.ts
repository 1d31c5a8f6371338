import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/core/random.js';
import { ScramServer } from '../../../src/wire/kafka/scram.js';

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

/** The client's half, by RFC 5802. */
function prove(hash: 'sha256' | 'sha512', password: string, first: string, challenge: string, withoutProof: string) {
  const [, salt = '', iterations = ''] = /s=([^,]+),i=(\d+)/.exec(challenge) ?? [];
  const bytes = hash === 'sha256' ? 32 : 64;
  const salted = pbkdf2Sync(password, Buffer.from(salt, 'base64'), Number(iterations), bytes, hash);
  const hmac = (key: Uint8Array, data: string) => createHmac(hash, key).update(data).digest();
  const message = `${first},${challenge},${withoutProof}`;
  const clientKey = hmac(salted, 'Client Key');
  const signature = hmac(createHash(hash).update(clientKey).digest(), message);
  const proof = Buffer.from(clientKey.map((byte, i) => byte ^ (signature[i] as number))).toString('base64');
  return { proof, server: hmac(hmac(salted, 'Server Key'), message).toString('base64') };
}

function exchange(mechanism: 'SCRAM-SHA-256' | 'SCRAM-SHA-512', user: string, password: string) {
  const server = new ScramServer(mechanism, (name) => (name === 'b,o=b' ? 'secret' : undefined), new Random(1));
  const first = `n=${user},r=client`;
  const answered = server.step(Buffer.from(`n,,${first}`));
  if (!answered.ok) throw new Error(answered.message);
  const challenge = text(answered.bytes);
  const withoutProof = `c=biws,r=${/r=([^,]+)/.exec(challenge)?.[1]}`;
  const hash = mechanism === 'SCRAM-SHA-256' ? 'sha256' : 'sha512';
  const { proof, server: signature } = prove(hash, password, first, challenge, withoutProof);
  return { server, challenge, signature, result: server.step(Buffer.from(`${withoutProof},p=${proof}`)) };
}

describe.each(['SCRAM-SHA-256', 'SCRAM-SHA-512'] as const)('%s', (mechanism) => {
  it('accepts the proof of the right password and proves that the server knows it, too', () => {
    const { server, challenge, result, signature } = exchange(mechanism, 'b=2Co=3Db', 'secret');
    expect(challenge).toMatch(/^r=client.{24},s=[^,]+,i=4096$/);
    expect(result).toMatchObject({ ok: true });
    expect(result.ok && text(result.bytes)).toBe(`v=${signature}`);
    expect(server.user).toBe('b,o=b');
  });

  it('refuses a wrong password and an unknown user alike, at the end', () => {
    const wrong = exchange(mechanism, 'b=2Co=3Db', 'guess');
    const unknown = exchange(mechanism, 'eve', 'secret');
    expect(wrong.result).toEqual(unknown.result);
    expect(wrong.result).toMatchObject({ ok: false, error: 'SASL_AUTHENTICATION_FAILED' });
    expect([wrong.server.user, unknown.server.user]).toEqual([undefined, undefined]);
  });
});

it('refuses messages that are none', () => {
  const server = () => new ScramServer('SCRAM-SHA-256', () => 'secret', new Random(1));
  expect(server().step(Buffer.from('hello'))).toMatchObject({ ok: false });
  const opened = server();
  opened.step(Buffer.from('n,,n=bob,r=x'));
  expect(opened.step(Buffer.from('c=biws,r=other'))).toMatchObject({ ok: false });
});
