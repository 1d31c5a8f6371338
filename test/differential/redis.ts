/**
 * Sends random programs of several clients to a real Redis 7.0 and to this broker, and compares every byte after the
 * documented freedoms. A divergence is reduced to the fewest operations that still show it.
 */
import { type RedisClient, RedisServer, settled } from '../helpers/redis-server.js';
import { readReplies } from '../helpers/resp.js';
import { agree, agreeInTime, PICKED, picks } from './redis-freedom.js';
import { Peer } from './redis-peer.js';
import { CLIENT_COUNT, type Operation, type Program, programOf } from './redis-program.js';

export interface DifferentialOptions {
  /** `host:port` of a real Redis 7.0; its data and configuration are changed. */
  readonly address: string;
  readonly operations: number;
  readonly seed: number;
  readonly report: (line: string) => void;
}

export interface Divergence {
  readonly seed: number;
  readonly program: Program;
  readonly what: string;
}

/** Commands whose interpreter is loaded with the first of them. */
const NEEDS_LUA = /^"(?:EVAL|FCALL|FUNCTION|SCRIPT)/;

const MOST_DIVERGENCES = 12;

/** How long the real server may take for what the other has answered already. */
const PATIENCE_MS = 2_000;

/** @returns what differed; stops after a dozen */
export async function compareWithRedis(options: DifferentialOptions): Promise<Divergence[]> {
  const [host = '127.0.0.1', port = '6379'] = options.address.split(':');
  const comparison = new Comparison(host, Number(port));
  const found: Divergence[] = [];
  const started = Date.now();
  let operations = 0;
  let reported = 0;
  try {
    for (let seed = options.seed; operations < options.operations && found.length < MOST_DIVERGENCES; seed++) {
      const program = programOf(seed);
      operations += program.length;
      const what = await comparison.run(program).catch((error: unknown) => {
        throw new Error(`seed ${seed}`, { cause: error });
      });
      if (what !== undefined) {
        const smallest = await shrink(comparison, program);
        found.push({ seed, program: smallest.program, what: smallest.what ?? what });
        const shown = `seed ${seed} diverges:\n${describe(smallest.program)}\n${smallest.what ?? what}`;
        options.report(shown.slice(0, 2_000));
      }
      if (operations - reported >= 50_000) {
        reported = operations;
        const rate = Math.round((operations * 1_000) / (Date.now() - started));
        options.report(`${operations} operations, ${rate} a second, next seed ${seed + 1}`);
      }
    }
  } finally {
    await comparison.close();
  }
  options.report(`${operations} operations against a real Redis, ${found.length} divergences`);
  return found;
}

function describe(program: Program): string {
  return program.map(({ client, shown }) => `  ${client}: ${shown}`).join('\n');
}

/** Leaves out operations, half of them first, as long as the rest still diverges. */
async function shrink(
  comparison: Comparison,
  program: Program,
): Promise<{ program: Program; what: string | undefined }> {
  let smallest = program;
  let what: string | undefined;
  for (let size = Math.ceil(smallest.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < smallest.length; ) {
      const shorter = smallest.filter((_, i) => i < at || i >= at + size);
      const difference = await comparison.run(shorter);
      if (difference === undefined) at += size;
      else {
        smallest = shorter;
        what = difference;
      }
    }
  }
  return { program: smallest, what };
}

class Comparison {
  readonly #host: string;
  readonly #port: number;
  readonly #peers: Array<Peer | undefined> = [];
  #admin: Peer | undefined;

  constructor(host: string, port: number) {
    this.#host = host;
    this.#port = port;
  }

  /** Runs a program on both; undefined when they agree. */
  async run(program: Program): Promise<string | undefined> {
    await this.#reset();
    const server = new RedisServer({ version: '7.0', debug: true }, { journal: false });
    // The moment at which expired keys are looked for is free; keys that are used have to be gone on time.
    server.model.setActiveExpire(false);
    server.clock.advanceTo(Math.max(server.clock.now, Date.now()));
    // The real server has a connection more: the one that resets it.
    server.connect();
    const ours: RedisClient[] = Array.from({ length: CLIENT_COUNT }, () => server.connect());
    const theirs = await this.#connect();
    if (program.some(({ shown }) => NEEDS_LUA.test(shown))) await server.door.scripting.load();
    for (const operation of program) {
      const difference = await this.#step(server, ours, theirs, operation);
      if (difference !== undefined) {
        this.#dropAll();
        return `at ${operation.client}: ${operation.shown}\n${difference}`;
      }
    }
    return this.#finish(ours, theirs, server);
  }

  async close(): Promise<void> {
    this.#dropAll();
    this.#admin?.end();
  }

