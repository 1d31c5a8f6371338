/**
 * Redis keys, channels and values are bytes. Inside, they are *byte strings*: JavaScript strings with one character
 * (0 to 255) a byte, which V8 keeps in one byte each, compares and hashes fast, and which any name may be.
 */

/** A byte string of bytes. */
export function fromBytes(bytes: Uint8Array): string {
  const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return buffer.toString('latin1');
}

/** A byte string of the UTF-8 form of a text. */
export function fromText(text: string): string {
  return isAscii(text) ? text : Buffer.from(text, 'utf8').toString('latin1');
}

/** The bytes of a byte string. */
export function toBytes(byteString: string): Uint8Array {
  return Buffer.from(byteString, 'latin1');
}

/** The text whose UTF-8 form a byte string is. */
export function toText(byteString: string): string {
  return isAscii(byteString) ? byteString : Buffer.from(byteString, 'latin1').toString('utf8');
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}
