import { KafkaError } from './errors.js';

export const OFFSETS_TOPIC = '__consumer_offsets';
export const TRANSACTIONS_TOPIC = '__transaction_state';

const INTERNAL: ReadonlySet<string> = new Set([OFFSETS_TOPIC, TRANSACTIONS_TOPIC, '__share_group_state']);
const LONGEST_NAME = 249;

/** Whether clients may not write to a topic of this name. */
export function isInternalTopic(name: string): boolean {
  return INTERNAL.has(name);
}

/** @throws KafkaError INVALID_TOPIC_EXCEPTION */
export function checkTopicName(name: string): void {
  const refuse = (what: string): never => {
    throw new KafkaError('INVALID_TOPIC_EXCEPTION', `Topic name is invalid: ${what}`);
  };
  if (name === '') refuse('the empty string is not allowed');
  if (name === '.' || name === '..') refuse(`'${name}' is not allowed`);
  if (name.length > LONGEST_NAME) {
    refuse(`the length of '${name}' is longer than the max allowed length ${LONGEST_NAME}`);
  }
  if (!/^[a-zA-Z0-9._-]+$/.test(name)) {
    refuse(`'${name}' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'`);
  }
}

/** Names that differ only in `.` and `_` collide, since both become the same name of a metric. */
export function collisionKey(name: string): string {
  return name.replaceAll('.', '_');
}
