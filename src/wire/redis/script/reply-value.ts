/** A reply of a command as the Lua engine takes it; a string of bytes is a Buffer there. */
export type ReplyValue =
  | null
  | number
  | bigint
  | boolean
  | Buffer
  | { readonly ok: Buffer }
  | { readonly err: Buffer }
  | { readonly double: number }
  | { readonly big_number: Buffer }
  | { readonly verbatim_string: { readonly format: Buffer; readonly string: Buffer } }
  | { readonly map: ReadonlyArray<readonly [ReplyValue, ReplyValue]> }
  | { readonly set: readonly ReplyValue[] }
  | readonly ReplyValue[];

export const toBuffer = (bytes: string): Buffer => Buffer.from(bytes, 'latin1');

/** Reads the reply that a command has written, in either protocol. */
export function readReply(bytes: string): ReplyValue {
  return new ReplyReader(bytes).next();
}

/** The bytes are our own: what they announce is there. */
class ReplyReader {
  readonly #bytes: string;
  #at = 0;

  constructor(bytes: string) {
    this.#bytes = bytes;
  }

  next(): ReplyValue {
    const kind = this.#bytes[this.#at];
    const end = this.#bytes.indexOf('\r\n', this.#at);
    const line = this.#bytes.slice(this.#at + 1, end);
    this.#at = end + 2;
    switch (kind) {
      case '+':
        return { ok: toBuffer(line) };
      case '-':
        return { err: toBuffer(line) };
      case ':':
        return Number.isSafeInteger(Number(line)) ? Number(line) : BigInt(line);
      case '$':
        return line === '-1' ? null : toBuffer(this.#take(Number(line)));
      case '=': {
        const text = this.#take(Number(line));
        return { verbatim_string: { format: toBuffer(text.slice(0, 3)), string: toBuffer(text.slice(4)) } };
      }
      case '#':
        return line === 't';
      case ',':
        return { double: Number(line.replace('inf', 'Infinity')) };
      case '(':
        return { big_number: toBuffer(line) };
      case '%':
        return { map: Array.from({ length: Number(line) }, () => [this.next(), this.next()] as const) };
      case '~':
        return { set: this.#items(Number(line)) };
      case '*':
      case '>':
        return line === '-1' ? null : this.#items(Number(line));
      default:
        return null;
    }
  }

  #items(count: number): ReplyValue[] {
    return Array.from({ length: count }, () => this.next());
  }

  #take(count: number): string {
    const text = this.#bytes.slice(this.#at, this.#at + count);
    this.#at += count + 2;
    return text;
  }
}
