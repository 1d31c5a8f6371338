/** `AMQP` 0 0 9 1, and the older way to say the same. */
const ACCEPTED: readonly string[] = ['414d515000000901', '414d515001010009'];

/** What the server speaks, in the form in which it tells those who ask for something else. */
export const PROTOCOL_HEADER = Uint8Array.of(0x41, 0x4d, 0x51, 0x50, 0, 0, 9, 1);

/** @param bytes as many as {@link PROTOCOL_HEADER} has */
export function isProtocolHeader(bytes: Uint8Array): boolean {
  return ACCEPTED.includes(Buffer.from(bytes).toString('hex'));
}
