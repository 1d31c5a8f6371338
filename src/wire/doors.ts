/**
 * All doors of one broker behind one listener. Loaded when a broker first listens: who uses the models alone does not
 * pay for protocols.
 */
import type { AmqpBroker } from '../models/amqp/index.js';
import type { KafkaBroker } from '../models/kafka/index.js';
import type { RedisBroker } from '../models/redis/index.js';
import { AmqpDoor } from './amqp/index.js';
import { managementRoute } from './amqp/management/index.js';
import type { DoorContext } from './door-context.js';
import { HttpDoor } from './http/index.js';
import { KafkaDoor } from './kafka/index.js';
import { Listener } from './listener.js';
import { RedisDoor } from './redis/index.js';

export interface Models {
  readonly kafka: KafkaBroker;
  readonly amqp: AmqpBroker;
  readonly redis: RedisBroker;
}

/** A listener without ports, with a door for each model and one for HTTP. */
export function createListener(models: Models, context: DoorContext): Listener {
  const amqp = new AmqpDoor(models.amqp, context);
  const doors = {
    kafka: new KafkaDoor(models.kafka, context),
    amqp,
    redis: new RedisDoor(models.redis, context),
  };
  const http = new HttpDoor([managementRoute(amqp)], context.reportError);
  return new Listener({ ...context, doors, acceptHttp: (stream, bytes) => http.accept(stream, bytes) });
}
