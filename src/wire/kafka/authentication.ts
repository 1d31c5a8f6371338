import type { ModelContext } from '../../core/model.js';
import type { KafkaBroker, SaslMechanism } from '../../models/kafka/index.js';
import { PlainServer } from './plain.js';
import { refused, type SaslExchange, type SaslResult } from './sasl-exchange.js';
import { ScramServer } from './scram.js';

/** In the order in which Kafka names them. */
const ALL: readonly SaslMechanism[] = ['PLAIN', 'SCRAM-SHA-512', 'SCRAM-SHA-256'];

/** Between two re-authentications of a connection. */
const AGAIN_AFTER_MS = 1_000;

type State =
  /** ApiVersions or a handshake; after ApiVersions a handshake. */
  | 'new'
  /** A handshake. */
  | 'handshake'
  /** Tokens, in SaslAuthenticate. */
  | 'tokens'
  /** Tokens, each of them a frame, as after a handshake of version 0. */
  | 'bare tokens'
  /** Everything but authentication. Where sessions end, a handshake begins the next one, and nothing else is served late. */
  | 'done'
  /** The answer that says so is the last one. */
  | 'failed'
  /** Whatever comes closes the connection. */
  | 'doomed';

/** What is to be done with a request. */
export type Admission =
  | 'serve'
  /** Answered with ILLEGAL_SASL_STATE, and the connection is closed. */
  | 'refuse'
  | 'close';

/**
 * Who a connection belongs to.
 *
 * Requests are admitted by where the conversation is. `handshake` picks a mechanism, each `step` takes one token of its
 * exchange; the user is known when the exchange has ended well. With `connections.max.reauth.ms` a session ends:
 * the same user then has to authenticate again, by the same mechanism.
 *
 * Read off Kafka 3.9.1, which is also the source of what is answered to clients that are out of order.
 */
export class Authentication {
  readonly #broker: KafkaBroker;
  readonly #context: Pick<ModelContext, 'clock' | 'random'>;
  #state: State;
  #mechanism: SaslMechanism | undefined;
  #exchange: SaslExchange | undefined;
  #user: string | undefined;
  #sessionEndsAt = Infinity;
  #begunAgainAt = -Infinity;

  constructor(broker: KafkaBroker, context: Pick<ModelContext, 'clock' | 'random'>) {
    this.#broker = broker;
    this.#context = context;
    this.#state = this.required ? 'new' : 'done';
  }

  /** Whether clients have to say who they are. */
  get required(): boolean {
    return this.#broker.options.sasl !== undefined;
  }

  /** Whether the connection ends here. */
  get failed(): boolean {
    return this.#state === 'failed';
  }

  /** Whether the next frame is a token and no request. */
  get takesBareToken(): boolean {
    return this.#state === 'bare tokens';
  }

  get principal(): string {
    return `User:${this.#user ?? 'ANONYMOUS'}`;
  }

  /** Mechanisms on offer. */
  get mechanisms(): readonly SaslMechanism[] {
    return this.#broker.options.sasl?.mechanisms ?? ALL;
  }

  /** @param api the name of an API */
  admit(api: string): Admission {
    switch (this.#state) {
      case 'new':
        return api === 'ApiVersions' || api === 'SaslHandshake' ? 'serve' : 'close';
      case 'handshake':
        return api === 'SaslHandshake' ? 'serve' : 'close';
      case 'tokens':
        if (api === 'SaslAuthenticate') return 'serve';
        this.#state = 'failed';
        return 'refuse';
      case 'done':
        if (api === 'SaslHandshake' && this.#beginAgain()) return 'serve';
        return this.#context.clock.now > this.#sessionEndsAt ? 'close' : 'serve';
      default:
        return 'close';
    }
  }

  /** The client knows the versions. */
  versionsTold(): void {
    if (this.#state === 'new') this.#state = 'handshake';
  }

  /**
   * Begins an exchange.
   *
   * @param version 0 when tokens are to come without a request around them
   */
  handshake(
    mechanism: string,
    version: number,
  ): 'NONE' | 'UNSUPPORTED_SASL_MECHANISM' | 'ILLEGAL_SASL_STATE' | 'CLOSED' {
    if (this.#state === 'done') return 'ILLEGAL_SASL_STATE';
    const again = this.#user !== undefined;
    const known = this.mechanisms.find((name) => name === mechanism);
    if (!known) {
      this.#state = 'failed';
      return again ? 'CLOSED' : 'UNSUPPORTED_SASL_MECHANISM';
    }
    if (again && known !== this.#mechanism) {
      this.#state = 'doomed';
      return 'NONE';
    }
    this.#mechanism = known;
    this.#exchange = this.#begin(known, again);
    this.#state = version === 0 ? 'bare tokens' : 'tokens';
    return 'NONE';
  }

  /** Takes a token of the client. */
  step(token: Uint8Array): SaslResult {
    if (!this.#exchange) {
      const message = 'SaslAuthenticate request received after successful authentication';
      return { ok: false, error: 'ILLEGAL_SASL_STATE', message };
    }
    const result = this.#exchange.step(token);
    if (!result.ok) return this.#fail(result);
    const { user } = this.#exchange;
    if (user === undefined) return result;
    if (this.#user !== undefined && this.#user !== user) {
      const change = `from User.${this.#user}: User.${user}`;
      return this.#fail(refused(`Cannot change principals during re-authentication ${change}`));
    }
    return { ...result, sessionLifetimeMs: this.#beginSession(user) };
  }

  /** A request of authentication was answered with an error by somebody else. */
  spoilt(api: string): void {
    if (this.#state !== 'done' && api !== 'ApiVersions') this.#state = 'failed';
  }

  #begin(mechanism: SaslMechanism, again: boolean): SaslExchange {
    const users = this.#broker.options.sasl?.users ?? {};
    const password = (user: string) => (Object.hasOwn(users, user) ? users[user] : undefined);
    if (mechanism === 'PLAIN') return new PlainServer(password);
    const lookUp = (user: string) => this.#broker.scramCredentials.get(user, mechanism) ?? password(user);
    return new ScramServer(mechanism, lookUp, this.#context.random, again);
  }

  #fail(result: SaslResult): SaslResult {
    this.#state = 'failed';
    return result;
  }

  /** @returns how long it lasts, 0 for ever */
  #beginSession(user: string): number {
    this.#user = user;
    this.#exchange = undefined;
    this.#state = 'done';
    const lifetimeMs = this.#broker.config.number('connections.max.reauth.ms');
    this.#sessionEndsAt = lifetimeMs > 0 ? this.#context.clock.now + lifetimeMs : Infinity;
    return Math.max(lifetimeMs, 0);
  }

  #beginAgain(): boolean {
    const { now } = this.#context.clock;
    if (this.#sessionEndsAt === Infinity || now - this.#begunAgainAt < AGAIN_AFTER_MS) return false;
    this.#begunAgainAt = now;
    this.#state = 'handshake';
    return true;
  }
}
