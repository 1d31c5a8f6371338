/**
 * Replays conversations that were recorded from a real Redis, in memory and on a virtual clock. A recording is a list
 * of steps: a client sends, a client's next bytes are compared, time passes, a connection ends.
 */
import { type RedisClient, RedisServer, settled } from './redis-server.js';
import { encodeRequest, type Reply, readReplies } from './resp.js';

type Send =
  | string
  | readonly string[]
  | ReadonlyArray<readonly string[]>
  | { readonly repeat: number; readonly cmd: readonly string[] }
  | BigSend;

/** Argument `i` is `big[i]`: a byte, repeated. */
interface BigSend {
  readonly cmd: readonly string[];
  readonly big: Readonly<Record<string, readonly [byte: number, count: number]>>;
}

type Mode = 'exact' | 're' | 'num' | 'unordered' | 'pairs' | 'unsub' | 'frames';

interface Step {
  readonly client?: string;
  readonly send?: Send;
  readonly expect?: string | readonly [number, number];
  readonly mode?: Mode;
  readonly closed?: boolean;
  readonly capture?: Readonly<Record<string, string>>;
  readonly wait?: number;
  readonly close?: boolean;
  readonly noread?: boolean;
  readonly read?: boolean;
}

export interface Conversation {
  readonly name: string;
  readonly about?: string;
  readonly tags?: readonly string[];
  readonly requires?: readonly string[];
  readonly config?: Readonly<Record<string, string>>;
  readonly setup?: ReadonlyArray<readonly string[]>;
  readonly alsoHolds?: readonly string[];
  readonly steps: readonly Step[];
}

/** How long silence is listened to, and how long an answer is waited for, in milliseconds of virtual time. */
const SETTLE_MS = 25;
const PATIENCE_MS = 2_000;
const STEP_MS = 5;

