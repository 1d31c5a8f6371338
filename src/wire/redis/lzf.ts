/**
 * LZF, the compression of strings in RDB data. A control byte below 32 is followed by that many bytes and one more, as
 * they are; another one points back:
 *
 *     LLL OOOOO  oooooooo            copy L+2 bytes from O+1 bytes before, L from 1 to 6
 *     111 OOOOO  LLLLLLLL  oooooooo  the same for L+9 bytes
 *
 * The search looks where liblzf looks, so that the bytes are those that Redis writes.
 */
const LONGEST_LITERAL = 32;
const SAVED_BYTES = 4;
const FARTHEST = 1 << 13;
const LONGEST_MATCH = (1 << 8) + (1 << 3);
const SLOT_MASK = 0xffff;

function slotOf(bytes: Uint8Array, at: number): number {
  const three = ((bytes[at] as number) << 16) | ((bytes[at + 1] as number) << 8) | (bytes[at + 2] as number);
  return ((three >> 8) - three * 5) & SLOT_MASK;
}

/** The compressed form; undefined when it would not save a few bytes, as many as liblzf wants to have left. */
export function compressLzf(input: string): string | undefined {
  const bytes = Buffer.from(input, 'latin1');
  const seen = new Map<number, number>();
  const room = bytes.length - SAVED_BYTES;
  let out = '';
  let literalFrom = 0;
  const flush = (to: number) => {
    for (; literalFrom < to; literalFrom += LONGEST_LITERAL) {
      const run = input.slice(literalFrom, Math.min(to, literalFrom + LONGEST_LITERAL));
      out += String.fromCharCode(run.length - 1) + run;
    }
  };
  let at = 0;
  while (at < bytes.length - 2) {
    const slot = slotOf(bytes, at);
    const from = seen.get(slot);
    seen.set(slot, at);
    if (from === undefined || !matches(bytes, from, at)) {
      at++;
      continue;
    }
    const length = matchLength(bytes, from, at);
    flush(at);
    if (out.length + SAVED_BYTES >= room) return undefined;
    out += reference(at - from - 1, length - 2);
    at += length;
    literalFrom = at;
    if (at >= bytes.length - 2) break;
    for (const passed of [at - 2, at - 1]) seen.set(slotOf(bytes, passed), passed);
  }
  const pending = at - literalFrom;
  if (out.length + pending + Math.floor(pending / LONGEST_LITERAL) + SAVED_BYTES > room) return undefined;
  flush(bytes.length);
  return out;
}

/** Whether three bytes repeat at a distance that a reference can tell; the first byte of all is never referred to. */
function matches(bytes: Uint8Array, from: number, at: number): boolean {
  if (from === 0 || at - from - 1 >= FARTHEST) return false;
  return bytes[from] === bytes[at] && bytes[from + 1] === bytes[at + 1] && bytes[from + 2] === bytes[at + 2];
}

function matchLength(bytes: Uint8Array, from: number, at: number): number {
  const left = Math.min(bytes.length - at - 2, LONGEST_MATCH);
  // liblzf compares 16 bytes at once before it looks at what is left again.
  const most = left > 16 ? Math.max(left, 19) : left;
  let length = 3;
  while (length < most && bytes[from + length] === bytes[at + length]) length++;
  return length;
}

function reference(offset: number, length: number): string {
  if (length < 7) return String.fromCharCode((offset >> 8) | (length << 5), offset & 0xff);
  return String.fromCharCode((offset >> 8) | (7 << 5), length - 7, offset & 0xff);
}

/** What was compressed; undefined when the bytes are no LZF or do not yield `length` bytes. */
export function decompressLzf(input: string, length: number): string | undefined {
  let out = '';
  for (let at = 0; at < input.length && out.length <= length; ) {
    const control = input.charCodeAt(at++);
    if (control < LONGEST_LITERAL) {
      out += input.slice(at, at + control + 1);
      at += control + 1;
      continue;
    }
    let count = (control >> 5) + 2;
    if (count === 9) count += input.charCodeAt(at++);
    const from = out.length - ((control & 0x1f) << 8) - input.charCodeAt(at++) - 1;
    // NaN, when the input ends early, fails here too.
    if (!(from >= 0)) return undefined;
    // What is copied may reach into itself.
    const source = out.slice(from);
    out += source.repeat(Math.ceil(count / source.length)).slice(0, count);
  }
  return out.length === length ? out : undefined;
}
