/** What can be set on the kafka broker. */
export interface KafkaOptions {
  /** Nodes of the cluster, from 1. Set by the broker. */
  readonly nodes?: number;
}
