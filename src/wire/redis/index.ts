import type { RedisBroker } from '../../models/redis/index.js';
import type { ConnectionInfo, Door, Session, Transport } from '../door.js';
import type { DoorContext } from '../door-context.js';

/** The redis door. */
export class RedisDoor implements Door {
  readonly model = 'redis';
  readonly broker: RedisBroker;
  readonly context: DoorContext;

  constructor(broker: RedisBroker, context: DoorContext) {
    this.broker = broker;
    this.context = context;
  }

  open(transport: Transport, _connection: ConnectionInfo): Session {
    return {
      receive: () => transport.end(),
      shutdown: () => transport.end(),
      closed: () => {},
    };
  }
}
