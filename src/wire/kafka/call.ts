import type { AclOperation, AclResource, KafkaBroker } from '../../models/kafka/index.js';
import type { ConnectionInfo } from '../door.js';
import type { DoorContext } from '../door-context.js';
import type { Authentication } from './authentication.js';

/** Instead of an answer: it comes later, through the function that `later` handed out. */
export const LATER = Symbol('later');
/** Instead of an answer: none, ever, and the next request is served. */
export const SILENT = Symbol('silent');
/** Instead of an answer: the connection is closed. */
export const CLOSED = Symbol('closed');

export type Outcome<Response> = Response | typeof LATER | typeof SILENT | typeof CLOSED;

/**
 * Begins a wait. It may answer at once.
 *
 * @returns what to call when the connection is gone before the answer: the wait is over, nothing is answered
 */
export type StartWaiting<Response> = (answer: (response: Outcome<Response>) => void) => (() => void) | undefined;

export interface ClientSoftware {
  readonly name: string;
  readonly version: string;
}

/** An API and the versions in which clients may use it. */
export interface OfferedApi {
  readonly apiKey: number;
  readonly minVersion: number;
  readonly maxVersion: number;
}

/** One request on its way: who asks, in which version, and how to answer later. */
export interface Call<Response = unknown> {
  readonly broker: KafkaBroker;
  readonly context: DoorContext;
  readonly connection: ConnectionInfo;
  /** The node that was asked. */
  readonly nodeId: number;
  /** The version of the request. */
  readonly version: number;
  /** Empty when the client sent none. */
  readonly clientId: string;
  /** As Kafka shows it to admin clients: `/127.0.0.1`. */
  readonly clientHost: string;
  /** `User:name`, `User:ANONYMOUS` without authentication. */
  readonly principal: string;
  /** What this door serves, by key. */
  readonly offered: readonly OfferedApi[];
  readonly authentication: Authentication;
  /** What the client says it is, since ApiVersions 3; undefined before. */
  clientSoftware: ClientSoftware | undefined;
  /** Whether this client may do something; without an authorizer it may. */
  authorize(operation: AclOperation, resource: AclResource, name: string): boolean;
  /** @throws KafkaError TOPIC_AUTHORIZATION_FAILED, GROUP_AUTHORIZATION_FAILED, … when this client may not */
  demand(operation: AclOperation, resource: AclResource, name: string): void;
  /** Where this client reaches a node, undefined for one that is down. */
  address(nodeId: number): { readonly host: string; readonly port: number } | undefined;
  /** `return call.later((answer) => …)`: later requests of this connection wait until it has answered. */
  later(start: StartWaiting<Response>): typeof LATER;
}
