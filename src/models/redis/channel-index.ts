import { globMatch, literalPrefix, literalSuffix } from './glob.js';

/** A pattern that somebody is subscribed to. */
export interface PatternEntry<Member> {
  readonly pattern: string;
  /** Order of first appearance. */
  readonly seq: number;
  readonly members: Set<Member>;
}

interface Node<Member> {
  readonly children: Map<number, Node<Member>>;
  readonly entries: Set<PatternEntry<Member>>;
}

const emptyNode = <Member>(): Node<Member> => ({ children: new Map(), entries: new Set() });

/**
 * Who is subscribed to what. Matching returns members and patterns and delivers nothing.
 *
 * Patterns hang in a trie by their literal prefix, those that begin with a special byte in a second one by their
 * literal suffix: looking up a channel walks its own bytes and tests only patterns whose literal part fits.
 */
export class ChannelIndex<Member> {
  readonly #channels = new Map<string, Set<Member>>();
  readonly #patterns = new Map<string, PatternEntry<Member>>();
  readonly #prefixes = emptyNode<Member>();
  readonly #suffixes = emptyNode<Member>();
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
      this.#nodeOf(pattern, true)?.entries.add(entry);
    }
    entry.members.add(member);
  }

  punsubscribe(pattern: string, member: Member): void {
    const entry = this.#patterns.get(pattern);
    if (!entry?.members.delete(member) || entry.members.size > 0) return;
    this.#patterns.delete(pattern);
    this.#remove(entry);
  }

  /** Patterns that match the channel, in order of first appearance. */
  match(channel: string): Array<PatternEntry<Member>> {
    const found: Array<PatternEntry<Member>> = [];
    if (this.#patterns.size === 0) return found;
    const collect = (node: Node<Member>) => {
      for (const entry of node.entries) if (globMatch(entry.pattern, channel)) found.push(entry);
    };
    let node: Node<Member> | undefined = this.#prefixes;
    for (let i = 0; node; i++) {
      collect(node);
      node = i < channel.length ? node.children.get(channel.charCodeAt(i)) : undefined;
    }
    node = this.#suffixes;
    for (let i = channel.length - 1; node; i--) {
      collect(node);
      node = i >= 0 ? node.children.get(channel.charCodeAt(i)) : undefined;
    }
    return found.length > 1 ? found.sort((a, b) => a.seq - b.seq) : found;
  }

  #path(pattern: string): { root: Node<Member>; bytes: number[] } {
    const prefix = literalPrefix(pattern);
    if (prefix !== '') return { root: this.#prefixes, bytes: Array.from(prefix, (char) => char.charCodeAt(0)) };
    const suffix = literalSuffix(pattern);
    return { root: this.#suffixes, bytes: Array.from(suffix, (char) => char.charCodeAt(0)).reverse() };
  }

  #nodeOf(pattern: string, create: boolean): Node<Member> | undefined {
    const { root, bytes } = this.#path(pattern);
    let node: Node<Member> = root;
    for (const byte of bytes) {
      let child = node.children.get(byte);
      if (!child) {
        if (!create) return undefined;
        child = emptyNode();
        node.children.set(byte, child);
      }
      node = child;
    }
    return node;
  }

  /** Takes an entry out, and the nodes that nothing needs any more. */
  #remove(entry: PatternEntry<Member>): void {
    const { root, bytes } = this.#path(entry.pattern);
    const walked: Array<Node<Member>> = [root];
    for (const byte of bytes) walked.push(walked.at(-1)?.children.get(byte) as Node<Member>);
    walked.at(-1)?.entries.delete(entry);
    for (let i = bytes.length; i > 0; i--) {
      const node = walked[i] as Node<Member>;
      if (node.entries.size > 0 || node.children.size > 0) break;
      walked[i - 1]?.children.delete(bytes[i - 1] as number);
    }
  }
}
