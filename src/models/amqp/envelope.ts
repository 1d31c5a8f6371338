import type { BasicProperties } from './properties.js';

/**
 * One message in one queue. Content fields are never changed and shared between the copies of a fan-out; the last
 * three belong to the queue that holds it. One flat object, since a full queue holds a million of them.
 */
export class Envelope {
  /** As published, not as of the last hop. */
  readonly exchange: string;
  readonly routingKey: string;
  readonly properties: BasicProperties;
  readonly body: Uint8Array;
  /** Keys of a removed BCC header, which still count when the message is dead-lettered. */
  readonly hiddenKeys: readonly string[] | undefined;
  /** Order in its queue; a requeued message goes back to it. */
  position = 0;
  /** When it expires; 0 is never. */
  expiresAtMs = 0;
  /** Times it was handed out and came back. */
  returnCount = 0;

  constructor(
    exchange: string,
    routingKey: string,
    properties: BasicProperties,
    body: Uint8Array,
    hiddenKeys?: readonly string[],
  ) {
    this.exchange = exchange;
    this.routingKey = routingKey;
    this.properties = properties;
    this.body = body;
    this.hiddenKeys = hiddenKeys;
  }

  /** Another copy of the content, for another queue. */
  copy(): Envelope {
    return new Envelope(this.exchange, this.routingKey, this.properties, this.body, this.hiddenKeys);
  }

  /** Whether it was handed out before by the queue that holds it. */
  get redelivered(): boolean {
    return this.returnCount > 0;
  }
}

/** A message on its way to a consumer, or the result of a get. */
export class Delivery {
  readonly consumerTag: string;
  readonly deliveryTag: number;
  readonly redelivered: boolean;
  readonly exchange: string;
  readonly routingKey: string;
  readonly properties: BasicProperties;
  readonly body: Uint8Array;

  constructor(consumerTag: string, deliveryTag: number, envelope: Envelope, properties = envelope.properties) {
    this.consumerTag = consumerTag;
    this.deliveryTag = deliveryTag;
    this.redelivered = envelope.returnCount > 0;
    this.exchange = envelope.exchange;
    this.routingKey = envelope.routingKey;
    this.properties = properties;
    this.body = envelope.body;
  }
}

/** A message that reached no queue and is handed back to its publisher. */
export interface ReturnedMessage {
  readonly replyCode: number;
  readonly replyText: string;
  readonly exchange: string;
  readonly routingKey: string;
  readonly properties: BasicProperties;
  readonly body: Uint8Array;
}

/** Publisher confirms: `ack` of `deliveryTag`, and with `multiple` of all before it. */
export interface Confirmation {
  readonly ack: boolean;
  readonly deliveryTag: number;
  readonly multiple: boolean;
}
