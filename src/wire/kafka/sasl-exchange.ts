/** What a token comes to: bytes for the client, or a refusal. */
export type SaslResult =
  | {
      readonly ok: true;
      readonly bytes: Uint8Array;
      /** With the last token: until when the client has to authenticate again, 0 for never. */
      readonly sessionLifetimeMs?: number;
    }
  | {
      readonly ok: false;
      readonly error: 'SASL_AUTHENTICATION_FAILED' | 'ILLEGAL_SASL_STATE';
      readonly message: string;
    };

/** One run of a mechanism. */
export interface SaslExchange {
  /** Takes the next token of the client. After a refusal the exchange is over. */
  step(token: Uint8Array): SaslResult;
  /** Known once the exchange has ended well. */
  readonly user: string | undefined;
}

/** Nobody acts for somebody else. */
export function otherAuthorizationId(): SaslResult {
  return refused('Authentication failed: Client requested an authorization id that is different from username');
}

export function refused(message: string): SaslResult {
  return { ok: false, error: 'SASL_AUTHENTICATION_FAILED', message };
}
