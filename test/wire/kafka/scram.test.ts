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

const known = (name: string) => (['b,o=b', 'bob'].includes(name) ? 'secret' : undefined);
const refusal = (mechanism: string) => ({
  ok: false,
  error: 'SASL_AUTHENTICATION_FAILED',
  message: `Authentication failed during authentication due to invalid credentials with SASL mechanism ${mechanism}`,
});

interface Odd {
  readonly header?: string;
  readonly first?: string;
  readonly last?: (nonce: string) => string;
}

/** A whole exchange of `b,o=b`; what is odd about it is told. */
function exchange(mechanism: 'SCRAM-SHA-256' | 'SCRAM-SHA-512', password: string, odd: Odd = {}) {
  const server = new ScramServer(mechanism, known, new Random(1));
  const first = odd.first ?? 'n=b=2Co=3Db,r=client';
  const answered = server.step(Buffer.from(`${odd.header ?? 'n,,'}${first}`));
  if (!answered.ok) return { server, challenge: '', signature: '', result: answered };
  const challenge = text(answered.bytes);
  const nonce = /r=([^,]+)/.exec(challenge)?.[1] ?? '';
  const withoutProof = odd.last?.(nonce) ?? `c=biws,r=${nonce}`;
  const hash = mechanism === 'SCRAM-SHA-256' ? 'sha256' : 'sha512';
  const { proof, server: signature } = prove(hash, password, first, challenge, withoutProof);
  return { server, challenge, signature, result: server.step(Buffer.from(`${withoutProof},p=${proof}`)) };
}

describe.each(['SCRAM-SHA-256', 'SCRAM-SHA-512'] as const)('%s', (mechanism) => {
  it('accepts the proof of the right password and proves that the server knows it, too', () => {
    const { server, challenge, result, signature } = exchange(mechanism, 'secret');
    expect(challenge).toMatch(/^r=client.{24},s=[^,]+,i=4096$/);
    expect(result).toMatchObject({ ok: true });
    expect(result.ok && text(result.bytes)).toBe(`v=${signature}`);
    expect(server.user).toBe('b,o=b');
  });

  it('refuses a wrong password at the end, an unknown user at once, and says the same of both', () => {
    const wrong = exchange(mechanism, 'guess');
    const unknown = exchange(mechanism, 'secret', { first: 'n=eve,r=client' });
    expect([wrong.challenge === '', unknown.challenge === '']).toEqual([false, true]);
    expect([wrong.result, unknown.result]).toEqual([refusal(mechanism), refusal(mechanism)]);
    expect([wrong.server.user, unknown.server.user]).toEqual([undefined, undefined]);
  });
});

// As Kafka 3.9.1 answered.
it.each<[string, Odd]>([
  ['the same authorization id', { header: 'n,a=bob,', first: 'n=bob,r=client' }],
  ['an extension of the first message', { first: 'n=b=2Co=3Db,r=client,foo=bar' }],
  ['something mandatory, which is not signed', { header: 'n,,m=x,' }],
  ['another binding', { last: (nonce) => `c=eSws,r=${nonce}` }],
])('takes %s', (_what, odd) => {
  expect(exchange('SCRAM-SHA-256', 'secret', odd).result).toMatchObject({ ok: true });
});

it.each<[string, Odd]>([
  ['a channel binding that the client could do', { header: 'y,,' }],
  ['a channel binding', { header: 'p=tls-unique,,' }],
  ['nonsense', { header: '', first: 'hello' }],
  ['nothing', { header: '', first: '' }],
  ['no nonce', { first: 'n=b=2Co=3Db' }],
  ['a name badly written', { first: 'n=b=2Xo=3Db,r=client' }],
  ['a delegation token', { first: 'n=b=2Co=3Db,r=client,tokenauth=true' }],
  ['something mandatory that is signed', { header: 'n,,', first: 'm=x,n=b=2Co=3Db,r=client' }],
  ['another nonce', { last: () => 'c=biws,r=zzz' }],
  ['an extension of the last message that is signed', { last: (nonce) => `c=biws,r=${nonce},foo=bar` }],
  ['a nonsensical last message', { last: () => 'hello' }],
])('refuses %s', (_what, odd) => {
  expect(exchange('SCRAM-SHA-256', 'secret', odd).result).toEqual(refusal('SCRAM-SHA-256'));
});

it('refuses to act for somebody else', () => {
  expect(exchange('SCRAM-SHA-256', 'secret', { header: 'n,a=eve,' }).result).toEqual({
    ok: false,
    error: 'SASL_AUTHENTICATION_FAILED',
    message: 'Authentication failed: Client requested an authorization id that is different from username',
  });
});

it('says when it was not the first time', () => {
  const server = new ScramServer('SCRAM-SHA-512', known, new Random(1), true);
  expect(server.step(Buffer.from('n,,n=eve,r=client'))).toMatchObject({
    message:
      'Authentication failed during re-authentication due to invalid credentials with SASL mechanism SCRAM-SHA-512',
  });
});
