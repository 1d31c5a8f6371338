/**
 * Versions of Kafka in which the form of something may be given, such as `message.format.version`: those up to 3.9, and
 * for each how many versions from between two releases there are, such as `2.7-IV1`.
 */
const RELEASES: Readonly<Record<string, number>> = {
  '0.8.0': 0,
  '0.8.1': 0,
  '0.8.2': 0,
  '0.9.0': 0,
  '0.10.0': 2,
  '0.10.1': 3,
  '0.10.2': 1,
  '0.11.0': 3,
  '1.0': 1,
  '1.1': 1,
  '2.0': 2,
  '2.1': 3,
  '2.2': 2,
  '2.3': 2,
  '2.4': 2,
  '2.5': 1,
  '2.6': 1,
  '2.7': 3,
  '2.8': 2,
  '3.0': 2,
  '3.1': 1,
  '3.2': 1,
  '3.3': 4,
  '3.4': 1,
  '3.5': 3,
  '3.6': 3,
  '3.7': 5,
  '3.8': 1,
  '3.9': 1,
};
/** Begun, and not released as far as Kafka 3.9 knows. */
const TO_COME = ['4.0-IV0', '4.0-IV1'];

const VERSIONS: ReadonlySet<string> = new Set([
  ...Object.entries(RELEASES).flatMap(([release, count]) => [
    release,
    ...Array.from({ length: count }, (_, at) => `${release}-IV${at}`),
  ]),
  ...TO_COME,
]);

/** Whether Kafka 3.9 knows a version; what is behind a release, as in `2.8.1`, is not looked at. */
export function isFormatVersion(text: string): boolean {
  const parts = text.split('.');
  return VERSIONS.has(parts.slice(0, parts[0] === '0' ? 3 : 2).join('.'));
}
