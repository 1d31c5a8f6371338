import type { Confirmation, Delivery, ReturnedMessage } from './envelope.js';
import type { AmqpError } from './errors.js';
import type { FieldTable } from './field-table.js';

/** What a channel tells its door. Calls come through the outbox, in order, never inside a command. */
export interface ChannelSink {
  /** basic.deliver */
  deliver(delivery: Delivery): void;
  /** basic.return */
  returned(message: ReturnedMessage): void;
  /** basic.ack or basic.nack to a publisher. */
  confirm(confirmation: Confirmation): void;
  /** basic.cancel: the consumer's queue has gone. Only called when the client has the capability for it. */
  cancelled(consumerTag: string): void;
  /** tx.commit-ok: after the returns of the transaction, before what it delivers. */
  committed(): void;
  /**
   * The channel ended from this side, as by the delivery acknowledgement timeout; the model has cleaned up already.
   *
   * @param byCommit whether that is the answer to a tx.commit
   */
  closed(error: AmqpError, byCommit: boolean): void;
}

export interface ConsumeArguments {
  readonly queue: string;
  /** Empty for one that the server makes up. */
  readonly consumerTag?: string;
  readonly noAck?: boolean;
  readonly exclusive?: boolean;
  readonly noLocal?: boolean;
  readonly arguments?: FieldTable;
}

export interface PublishFlags {
  readonly mandatory?: boolean;
  readonly immediate?: boolean;
}

/** basic.get-ok */
export interface GetOk {
  readonly delivery: Delivery;
  /** Ready messages that are left. */
  readonly messageCount: number;
}
