/** RESP as a test sees it: byte strings (latin1), requests encoded, replies split, never judged. */

/** A request as a RESP2 multibulk. */
export function encodeRequest(args: readonly string[]): string {
  return `*${args.length}\r\n${args.map((arg) => `$${arg.length}\r\n${arg}\r\n`).join('')}`;
}

export interface Reply {
  /** Its first byte. */
  readonly kind: string;
  /** The whole of it, nested ones included. */
  readonly raw: string;
  /** Text of a scalar or a bulk; null for a null bulk. */
  readonly text: string | null;
  /** Elements of an aggregate, map keys and values in turn. */
  readonly items: readonly Reply[] | undefined;
  readonly end: number;
}

const BLOBS = '$=!';
const AGGREGATES = '*~>%|';

/** The reply that starts at `from`; undefined while it is not complete. */
export function readReply(bytes: string, from = 0): Reply | undefined {
  const lineEnd = bytes.indexOf('\r\n', from);
  if (lineEnd === -1) return undefined;
  const kind = bytes[from] as string;
  const head = bytes.slice(from + 1, lineEnd);
  const bodyAt = lineEnd + 2;
  const done = (end: number, text: string | null, items?: readonly Reply[]): Reply => ({
    kind,
    raw: bytes.slice(from, end),
    text,
    items,
    end,
  });
  if (BLOBS.includes(kind)) {
    const length = Number(head);
    if (length < 0) return done(bodyAt, null);
    const end = bodyAt + length + 2;
    return end > bytes.length ? undefined : done(end, bytes.slice(bodyAt, end - 2));
  }
  if (!AGGREGATES.includes(kind)) return done(bodyAt, head);
  const count = Number(head) * (kind === '%' || kind === '|' ? 2 : 1);
  const items: Reply[] = [];
  let at = bodyAt;
  for (let i = 0; i < count; i++) {
    const item = readReply(bytes, at);
    if (!item) return undefined;
    items.push(item);
    at = item.end;
  }
  return done(at, null, items);
}

/** All replies; undefined when the last one is not complete. */
export function readReplies(bytes: string): Reply[] | undefined {
  const replies: Reply[] = [];
  for (let at = 0; at < bytes.length; ) {
    const reply = readReply(bytes, at);
    if (!reply) return undefined;
    replies.push(reply);
    at = reply.end;
  }
  return replies;
}
