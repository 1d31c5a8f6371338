/**
 * Where two Redis servers may differ although both are right. Everything else is compared byte by byte.
 *
 * - The order of patterns that match one publication, of channels that UNSUBSCRIBE without names leaves, and of lists
 *   that come out of a hash table (PUBSUB CHANNELS, KEYS, ACL): it follows a seed of the server's own.
 * - What SORT leaves of a set's members whose weights are the same text, and in which order: a hash table's.
 * - What SRANDMEMBER, HRANDFIELD and ZRANDMEMBER pick: only how much it is.
 * - The order of single commands among the rules of a user, which Redis 7.0 works out anew: a hash table's.
 * - The order of members in the DUMP of a hash table, and the times in that of a stream: only how long it is.
 * - What is left of the answers of a transaction that has killed its own client.
 * - Client ids, how long something has been idle, and TTLs by a second, since the two clocks are not the same.
 */
import { type Reply, readReplies } from '../helpers/resp.js';
import { CALL } from './redis-script.js';

const UNORDERED =
  /^"(?:PUBSUB" "(?:SHARD)?CHANNELS|KEYS|SCAN|ACL|CONFIG"? "GET|EXEC element|EXEC|FUNCTION|SMEMBERS|SINTER|SUNION|SDIFF|HGETALL|HKEYS|HVALS|COMMAND)/i;

/** DUMP of a set or hash as a table, and of a stream. */
const FREE_DUMP = /^\$(\d+)\r\n[\x02\x04\x13]/;

/** Stands behind an EXEC that ran what picks by chance. */
export const PICKED = ' with picks';

const CHANCE = /^"(?:SRANDMEMBER|HRANDFIELD|ZRANDMEMBER)"|^"SORT(?:_RO)?" (?:.*"BY".*"ALPHA"|"z1" "BY" "nosort")/;

const PATTERN_FRAME = /^[>*]4\r\n\$8\r\npmessage\r\n/;

/** Frames of patterns that match one publication, in one order wherever they stand. */
function inPatternOrder(text: string): string {
  let out = '';
  let run: Array<{ readonly frame: string; readonly publication: string }> = [];
  const flush = () => {
    out += run
      .map(({ frame }) => frame)
      .sort()
      .join('');
    run = [];
  };
  for (let at = 0; at < text.length; ) {
    const head = PATTERN_FRAME.exec(text.slice(at, at + 20))?.[0];
    if (head === undefined) {
      flush();
      const next = text.indexOf('4\r\n$8\r\npmessage\r\n', at + 2);
      out += text.slice(at, next === -1 ? undefined : next - 1);
      at = next === -1 ? text.length : next - 1;
      continue;
    }
    let end = at + head.length;
    const bulks: string[] = [];
    for (let i = 0; i < 3; i++) {
      const [length = '', digits] = /^\$(\d+)\r\n/.exec(text.slice(end, end + 16)) ?? [];
      bulks.push(text.slice(end, end + length.length + Number(digits ?? 0) + 2));
      end += length.length + Number(digits ?? 0) + 2;
    }
    const publication = `${bulks[1]}${bulks[2]}`;
    if (run.length > 0 && run[0]?.publication !== publication) flush();
    run.push({ frame: text.slice(at, end), publication });
    at = end;
  }
  flush();
  return out;
}

/** Whether an operation picks by chance, or tells a hash table's order in bytes. */
export function picks(shown: string): boolean {
  return CHANCE.test(withoutScript(shown)) || /"DUMP"/.test(shown);
}

/** Both answers are the same, or differ only where they may. */
export function agree(shown: string, ours: string, theirs: string): boolean {
  if (ours === theirs) return true;
  const operation = withoutScript(shown);
  if (inPatternOrder(ours) === inPatternOrder(theirs)) return true;
  // Frames of subscriptions and silenced replies make EXEC's header lie about what follows it.
  const header = /^\*\d+\r\n/.exec(ours)?.[0];
  if (operation.startsWith('"EXEC"') && header && theirs.startsWith(header)) {
    if (agree('"EXEC element"', ours.slice(header.length), theirs.slice(header.length))) return true;
  }
  const dumped = FREE_DUMP.exec(ours);
  if (/"DUMP"/.test(operation) && dumped) return FREE_DUMP.exec(theirs)?.[0] === dumped[0];
  const a = readReplies(ours);
  const b = readReplies(theirs);
  if (!a || !b || a.length !== b.length) return false;
  if (CHANCE.test(operation) || operation.includes(PICKED)) return shape(a) === shape(b);
  const unordered = UNORDERED.test(operation);
  return canonical(a, unordered) === canonical(b, unordered);
}

