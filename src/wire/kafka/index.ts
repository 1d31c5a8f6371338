/**
 * The Kafka door: requests and answers behind a four-byte size, one at a time on each connection.
 *
 * - `field` is the notation for all versions of an API, `codec` compiles it for one, `reader` and `writer` know bytes;
 * - `api` joins a request and an answer with key and versions, `handler` joins an API with what serves it;
 * - `session` is one connection; `authentication` and `scram` say whose it is;
 * - `handlers/` has one file for each API.
 *
 * Invariants: answers leave in the order of requests; nothing is allocated from a length before its bytes are there;
 * bytes that cannot be understood close the connection and change nothing.
 *
 * @see https://kafka.apache.org/protocol
 */
import type { KafkaBroker } from '../../models/kafka/index.js';
import type { ConnectionInfo, Door, Session, Transport } from '../door.js';
import type { DoorContext } from '../door-context.js';
import { KafkaSession } from './session.js';

export class KafkaDoor implements Door {
  readonly model = 'kafka';
  readonly #broker: KafkaBroker;
  readonly #context: DoorContext;

  constructor(broker: KafkaBroker, context: DoorContext) {
    this.#broker = broker;
    this.#context = context;
  }

  open(transport: Transport, connection: ConnectionInfo): Session {
    return new KafkaSession(this.#broker, this.#context, transport, connection);
  }
}
