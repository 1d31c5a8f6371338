import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import type { Random } from '../../core/random.js';
import type { SaslExchange, SaslResult } from './sasl-exchange.js';

const ITERATIONS = 4096;
const SALT_BYTES = 16;
const NONCE = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

const HASHES = {
  'SCRAM-SHA-256': { name: 'sha256', bytes: 32 },
  'SCRAM-SHA-512': { name: 'sha512', bytes: 64 },
} as const;

interface Pending {
  readonly user: string;
  readonly nonce: string;
  readonly gs2Header: string;
  readonly salt: Uint8Array;
  /** The first two messages, which both sides sign. */
  readonly opening: string;
}

/**
 * The server's half of SCRAM, two round trips:
 *
 *     client  n,,n=user,r=nonce             server  r=nonce+more,s=salt,i=iterations
 *     client  c=biws,r=nonce+more,p=proof   server  v=signature
 *
 * @see https://www.rfc-editor.org/rfc/rfc5802
 */
export class ScramServer implements SaslExchange {
  /** Known once the proof was right. */
  user: string | undefined;
  readonly #hash: (typeof HASHES)[keyof typeof HASHES];
  readonly #password: (user: string) => string | undefined;
  readonly #random: Random;
  #pending: Pending | undefined;

  constructor(mechanism: keyof typeof HASHES, password: (user: string) => string | undefined, random: Random) {
    this.#hash = HASHES[mechanism];
    this.#password = password;
    this.#random = random;
  }

  step(token: Uint8Array): SaslResult {
    const message = new TextDecoder().decode(token);
    return this.#pending ? this.#finish(message) : this.#begin(message);
  }

  #begin(message: string): SaslResult {
    const match = /^([ny],(?:a=[^,]*)?,)(n=([^,]+),r=([^,]+)(?:,.*)?)$/.exec(message);
    if (!match) return refuse('Authentication failed: malformed first SCRAM message');
    const [, gs2Header, bare, name, clientNonce] = match as unknown as [string, string, string, string, string];
    const nonce = clientNonce + this.#random.text(24, NONCE);
    const salt = this.#random.bytes(SALT_BYTES);
    const challenge = `r=${nonce},s=${base64(salt)},i=${ITERATIONS}`;
    const user = name.replaceAll('=2C', ',').replaceAll('=3D', '=');
    this.#pending = { user, nonce, gs2Header, salt, opening: `${bare},${challenge}` };
    return { ok: true, bytes: Buffer.from(challenge) };
  }

  #finish(message: string): SaslResult {
    const { user, nonce, gs2Header, salt, opening } = this.#pending as Pending;
    const match = /^(c=([^,]+),r=([^,]+)(?:,.*)?),p=([^,]+)$/.exec(message);
    if (!match) return refuse('Authentication failed: malformed final SCRAM message');
    const [, withoutProof, channel, echoed, proof] = match as unknown as [string, string, string, string, string];
    const password = this.#password(user);
    if (channel !== base64(Buffer.from(gs2Header)) || echoed !== nonce || password === undefined) return wrong();
    const salted = pbkdf2Sync(password.normalize('NFKC'), salt, ITERATIONS, this.#hash.bytes, this.#hash.name);
    const authMessage = `${opening},${withoutProof}`;
    const clientKey = this.#hmac(salted, 'Client Key');
    const storedKey = createHash(this.#hash.name).update(clientKey).digest();
    const signature = this.#hmac(storedKey, authMessage);
    const expected = clientKey.map((byte, i) => byte ^ (signature[i] as number));
    if (proof !== base64(expected)) return wrong();
    this.user = user;
    const serverSignature = this.#hmac(this.#hmac(salted, 'Server Key'), authMessage);
    return { ok: true, bytes: Buffer.from(`v=${base64(serverSignature)}`) };
  }

  #hmac(key: Uint8Array, text: string): Buffer {
    return createHmac(this.#hash.name, key).update(text).digest();
  }
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

function refuse(message: string): SaslResult {
  return { ok: false, error: 'SASL_AUTHENTICATION_FAILED', message };
}

function wrong(): SaslResult {
  return refuse('Authentication failed during authentication due to invalid credentials with SASL mechanism');
}
