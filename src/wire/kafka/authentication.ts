import type { Random } from '../../core/random.js';
import type { SaslMechanism, SaslOptions, ScramCredentials } from '../../models/kafka/index.js';
import { otherAuthorizationId, refused, type SaslExchange, type SaslResult } from './sasl-exchange.js';
import { ScramServer } from './scram.js';

/** In the order in which Kafka names them. */
const ALL: readonly SaslMechanism[] = ['PLAIN', 'SCRAM-SHA-512', 'SCRAM-SHA-256'];

const EMPTY = new Uint8Array(0);

/**
 * Who a connection belongs to.
 *
 * `handshake` picks a mechanism, each `step` takes one token of its exchange; the user is known when the exchange has
 * ended well. A later exchange on the same connection (re-authentication) replaces the user when it succeeds.
 */
export class Authentication {
  readonly #options: SaslOptions | undefined;
  readonly #credentials: ScramCredentials;
  readonly #random: Random;
  #exchange: SaslExchange | undefined;
  #user: string | undefined;

  constructor(options: SaslOptions | undefined, credentials: ScramCredentials, random: Random) {
    this.#options = options;
    this.#credentials = credentials;
    this.#random = random;
  }

  /** False while requests other than those of authentication are refused. */
  get done(): boolean {
    return this.#options === undefined || this.#user !== undefined;
  }

  /** Whether clients have to say who they are. */
  get required(): boolean {
    return this.#options !== undefined;
  }

  get principal(): string {
    return `User:${this.#user ?? 'ANONYMOUS'}`;
  }

  /** Mechanisms on offer. */
  get mechanisms(): readonly SaslMechanism[] {
    return this.#options?.mechanisms ?? ALL;
  }

  /** Begins an exchange; false for a mechanism that is not on offer. */
  handshake(mechanism: string): boolean {
    const known = this.mechanisms.find((name) => name === mechanism);
    if (!known || !this.#options) return false;
    const { users } = this.#options;
    const password = (user: string) => (Object.hasOwn(users, user) ? users[user] : undefined);
    if (known === 'PLAIN') this.#exchange = new PlainServer(password);
    else {
      const lookUp = (user: string) => this.#credentials.get(user, known) ?? password(user);
      this.#exchange = new ScramServer(known, lookUp, this.#random);
    }
    return true;
  }

  /** Takes a token of the client. */
  step(token: Uint8Array): SaslResult {
    if (!this.required) {
      const message = 'SaslAuthenticate request received after successful authentication';
      return { ok: false, error: 'ILLEGAL_SASL_STATE', message };
    }
    if (!this.#exchange) {
      return { ok: false, error: 'ILLEGAL_SASL_STATE', message: 'SaslAuthenticate came before SaslHandshake' };
    }
    const result = this.#exchange.step(token);
    if (!result.ok) this.#exchange = undefined;
    else if (this.#exchange.user !== undefined) {
      this.#user = this.#exchange.user;
      this.#exchange = undefined;
    }
    return result;
  }
}

/** PLAIN: one token, `[authorization id] NUL user NUL password`. @see https://www.rfc-editor.org/rfc/rfc4616 */
class PlainServer implements SaslExchange {
  user: string | undefined;
  readonly #password: (user: string) => string | undefined;

  constructor(password: (user: string) => string | undefined) {
    this.#password = password;
  }

  step(token: Uint8Array): SaslResult {
    // What is behind a fourth part is not looked at.
    const parts = new TextDecoder().decode(token).split('\0', 4);
    const [authorizationId, user, password] = parts;
    if (parts.length !== 3) return refused(`Invalid SASL/PLAIN response: expected 3 tokens, got ${parts.length}`);
    if (!user) return refused('Authentication failed: username not specified');
    if (!password) return refused('Authentication failed: password not specified');
    if (this.#password(user) !== password) return refused('Authentication failed: Invalid username or password');
    if (authorizationId && authorizationId !== user) return otherAuthorizationId();
    this.user = user;
    return { ok: true, bytes: EMPTY };
  }
}
