/** Which RabbitMQ to be like, where releases differ. */
export type AmqpVersion = '3' | '4';

/** What can be set on the amqp broker. */
export interface AmqpOptions {
  /** Default `'3'`. */
  readonly version?: AmqpVersion;
  /** Nodes of the cluster, from 1. Set by the broker. */
  readonly nodes?: number;
  /** Set by the broker. Default 1. */
  readonly firstNodeId?: number;
  /** Users besides or instead of guest/guest, administrators with all rights: name to password. */
  readonly users?: Readonly<Record<string, string>>;
  /** Virtual hosts besides `/`. */
  readonly vhosts?: readonly string[];
  /** How long a delivery may stay unacked. Default 30 minutes; `Infinity` is for ever. */
  readonly consumerTimeoutMs?: number;
}