  async #step(
    server: RedisServer,
    ours: RedisClient[],
    theirs: Peer[],
    operation: Operation,
  ): Promise<string | undefined> {
    const client = ours[operation.client] as RedisClient;
    if (client.closed) return undefined;
    await server.advance(Math.max(0, Date.now() - server.clock.now));
    const picked = client.session.transaction.queued.some(({ args }) => picks(`"${args.join('" "')}"`));
    const shown = picked && /^"EXEC"/i.test(operation.shown) ? `${operation.shown}${PICKED}` : operation.shown;
    client.sendRaw(operation.bytes);
    await settled();
    (theirs[operation.client] as Peer).write(operation.bytes);
    // Without an answer to wait for, the next operation could be read together with this one.
    if (client.unread === '' && !client.closed) await this.#admin?.ask(['PING']).catch(() => {});
    const errors = server.errors.map((error) => String((error as Error).stack));
    if (errors.length > 0) return `reported: ${errors.join('\n')}`;
    // The sender first: when its answer is there, the effects on the others are on their way.
    const order = [operation.client, ...ours.keys()].filter((at, i, all) => all.indexOf(at) === i);
    for (const at of order) {
      const difference = await compare(ours[at] as RedisClient, theirs[at] as Peer, shown);
      if (difference !== undefined) return `client ${at}: ${difference}`;
    }
    return undefined;
  }

  /** RESET ends every conversation: what was not expected stands before its answer, or that of PING if it is muted. */
  async #finish(ours: RedisClient[], theirs: Peer[], server: RedisServer): Promise<string | undefined> {
    for (const [at, client] of ours.entries()) {
      const peer = theirs[at] as Peer;
      const blocked = [...server.door.sessions.values()].some(
        (session) => session.transport === client && session.blocked,
      );
      if (client.session.closing || blocked || client.session.pendingInputBytes > 0) {
        if (peer.received !== '') return `client ${at} got ${JSON.stringify(peer.received)} more`;
        peer.end();
        this.#peers[at] = undefined;
        continue;
      }
      const end = '*1\r\n$5\r\nRESET\r\n*1\r\n$4\r\nPING\r\n';
      client.sendRaw(end);
      peer.write(end);
      await settled();
      const difference = await compare(client, peer, 'RESET at the end');
      if (difference !== undefined) {
        this.#dropAll();
        return `client ${at}: ${difference}`;
      }
    }
    return undefined;
  }

  async #connect(): Promise<Peer[]> {
    for (let at = 0; at < CLIENT_COUNT; at++) {
      if (this.#peers[at] && !this.#peers[at]?.closed) continue;
      this.#peers[at] = new Peer(this.#host, this.#port);
      await this.#peers[at]?.ask(['PING']);
    }
    return this.#peers as Peer[];
  }

  async #reset(): Promise<void> {
    // A program may have killed this connection, which shows only when it is used.
    for (let attempt = 0; attempt < 2; attempt++) {
      if (!this.#admin || this.#admin.closed) this.#admin = new Peer(this.#host, this.#port);
      await this.#cleanUp(this.#admin);
      if (!this.#admin.closed) return;
    }
    throw new Error('the real Redis is gone');
  }

  async #cleanUp(admin: Peer): Promise<void> {
    await admin.ask(
      ['AUTH', 'default', ''],
      ['ACL', 'DELUSER', 'alice', 'bob'],
      ['ACL', 'SETUSER', 'default', 'on', 'nopass', '+@all', '~*', 'allchannels'],
      ['CONFIG', 'SET', 'notify-keyspace-events', '', 'maxmemory', '0', 'maxmemory-policy', 'noeviction'],
      ['CONFIG', 'SET', 'hz', '10', 'timeout', '0', 'appendonly', 'no', 'requirepass', ''],
      ['CONFIG', 'SET', 'slowlog-log-slower-than', '-1'],
      ['SLOWLOG', 'RESET'],
      ['SCRIPT', 'FLUSH'],
      ['FUNCTION', 'FLUSH'],
      ['CLIENT', 'UNPAUSE'],
      ['DEBUG', 'SET-ACTIVE-EXPIRE', '0'],
      ['FLUSHALL'],
    );
  }

  #dropAll(): void {
    for (const peer of this.#peers) peer?.end();
    this.#peers.length = 0;
  }
}

/** What Redis still writes for a transaction that has killed its own client: lengths that are told late. */
const LATE_HEADERS = /^(?:[*%~]\d+\r\n)+$/;

/** Waits for what the other side has said already, then compares. */
async function compare(client: RedisClient, peer: Peer, operation: string): Promise<string | undefined> {
  const ours = client.take();
  // An answer may be cut short: EXEC's header without what CLIENT REPLY OFF silenced.
  const wanted = readReplies(ours)?.length;
  const enough = (text: string) =>
    wanted === undefined ? text.length >= ours.length : (readReplies(text)?.length ?? 0) >= wanted;
  const arrived = () => {
    if (client.closed) return peer.closed;
    return peer.closed || (peer.received.length > 0 && enough(peer.received));
  };
  if (ours !== '' || client.closed) await peer.until(arrived, PATIENCE_MS);
  const theirs = peer.take();
  if (client.closed !== peer.closed) {
    return `${peer.closed ? 'Redis' : 'tribroker'} closed the connection\nRedis:     ${JSON.stringify(theirs)}\ntribroker: ${JSON.stringify(ours)}`;
  }
  if (client.closed && theirs.startsWith(ours) && LATE_HEADERS.test(theirs.slice(ours.length))) return undefined;
  if (agree(operation, ours, theirs) || agreeInTime(operation, ours, theirs)) return undefined;
  return `Redis:     ${JSON.stringify(theirs)}\ntribroker: ${JSON.stringify(ours)}`;
}
