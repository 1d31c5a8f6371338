/**
 * The order in which Java's `HashMap` goes through a few strings, by which Kafka decides where it says nothing of order.
 *
 * @see https://docs.oracle.com/en/java/javase/17/docs/api/java.base/java/lang/String.html#hashCode()
 */

/** Places in a table as it is made; it has that many until it holds more than twelve. */
const BUCKET_COUNT = 16;

/** Java's hash of a string, also what finds the partition of a group or a transactional id. */
export function javaHash(text: string): number {
  let hash = 0;
  for (let at = 0; at < text.length; at++) hash = (Math.imul(hash, 31) + text.charCodeAt(at)) | 0;
  return hash;
}

/** Where a string has its place in a new table, from 0: tables are gone through from there upwards. */
export function bucketOf(text: string): number {
  const hash = javaHash(text);
  return (hash ^ (hash >>> 16)) & (BUCKET_COUNT - 1);
}
