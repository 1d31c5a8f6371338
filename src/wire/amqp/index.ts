import type { AmqpBroker } from '../../models/amqp/index.js';
import type { ConnectionInfo, Door, Session, Transport } from '../door.js';
import type { DoorContext } from '../door-context.js';

/** The amqp door. */
export class AmqpDoor implements Door {
  readonly model = 'amqp';
  readonly broker: AmqpBroker;
  readonly context: DoorContext;

  constructor(broker: AmqpBroker, context: DoorContext) {
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
