import type { KafkaBroker } from '../../models/kafka/index.js';
import type { ConnectionInfo, Door, Session, Transport } from '../door.js';
import type { DoorContext } from '../door-context.js';

/** The kafka door. */
export class KafkaDoor implements Door {
  readonly model = 'kafka';
  readonly broker: KafkaBroker;
  readonly context: DoorContext;

  constructor(broker: KafkaBroker, context: DoorContext) {
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
