import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import type { Random } from '../../core/random.js';
import type { ScramCredential } from '../../models/kafka/index.js';
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
  /** Undefined for a user who is not known; the exchange goes on, so that nobody learns that. */
  readonly credential: ScramCredential | undefined;
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
  readonly #lookUp: (user: string) => string | ScramCredential | undefined;
  readonly #random: Random;
  #pending: Pending | undefined;

  /** @param lookUp the password of a user, or what was stored in its place */
  constructor(
    mechanism: keyof typeof HASHES,
    lookUp: (user: string) => string | ScramCredential | undefined,
    random: Random,
  ) {
    this.#hash = HASHES[mechanism];
    this.#lookUp = lookUp;
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
    const user = name.replaceAll('=2C', ',').replaceAll('=3D', '=');
    const credential = this.#credentialOf(user);
    const { salt, iterations } = credential ?? { salt: this.#random.bytes(SALT_BYTES), iterations: ITERATIONS };
    const challenge = `r=${nonce},s=${base64(salt)},i=${iterations}`;
    this.#pending = { user, nonce, gs2Header, credential, opening: `${bare},${challenge}` };
    return { ok: true, bytes: Buffer.from(challenge) };
  }

  #credentialOf(user: string): ScramCredential | undefined {
    const known = this.#lookUp(user);
    if (typeof known !== 'string') return known;
    const salt = this.#random.bytes(SALT_BYTES);
    const { bytes, name } = this.#hash;
    const saltedPassword = pbkdf2Sync(known.normalize('NFKC'), salt, ITERATIONS, bytes, name);
    return { salt, saltedPassword, iterations: ITERATIONS };
  }

  #finish(message: string): SaslResult {
    const { user, nonce, gs2Header, credential, opening } = this.#pending as Pending;
    const match = /^(c=([^,]+),r=([^,]+)(?:,.*)?),p=([^,]+)$/.exec(message);
    if (!match) return refuse('Authentication failed: malformed final SCRAM message');
    const [, withoutProof, channel, echoed, proof] = match as unknown as [string, string, string, string, string];
    if (channel !== base64(Buffer.from(gs2Header)) || echoed !== nonce || !credential) return wrong();
    const salted = credential.saltedPassword;
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
