/** The Jones polynomial, its bits reversed: 0xad93d23594c935a9 the other way round. */
const POLYNOMIAL = 0x95ac9329ac4bc9b5n;

const TABLE: readonly bigint[] = Array.from({ length: 256 }, (_, byte) => {
  let crc = BigInt(byte);
  for (let bit = 0; bit < 8; bit++) crc = crc & 1n ? (crc >> 1n) ^ POLYNOMIAL : crc >> 1n;
  return crc;
});

/** The CRC-64 that ends RDB files and DUMP payloads: Jones's polynomial, reflected, from 0. */
export function crc64(byteString: string): bigint {
  let crc = 0n;
  for (let i = 0; i < byteString.length; i++) {
    crc = (TABLE[(Number(crc & 0xffn) ^ byteString.charCodeAt(i)) & 0xff] as bigint) ^ (crc >> 8n);
  }
  return crc;
}
