import { otherAuthorizationId, refused, type SaslExchange, type SaslResult } from './sasl-exchange.js';

const EMPTY = new Uint8Array(0);

/** PLAIN: one token, `[authorization id] NUL user NUL password`. @see https://www.rfc-editor.org/rfc/rfc4616 */
export class PlainServer implements SaslExchange {
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