/** What a script that calls one command calls. */
function withoutScript(shown: string): string {
  return shown.replace(`"${CALL}" "0" `, '').replace(/^"EVAL(?:_RO)?" (?="[A-Z])/, '');
}

/** Kinds and numbers of elements; what the elements hold is left out. */
function shape(replies: readonly Reply[]): string {
  return replies
    .map(({ kind, text, items }) => `${kind}${items ? `${items.length}[${shape(items)}]` : text === null}`)
    .join();
}

function canonical(replies: readonly Reply[], unordered: boolean): string {
  const out: string[] = [];
  for (let i = 0; i < replies.length; ) {
    const first = replies[i] as Reply;
    let end = i + 1;
    while (end < replies.length && sameRun(first, replies[end] as Reply)) end++;
    const run = replies.slice(i, end);
    out.push(...(isUnsubscribe(first) ? unsubscribed(run) : run.map((reply) => plain(reply, unordered)).sort()));
    i = end;
  }
  return out.join('');
}

/** Frames whose order among themselves is free. */
function sameRun(a: Reply, b: Reply): boolean {
  const kind = kindOf(a);
  if (kind === undefined || kind !== kindOf(b)) return false;
  if (kind === 'pmessage') return a.items?.[2]?.raw === b.items?.[2]?.raw && a.items?.[3]?.raw === b.items?.[3]?.raw;
  return isUnsubscribe(a);
}

function kindOf(reply: Reply): string | undefined {
  return reply.items?.[0]?.text ?? undefined;
}

function isUnsubscribe(reply: Reply): boolean {
  return reply.items?.length === 3 && /^[ps]?unsubscribe$/.test(kindOf(reply) ?? '');
}

/** Counts in order, names as a bag. */
function unsubscribed(run: readonly Reply[]): string[] {
  return [
    ...run.map((reply) => `${reply.kind}${reply.items?.[2]?.raw}`),
    ...run.map((r) => r.items?.[1]?.raw ?? '').sort(),
  ];
}

/** A line of ACL LIST or a field of ACL GETUSER, the command rules of each selector in one order. */
function withSortedRules(text: string | null): string {
  return String(text).replace(/(?<=^|[ (])[+-]@all(?: [+-][^\s)]+)*/g, (rules) => rules.split(' ').sort().join(' '));
}

function plain(reply: Reply, unordered: boolean): string {
  if (!reply.items) return `${reply.kind}${withSortedRules(reply.text)}`;
  const width = reply.kind === '%' ? 2 : 1;
  const parts: string[] = [];
  for (let i = 0; i < reply.items.length; i += width) {
    const slice = reply.items.slice(i, i + width);
    // `id` in the answer of HELLO.
    const previous = reply.items[i - 1];
    if (width === 1 && previous?.text === 'id' && slice[0]?.kind === ':') parts.push(':id');
    else if (width === 2 && slice[0]?.text === 'id') parts.push('id:id');
    else parts.push(slice.map((item) => plain(item, unordered)).join(''));
  }
  return `${reply.kind}${unordered ? parts.sort().join('') : parts.join('')}`;
}

/** How long consumers and pending entries have been idle, which is told before another number or by name. */
const withoutIdle = (text: string) => text.replace(/:\d+\r\n(?=:)|(?<=\$4\r\nidle\r\n):\d+\r\n/g, ':idle\r\n');

/** TTLs may differ by a second, and a client's id by anything. */
export function agreeInTime(shown: string, ours: string, theirs: string): boolean {
  const operation = withoutScript(shown);
  if (/^"(?:XPENDING|XINFO)"/.test(operation)) return withoutIdle(ours) === withoutIdle(theirs);
  if (!/"(?:TTL|EXPIRETIME|EXEC)"/i.test(operation)) return false;
  const shape = (text: string) => text.replace(/:\d{2,}\r\n/g, ':n\r\n');
  if (shape(ours) !== shape(theirs)) return false;
  const numbers = (text: string) => [...text.matchAll(/:(\d{2,})\r\n/g)].map((match) => Number(match[1]));
  const b = numbers(theirs);
  return numbers(ours).every((value, i) => Math.abs(value - (b[i] as number)) <= 1);
}
