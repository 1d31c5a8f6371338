/** Partitioned append-log with consumer offsets. */
export { KafkaBroker } from './broker.js';
export type { KafkaOptions, SaslMechanism, SaslOptions } from './config.js';
