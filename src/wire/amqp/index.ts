/**
 * The amqp door: AMQP 0-9-1 with RabbitMQ's extensions in front of the amqp model.
 *
 * Bytes become frames (`frame`), a frame's payload a method (`method`: one definition reads and writes), a content
 * header (`content`) or a part of a body. A `session` is one connection: `negotiation` until it is open, then channels
 * (`channel`), which put publishes together (`content-assembler`) and hand methods to `handlers/`, each of them one
 * call into the model. What the model posts leaves by `frame-output`. `management/` answers RabbitMQ's HTTP API.
 *
 * Invariants: no bytes make a session throw; nothing is allocated from a length before its bytes are there; an answer
 * leaves before the deliveries that its command causes; a message that passes untouched leaves with the property bytes
 * that it came with.
 *
 * Sources: RabbitMQ 3.10.8 as recorded in the test fixtures, the AMQP 0-9-1 specification with its errata,
 * https://www.rabbitmq.com/amqp-0-9-1-errata.html.
 */
import type { AmqpBroker, AmqpConnection } from '../../models/amqp/index.js';
import type { ConnectionInfo, Door, Session, Transport } from '../door.js';
import type { DoorContext } from '../door-context.js';
import { RateMeter } from './management/message-stats.js';
import type { ClientIdentity } from './negotiation.js';
import { AmqpSession } from './session.js';

/** Largest body that each profile accepts by default; `limits.amqpMessageBytes` may be lower. */
const LARGEST_MESSAGE_BYTES = { '3': 134_217_728, '4': 16_777_216 } as const;

export class AmqpDoor implements Door {
  readonly model = 'amqp';
  readonly broker: AmqpBroker;
  readonly context: DoorContext;
  readonly sessions = new Set<AmqpSession>();
  /** How fast what it counts grows. */
  readonly rates: RateMeter;

  constructor(broker: AmqpBroker, context: DoorContext) {
    this.broker = broker;
    this.context = context;
    this.rates = new RateMeter(context.clock);
  }

  open(transport: Transport, info: ConnectionInfo): Session {
    const session = new AmqpSession(this, transport, info);
    this.sessions.add(session);
    return session;
  }

  get largestMessageBytes(): number {
    return Math.min(this.context.limits.amqpMessageBytes, LARGEST_MESSAGE_BYTES[this.broker.version]);
  }

  /** Opens the model's side of a session. @throws AmqpError NOT_ALLOWED */
  connect(session: AmqpSession, vhost: string, identity: ClientIdentity): AmqpConnection {
    const { info, tuning } = session;
    return this.broker.openConnection({
      user: identity.user,
      vhost,
      name: connectionName(info),
      nodeId: info.nodeId,
      clientProperties: identity.properties,
      ...(tuning && { channelMax: tuning.channelMax }),
      sink: session,
    });
  }
}

/** `127.0.0.1:51412 -> 127.0.0.1:5672`: how RabbitMQ names connections. */
function connectionName({ remote, local }: ConnectionInfo): string {
  return `${remote.address}:${remote.port} -> ${local.address}:${local.port}`;
}
