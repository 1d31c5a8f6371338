/** What can be set on the amqp broker. */
export interface AmqpOptions {
  /** Nodes of the cluster, from 1. Set by the broker. */
  readonly nodes?: number;
}
