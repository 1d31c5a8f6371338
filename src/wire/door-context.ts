import type { ModelContext } from '../core/model.js';
import type { Address, ConnectionInfo } from './door.js';
import type { Interceptors } from './interceptors.js';

/** What every door gets beside its model. */
export interface DoorContext extends ModelContext {
  readonly interceptors: Interceptors;
  /** Where clients reach a node, as seen by this connection; undefined while the node has no port. */
  readonly advertise: (nodeId: number, connection: ConnectionInfo) => Address | undefined;
  /** Resets a connection by its id, without a goodbye; false when there is none. */
  readonly resetConnection: (connectionId: string) => boolean;
}