/** Replays a conversation against a server of its own; returns what differed. */
export async function replay(conversation: Conversation, version: '7.0' | '7.2'): Promise<string[]> {
  const requires = new Set(conversation.requires);
  const server = new RedisServer({ version, debug: requires.has('debug'), cluster: requires.has('cluster') });
  if (conversation.steps.some(({ send }) => /"(?:EVAL|SCRIPT)/.test(JSON.stringify(send) ?? '')))
    await server.door.scripting.load();
  const run = new Replay(server);
  run.prepare(conversation);
  for (const [index, step] of conversation.steps.entries()) await run.step(index, step);
  await run.finish();
  return run.failures;
}

class Replay {
  readonly failures: string[] = [];
  readonly #server: RedisServer;
  readonly #clients = new Map<string, RedisClient>();
  readonly #captured = new Map<string, string>();

  constructor(server: RedisServer) {
    this.#server = server;
  }

  /** Parameters and commands that precede the conversation, on a connection of their own that stays open. */
  prepare(conversation: Conversation): void {
    const admin = this.#server.connect();
    const config = Object.entries(conversation.config ?? {}).map(([name, value]) => ['CONFIG', 'SET', name, value]);
    for (const command of [...config, ...(conversation.setup ?? [])]) {
      const answer = admin.ask(...command);
      if (answer.startsWith('-')) this.failures.push(`${command.join(' ')}: ${answer}`);
    }
  }

  async step(index: number, step: Step): Promise<void> {
    if (step.wait) await this.#server.advance(step.wait);
    if (step.client === undefined) return;
    const client = this.#client(step.client);
    if (step.close) return client.close();
    if (step.noread || step.read) client.read(step.read === true);
    if (step.send !== undefined) client.sendRaw(this.#bytesOf(step.send));
    await settled();
    const got = step.expect === undefined ? undefined : await this.#receive(client, step);
    if (got !== undefined && !this.#matches(step, got)) {
      this.failures.push(
        `step ${index} ${step.client} ${JSON.stringify(step.send)?.slice(0, 200)}\n` +
          `  want ${JSON.stringify(step.expect)?.slice(0, 600)}\n  got  ${JSON.stringify(got + client.take()).slice(0, 600)}`,
      );
    }
    if (step.closed && !(await this.#until(() => client.closed))) {
      this.failures.push(`step ${index} ${step.client}: the connection was not closed`);
    }
    for (const [name, source] of Object.entries(step.capture ?? {})) {
      const match = new RegExp(source, 's').exec(got ?? '');
      if (match) this.#captured.set(name, match[1] as string);
      else this.failures.push(`step ${index}: nothing to capture as ${name}`);
    }
  }

  /** Nothing may be left that nobody asked about. */
  async finish(): Promise<void> {
    await this.#server.advance(SETTLE_MS);
    for (const [name, client] of this.#clients) {
      if (client.unreadBytes > 0)
        this.failures.push(`${name} got more: ${JSON.stringify(client.take().slice(0, 300))}`);
    }
    for (const error of this.#server.errors) this.failures.push(`reported: ${(error as Error).stack ?? error}`);
  }

  #client(name: string): RedisClient {
    let client = this.#clients.get(name);
    if (!client) {
      client = this.#server.connect();
      this.#clients.set(name, client);
    }
    return client;
  }

  async #until(condition: () => boolean): Promise<boolean> {
    for (let waited = 0; waited < PATIENCE_MS && !condition(); waited += STEP_MS) await this.#server.advance(STEP_MS);
    return condition();
  }

  async #receive(client: RedisClient, step: Step): Promise<string> {
    const mode = step.mode ?? 'exact';
    if (mode === 're' || mode === 'num') {
      if (step.closed) await this.#until(() => client.closed);
      await this.#until(() => this.#matches(step, client.unread) || client.closed);
      return client.take();
    }
    const want = this.#expand(step.expect as string, false);
    if (want === '') await this.#server.advance(SETTLE_MS);
    else await this.#until(() => client.unreadBytes >= want.length || client.closed);
    return client.take(want === '' ? undefined : want.length);
  }

  #matches(step: Step, got: string): boolean {
    const { expect } = step;
    switch (step.mode ?? 'exact') {
      case 're':
        return new RegExp(`^(?:${this.#expand(expect as string, true)})$`, 's').test(got);
      case 'num': {
        const value = /^:(-?\d+)\r\n$/.exec(got);
        const [from, to] = expect as readonly [number, number];
        return value !== null && Number(value[1]) >= from && Number(value[1]) <= to;
      }
      default:
        return sameReplies(step.mode ?? 'exact', this.#expand(expect as string, false), got);
    }
  }

  #expand(text: string, pattern: boolean): string {
    return text.replace(/\$\{(\w+)([+-]\d+)?\}/g, (whole, name: string, shift?: string) => {
      const nowMs = this.#server.clock.now;
      const known = new Map([
        ...this.#captured,
        ['unixtime', `${Math.floor(nowMs / 1000)}`],
        ['unixtimems', `${nowMs}`],
      ]);
      const value = known.get(name);
      if (value === undefined) return whole;
      if (pattern) return value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
      return shift === undefined ? value : String(Number(value) + Number(shift));
    });
  }

  #bytesOf(send: Send): string {
    const request = (args: readonly string[]) => encodeRequest(args.map((arg) => this.#expand(arg, false)));
    if (typeof send === 'string') return this.#expand(send, false);
    if (Array.isArray(send)) {
      return Array.isArray(send[0]) ? send.map((args) => request(args)).join('') : request(send as string[]);
    }
    if ('repeat' in send) return request(send.cmd).repeat(send.repeat);
    const { cmd, big } = send as BigSend;
    const filled = cmd.map((arg, i) => {
      const [byte, count] = big[i] ?? [0, 0];
      return count > 0 ? String.fromCharCode(byte).repeat(count) : arg;
    });
    return request(filled);
  }
}

/** Compares where the real server's own order is free. */
function sameReplies(mode: Mode, want: string, got: string): boolean {
  if (want === got) return true;
  if (mode === 'exact') return false;
  const wanted = readReplies(want);
  const received = readReplies(got);
  if (!wanted || !received || wanted.length !== received.length) return false;
  switch (mode) {
    case 'unordered':
    case 'pairs':
      return wanted.every((reply, i) => sameElements(reply, received[i] as Reply, mode === 'pairs'));
    case 'unsub':
      return same(
        wanted,
        received,
        (r) => `${r.kind}${r.items?.[0]?.raw}${r.items?.[2]?.raw}`,
        (r) => r.items?.[1]?.raw,
      );
    case 'frames':
      return same(
        wanted,
        received,
        (r) => `${r.kind}${r.items?.[0]?.raw}`,
        (r) => r.raw,
      );
    default:
      return false;
  }
}

/** Equal in order by one view, equal as bags by another. */
function same(
  a: readonly Reply[],
  b: readonly Reply[],
  ordered: (reply: Reply) => string,
  bag: (reply: Reply) => string | undefined,
): boolean {
  const bagOf = (replies: readonly Reply[]) => replies.map(bag).sort().join('');
  return a.map(ordered).join('') === b.map(ordered).join('') && bagOf(a) === bagOf(b);
}

function sameElements(a: Reply, b: Reply, pairs: boolean): boolean {
  if (!a.items || !b.items || a.kind !== b.kind) return a.raw === b.raw;
  const width = pairs || a.kind === '%' ? 2 : 1;
  const bag = (items: readonly Reply[]) => {
    const parts: string[] = [];
    for (let i = 0; i < items.length; i += width)
      parts.push(
        items
          .slice(i, i + width)
          .map((item) => item.raw)
          .join(''),
      );
    return parts.sort().join('');
  };
  return a.items.length === b.items.length && bag(a.items) === bag(b.items);
}
