export type SaslMechanism = 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512';

/** Who may connect. With it every connection has to authenticate. */
export interface SaslOptions {
  /** Passwords by user. */
  readonly users: Readonly<Record<string, string>>;
  /** Default: all. */
  readonly mechanisms?: readonly SaslMechanism[];
}

/** What can be set on the kafka broker. */
export interface KafkaOptions {
  /** Nodes of the cluster, from 1. Set by the broker. */
  readonly nodes?: number;
  /** Versions offered to clients: those of a current Kafka (default), or the fewest that all known clients accept. */
  readonly apiVersions?: 'standard' | 'lean';
  readonly sasl?: SaslOptions;
}
