const SHOWN_OCTETS = 16;

/** Bytes as RabbitMQ prints them in its reply texts: `<<"abc">>` when they are text, else `<<0,60,0,10>>`. */
export function erlangBinary(bytes: Uint8Array): string {
  if (bytes.length === 0) return '<<>>';
  const printable = bytes.every((byte) => (byte >= 0x20 && byte < 0x7f) || (byte >= 0x08 && byte <= 0x0d));
  if (!printable) return `<<${bytes.join(',')}>>`;
  return `<<"${Buffer.from(bytes).toString('latin1').replace(/["\\]/g, '\\$&')}">>`;
}

/** The start of a frame's payload, as frame errors show it. */
export function erlangOctets(payload: Uint8Array): string {
  if (payload.length <= SHOWN_OCTETS) return `all octets = ${erlangBinary(payload)}`;
  return `first ${SHOWN_OCTETS} octets = ${erlangBinary(payload.subarray(0, SHOWN_OCTETS))}`;
}
