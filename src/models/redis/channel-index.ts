import { globMatch, literalPrefix, literalSuffix } from './glob.js';

/** A pattern that somebody is subscribed to. */
export interface PatternEntry<Member> {
  readonly pattern: string;
  /** Order of first appearance. */
  readonly seq: number;
  readonly members: Set<Member>;
}

/**
 * Who is subscribed to what. Matching returns members and patterns and delivers nothing.
 *
 * Patterns stand in a table by their literal prefix, those that begin with a special byte in a second one by their
 * literal suffix: looking up a channel walks its own bytes and tests only patterns whose literal part fits.
 */
export class ChannelIndex<Member> {
  readonly #channels = new Map<string, Set<Member>>();
  readonly #patterns = new Map<string, PatternEntry<Member>>();
  readonly #byPrefix = new LiteralTable<PatternEntry<Member>>();
  readonly #bySuffix = new LiteralTable<PatternEntry<Member>>();
  #seq = 0;

  /** Channels with at least one exact subscriber, in order of first appearance. */
  get channels(): IterableIterator<string> {
    return this.#channels.keys();
  }

  get channelCount(): number {
    return this.#channels.size;
  }

  /** Distinct patterns over all members. */
  get patternCount(): number {
    return this.#patterns.size;
  }

  /** Exact subscribers of a channel, in the order in which they subscribed. */
  members(channel: string): ReadonlySet<Member> | undefined {
    return this.#channels.get(channel);
  }

  subscribe(channel: string, member: Member): void {
    const members = this.#channels.get(channel);
    if (members) members.add(member);
    else this.#channels.set(channel, new Set([member]));
  }

  unsubscribe(channel: string, member: Member): void {
    const members = this.#channels.get(channel);
    if (members?.delete(member) && members.size === 0) this.#channels.delete(channel);
  }

  psubscribe(pattern: string, member: Member): void {
    let entry = this.#patterns.get(pattern);
    if (!entry) {
      entry = { pattern, seq: this.#seq++, members: new Set() };
      this.#patterns.set(pattern, entry);
      const { table, literal } = this.#placeOf(pattern);
      table.add(literal, entry);
    }
    entry.members.add(member);
  }

  punsubscribe(pattern: string, member: Member): void {
    const entry = this.#patterns.get(pattern);
    if (!entry?.members.delete(member) || entry.members.size > 0) return;
    this.#patterns.delete(pattern);
    const { table, literal } = this.#placeOf(pattern);
    table.delete(literal, entry);
  }

  /** Patterns that match the channel, in order of first appearance. */
  match(channel: string): Array<PatternEntry<Member>> {
    const found: Array<PatternEntry<Member>> = [];
    if (this.#patterns.size === 0) return found;
    const check = (entry: PatternEntry<Member>) => {
      if (globMatch(entry.pattern, channel)) found.push(entry);
    };
    this.#byPrefix.visit(channel, 0, 1, check);
    this.#bySuffix.visit(channel, channel.length - 1, -1, check);
    return found.length > 1 ? found.sort((a, b) => a.seq - b.seq) : found;
  }

  /** Where a pattern stands; a suffix is written from its end. */
  #placeOf(pattern: string): { table: LiteralTable<PatternEntry<Member>>; literal: string } {
    const prefix = literalPrefix(pattern);
    if (prefix !== '') return { table: this.#byPrefix, literal: prefix };
    return { table: this.#bySuffix, literal: [...literalSuffix(pattern)].reverse().join('') };
  }
}

/**
 * Entries by the hash of a literal. The hash grows byte by byte, so that one walk over a text meets the hash of each
 * of its beginnings, and asks only at lengths that some literal has. Entries of another literal with the same hash are
 * visited, too.
 */
class LiteralTable<Entry> {
  readonly #byHash = new Map<number, Set<Entry>>();
  /** How many entries have a literal of this length. */
  readonly #lengths: number[] = [];

  add(literal: string, entry: Entry): void {
    const hash = hashOf(literal);
    const entries = this.#byHash.get(hash);
    if (entries) entries.add(entry);
    else this.#byHash.set(hash, new Set([entry]));
    while (this.#lengths.length <= literal.length) this.#lengths.push(0);
    this.#lengths[literal.length] = (this.#lengths[literal.length] as number) + 1;
  }

  delete(literal: string, entry: Entry): void {
    const hash = hashOf(literal);
    const entries = this.#byHash.get(hash);
    if (!entries?.delete(entry)) return;
    if (entries.size === 0) this.#byHash.delete(hash);
    this.#lengths[literal.length] = (this.#lengths[literal.length] as number) - 1;
    while (this.#lengths.at(-1) === 0) this.#lengths.pop();
  }

  /** Entries whose literal begins the text, read from `at` in steps of 1 or -1. */
  visit(text: string, at: number, step: 1 | -1, check: (entry: Entry) => void): void {
    const lengths = this.#lengths;
    const longest = Math.min(text.length, lengths.length - 1);
    let hash = 0;
    for (let length = 0; length <= longest; length++) {
      if (lengths[length] !== 0) this.#byHash.get(hash)?.forEach(check);
      hash = mix(hash, text.charCodeAt(at));
      at += step;
    }
  }
}

function hashOf(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = mix(hash, text.charCodeAt(i));
  return hash;
}

/** Never the same for `''` and a text of NULs. */
function mix(hash: number, byte: number): number {
  return (Math.imul(hash, 0x01000193) + byte + 1) | 0;
}
