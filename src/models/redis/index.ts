/** Ephemeral pattern-matching channels. */
export { RedisBroker } from './broker.js';
export type { RedisOptions } from './config.js';
