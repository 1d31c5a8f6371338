/** AMQP 0-9-1 exchanges and queues. */
export { AmqpBroker } from './broker.js';
export type { AmqpOptions } from './config.js';
