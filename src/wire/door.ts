/**
 * What every door is made of. A door stands in front of one model and opens a session for each connection; a session
 * is one connection as a state machine without a socket: bytes come in by `receive`, answers leave by its transport.
 */
import type { ModelName } from '../core/errors.js';

export interface Address {
  readonly address: string;
  readonly port: number;
}

/** Who is connected to what. */
export interface ConnectionInfo {
  /** Unique within the broker: `c1`, `c2`, … in the order of arrival. */
  readonly id: string;
  /** The node that was dialled. */
  readonly nodeId: number;
  /** The end that the client dialled. */
  readonly local: Address;
  readonly remote: Address;
}

/** The way out of a session. Writes of one turn of the event loop leave together. */
export interface Transport {
  /** Queues bytes; they belong to the transport from here on and must not change. */
  write(bytes: Uint8Array): void;
  /** Closes after everything written has left. Nothing is received any more. */
  end(): void;
  /** Closes at once; what has not left is lost. */
  destroy(): void;
  /** Stops and restarts reading from the peer. */
  pause(): void;
  resume(): void;
  /** Bytes written that the peer's side has not taken yet. */
  readonly bufferedBytes: number;
}

export interface Session {
  /** Takes the next bytes, cut anywhere. Must not throw: what cannot be understood is answered, then closed. */
  receive(chunk: Uint8Array): void;
  /** The peer has finished sending (FIN); the default is to end the transport. */
  peerEnded?(): void;
  /** Everything written has been taken, after `bufferedBytes` was above zero. */
  drained?(): void;
  /** The broker closes or restarts: say goodbye as the real one does, then end the transport. */
  shutdown(): void;
  /** The transport is gone; free everything that the connection owned. Called exactly once. */
  closed(): void;
}

export interface Door {
  readonly model: ModelName;
  open(transport: Transport, connection: ConnectionInfo): Session;
}
