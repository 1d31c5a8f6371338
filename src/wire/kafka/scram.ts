import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import type { Random } from '../../core/random.js';
import type { ScramCredential } from '../../models/kafka/index.js';
import { otherAuthorizationId, refused, type SaslExchange, type SaslResult } from './sasl-exchange.js';

const ITERATIONS = 4096;
const SALT_BYTES = 16;
const NONCE = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

const HASHES = {
  'SCRAM-SHA-256': { name: 'sha256', bytes: 32 },
  'SCRAM-SHA-512': { name: 'sha512', bytes: 64 },
} as const;

// The grammar is the one that Kafka has: no channel binding, and what is in `c` is not looked at.
const NAME = '(?:[^=,]|=2C|=3D)+';
const PRINTABLE = '[\\x21-\\x2b\\x2d-\\x7e]+';
const EXTENSIONS = '(?:,[A-Za-z]+=[^,]+)*';
const BASE64 = '(?:[a-zA-Z0-9/+]{4})*(?:[a-zA-Z0-9/+]{3}=|[a-zA-Z0-9/+]{2}==)?';
const FIRST = new RegExp(`^n,(?:a=(${NAME}))?,(?:m=[^,]+,)?n=(${NAME}),r=(${PRINTABLE})(${EXTENSIONS})$`);
const FINAL = new RegExp(`^c=(${BASE64}),r=(${PRINTABLE})${EXTENSIONS},p=(${BASE64})$`);
/** Asks for a delegation token instead of a password. */
const TOKEN = /,tokenauth=true(?:,|$)/i;

interface Pending {
  readonly user: string;
  readonly nonce: string;
  readonly credential: ScramCredential;
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
  readonly #mechanism: keyof typeof HASHES;
  readonly #hash: (typeof HASHES)[keyof typeof HASHES];
  readonly #lookUp: (user: string) => string | ScramCredential | undefined;
  readonly #random: Random;
  readonly #again: boolean;
  #pending: Pending | undefined;

  /**
   * @param lookUp the password of a user, or what was stored in its place
   * @param again whether the client has authenticated before
   */
  constructor(
    mechanism: keyof typeof HASHES,
    lookUp: (user: string) => string | ScramCredential | undefined,
    random: Random,
    again = false,
  ) {
    this.#mechanism = mechanism;
    this.#hash = HASHES[mechanism];
    this.#lookUp = lookUp;
    this.#random = random;
    this.#again = again;
  }

  step(token: Uint8Array): SaslResult {
    const message = new TextDecoder().decode(token);
    return this.#pending ? this.#finish(message) : this.#begin(message);
  }

  /** Who is not known is told so at once, as by Kafka. */
  #begin(message: string): SaslResult {
    const match = FIRST.exec(message);
    if (!match) return this.#wrong();
    const [, authorizationId, name, clientNonce, extensions] = match as unknown as [
      string,
      string,
      string,
      string,
      string,
    ];
    const user = name.replaceAll('=2C', ',').replaceAll('=3D', '=');
    const credential = TOKEN.test(extensions) ? undefined : this.#credentialOf(user);
    if (!credential) return this.#wrong();
    if (authorizationId && authorizationId !== user) return otherAuthorizationId();
    const nonce = clientNonce + this.#random.text(24, NONCE);
    const challenge = `r=${nonce},s=${base64(credential.salt)},i=${credential.iterations}`;
    this.#pending = { user, nonce, credential, opening: `n=${name},r=${clientNonce}${extensions},${challenge}` };
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
    const { user, nonce, credential, opening } = this.#pending as Pending;
    const match = FINAL.exec(message);
    if (!match) return this.#wrong();
    const [, channel, echoed, proof] = match;
    if (echoed !== nonce) return this.#wrong();
    const salted = credential.saltedPassword;
    const authMessage = `${opening},c=${channel},r=${echoed}`;
    const clientKey = this.#hmac(salted, 'Client Key');
    const storedKey = createHash(this.#hash.name).update(clientKey).digest();
    const signature = this.#hmac(storedKey, authMessage);
    const expected = clientKey.map((byte, i) => byte ^ (signature[i] as number));
    if (proof !== base64(expected)) return this.#wrong();
    this.user = user;
    const serverSignature = this.#hmac(this.#hmac(salted, 'Server Key'), authMessage);
    return { ok: true, bytes: Buffer.from(`v=${base64(serverSignature)}`) };
  }

  #wrong(): SaslResult {
    const during = this.#again ? 're-authentication' : 'authentication';
    const why = `due to invalid credentials with SASL mechanism ${this.#mechanism}`;
    return refused(`Authentication failed during ${during} ${why}`);
  }

  #hmac(key: Uint8Array, text: string): Buffer {
    return createHmac(this.#hash.name, key).update(text).digest();
  }
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
