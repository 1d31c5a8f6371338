import { KafkaError } from '../../models/kafka/index.js';

/**
 * Runs a command of a producer that may be fenced.
 *
 * @param known whether the client's version has a name for that; older ones are told of an invalid epoch
 */
export function fenced<T>(known: boolean, command: () => T): T {
  try {
    return command();
  } catch (error) {
    if (known || !(error instanceof KafkaError) || error.code !== 'PRODUCER_FENCED') throw error;
    throw new KafkaError('INVALID_PRODUCER_EPOCH', error.message);
  }
}
