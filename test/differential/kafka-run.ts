/** Runs a program on a real broker and on this one, request by request, and says where they part. */
import type { AnyApi } from '../../src/wire/kafka/handler.js';
import { Writer } from '../../src/wire/kafka/writer.js';
import { anyAcl } from '../helpers/kafka-request.js';
import { decodeResponse, encodeRequest } from '../helpers/kafka-wire.js';
import { Memory } from './kafka-content.js';
import {
  essence,
  isFault,
  isOtherLeader,
  isRefusedCommit,
  isUnseen,
  leaderOf,
  saysOtherwise,
  withoutMessages,
} from './kafka-freedom.js';
import { CONNECTION_COUNT, kafkaApi, type Operation, type Program } from './kafka-program.js';
import { type Line, OurSite, RealLine, usersOf } from './kafka-site.js';

/** How long the real broker may take for what the other has answered already. */
const PATIENCE_MS = 3_000;
/** How long it gets to begin to wait, as the other does. */
const PARK_MS = 12;
const HOUR_MS = 3_600_000;
/** What is not to be seen in this time is not going to be. */
const SETTLE_MS = 30_000;

export interface Difference {
  readonly operation: Operation | undefined;
  readonly what: string;
}

export interface Outcome {
  readonly difference: Difference | undefined;
  /** Where only what people read differs. */
  readonly texts: readonly string[];
}

/** A broker as a program sees it. */
class Peer {
  readonly lines: Line[] = [];
  readonly memory: Memory;
  readonly #users: readonly string[] | undefined;
  readonly #open: () => Line;

  /** @param users of the connections, undefined where nobody says who he is */
  constructor(memory: Memory, users: readonly string[] | undefined, open: () => Line) {
    this.memory = memory;
    this.#users = users;
    this.#open = open;
  }

  async connect(at: number): Promise<void> {
    this.lines[at]?.end();
    const line = this.#open();
    this.lines[at] = line;
    const user = this.#users?.[at];
    if (user === undefined) return;
    await ask(line, 'SaslHandshake', 1, { mechanism: 'PLAIN' });
    await ask(line, 'SaslAuthenticate', 2, { authBytes: Buffer.from(`\0${user}\0${user}`) });
  }
}

async function ask(line: Line, name: string, version: number, body: object): Promise<void> {
  line.send(encodeRequest(kafkaApi(name), version, body as never));
  if (line instanceof RealLine) await line.settled(PATIENCE_MS);
  const frame = line.take();
  const answer: any = frame && decodeResponse(kafkaApi(name), version, frame).body;
  if (answer?.errorCode !== 'NONE') throw new Error(`${name} was answered with ${JSON.stringify(answer)}`);
}

/** A request that is not answered yet. */
interface Pending {
  readonly operation: Operation;
  readonly bodies: readonly [ours: any, theirs: any];
}

/** Where a real broker listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Runs programs on one real broker, one after the other. */
export class KafkaRunner {
  readonly #address: Address;
  readonly #sasl: Address | undefined;
  readonly #lane: number;
  readonly #prefix: string;
  readonly #admin: RealLine;
  #barriers = 0;
  #runs = 0;

  /**
   * @param sasl where users say who they are, and rules say what they may
   * @param lane different for runners that share a broker
   */
  constructor(address: Address, sasl: Address | undefined, lane: number) {
    this.#address = address;
    this.#sasl = sasl;
    this.#lane = lane;
    this.#prefix = `p${process.pid}l${lane}r`;
    this.#admin = new RealLine(address);
  }

  async run(program: Program): Promise<Outcome> {
    const prefix = `${this.#prefix}${String(++this.#runs).padStart(6, '0')}-`;
    const baseMs = Date.now() - HOUR_MS;
    const users = this.#sasl && usersOf(this.#lane);
    const site = new OurSite(Date.now(), users);
    const peer = (open: () => Line) => new Peer(new Memory(prefix, this.#lane, baseMs), users, open);
    const ours = peer(() => site.open());
    const theirs = peer(() => new RealLine(this.#sasl ?? this.#address));
    const run = new Run(this, site, ours, theirs);
    try {
      await run.open();
      for (const operation of program) {
        if (run.isOver) break;
        const what = await run.step(operation);
        if (site.world.errors.length > 0) {
          const errors = site.world.errors.map((error) => (error as Error).stack);
          return { difference: { operation, what: errors.join('\n') }, texts: run.texts };
        }
        if (what !== undefined) return { difference: { operation, what }, texts: run.texts };
      }
      const what = run.isOver ? undefined : await run.finish();
      return { difference: what === undefined ? undefined : { operation: undefined, what }, texts: run.texts };
    } finally {
      for (const line of [...ours.lines, ...theirs.lines]) line.end();
      await this.#clean(prefix);
      if (users) await this.#deleteRules(prefix, users);
    }
  }

  /** Waits until the real broker has taken in what its controller decided before. */
  async barrier(): Promise<void> {
    // The second change is published when the first one is taken in by everything.
    for (let round = 0; round < 2; round++) {
      const value = String(1_000_000 + ++this.#barriers);
      const resourceName = `${this.#prefix}barrier`;
      const configs = [{ name: 'interval.ms', configOperation: 0, value }];
      const resources = [{ resourceType: CLIENT_METRICS, resourceName, configs }];
      await this.#admin.ask('IncrementalAlterConfigs', 1, { resources, validateOnly: false });
      await until(`interval.ms of ${resourceName} is ${value}`, async () => {
        const asked = [{ resourceType: CLIENT_METRICS, resourceName, configurationKeys: ['interval.ms'] }];
        const answer = await this.#admin.ask('DescribeConfigs', 4, { resources: asked });
        return answer.results[0].configs[0]?.value === value;
      });
    }
  }

  /** Waits until a decided transaction has its markers. */
  async completed(transactionalId: string): Promise<void> {
    await until(`the transaction of ${transactionalId} is over`, async () => {
      const answer = await this.#admin.ask('DescribeTransactions', 0, { transactionalIds: [transactionalId] });
      return !answer.transactionStates[0].transactionState.startsWith('Prepare');
    });
  }

  end(): void {
    this.#admin.end();
  }

  async #deleteUsers(prefix: string): Promise<void> {
    const { results } = await this.#admin.ask('DescribeUserScramCredentials', 0, { users: null });
    const own = results.filter(({ user }: { user: string }) => user.startsWith(prefix));
    for (const mechanism of own.length > 0 ? SCRAM_MECHANISMS : []) {
      const deletions = own.map(({ user }: { user: string }) => ({ name: user, mechanism }));
      await this.#admin.ask('AlterUserScramCredentials', 0, { deletions, upsertions: [] });
    }
  }

  async #deleteRules(prefix: string, users: readonly string[]): Promise<void> {
    const { resources } = await this.#admin.ask('DescribeAcls', 3, anyAcl);
    const names = resources.map(({ resourceName }: { resourceName: string }) => resourceName);
    const own = new Set<string>(names.filter((name: string) => name.startsWith(prefix)));
    const filters = [
      ...users.slice(2).map((user) => ({ ...anyAcl, principalFilter: `User:${user}` })),
      ...[...own].map((resourceNameFilter) => ({ ...anyAcl, resourceNameFilter })),
    ];
    await this.#admin.ask('DeleteAcls', 3, { filters });
  }

  async #clean(prefix: string): Promise<void> {
    const all = await this.#admin.ask('Metadata', 8, { topics: null, allowAutoTopicCreation: false });
    const topicNames = all.topics.map((topic: any) => topic.name).filter((name: string) => name.startsWith(prefix));
    await this.#admin.ask('DeleteTopics', 5, { topicNames, timeoutMs: 5_000 });
    await this.#deleteUsers(prefix);
    const { groups } = await this.#admin.ask('ListGroups', 4, { statesFilter: ['Empty'] });
    const groupsNames = groups.map((group: any) => group.groupId).filter((name: string) => name.startsWith(prefix));
    if (groupsNames.length > 0) await this.#admin.ask('DeleteGroups', 2, { groupsNames });
  }
}

const CLIENT_METRICS = 16;
const SCRAM_MECHANISMS = [1, 2];

/** After these the controller has decided something that brokers take in a moment later. */
const DECIDED_BY_CONTROLLER = new Set([
  'CreateTopics',
  'DeleteTopics',
  'CreatePartitions',
  'AlterConfigs',
  'IncrementalAlterConfigs',
  'Metadata',
  'AlterPartitionReassignments',
  'AlterUserScramCredentials',
  'CreateAcls',
  'DeleteAcls',
]);

/** What only reads may be ahead of what Kafka has decided, and then says something else a moment later. */
const READING = /^(?:Describe|List|Metadata|ConsumerGroupDescribe)/;

/** A request of these may have to wait. */
const WAITING = new Set(['JoinGroup', 'SyncGroup', 'Fetch']);

class Run {
  readonly texts: string[] = [];
  /** Kafka did what it should not, and nobody knows what it did. */
  isOver = false;
  /** Groups that began with a commit of which nothing was taken, as far as is known. */
  readonly #unwritten = new Set<string>();
  /** Who is known to lead a group. */
  readonly #leaders = new Map<string, string>();
  readonly #runner: KafkaRunner;
  readonly #site: OurSite;
  readonly #ours: Peer;
  readonly #theirs: Peer;
  readonly #pending: Array<Pending | undefined> = [];

  constructor(runner: KafkaRunner, site: OurSite, ours: Peer, theirs: Peer) {
    this.#runner = runner;
    this.#site = site;
    this.#ours = ours;
    this.#theirs = theirs;
  }

  async open(): Promise<void> {
    for (let at = 0; at < CONNECTION_COUNT; at++) await this.#connect(at);
  }

  async #connect(connection: number): Promise<void> {
    await Promise.all([this.#ours, this.#theirs].map((peer) => peer.connect(connection)));
  }

  /** @param again how often what only reads is asked again when the answers differ */
  async step(operation: Operation, again = 3): Promise<string | undefined> {
    const { connection, api: name } = operation;
    if (this.#pending[connection]) return undefined;
    if (this.#ours.lines[connection]?.closed) await this.#connect(connection);
    // What is appended later has a later time in both.
    if (name === 'Produce') await this.#nextMoment();
    const bodies = [this.#send(this.#ours, operation), this.#send(this.#theirs, operation)] as const;
    this.#pending[connection] = { operation, bodies };
    const what = await this.#collect(connection);
    if (what !== undefined && READING.test(name) && again > 0) {
      await pause(PARK_MS);
      return this.step(operation, again - 1);
    }
    if (what !== undefined) return what;
    if (isSilent(operation)) return this.step({ connection, api: 'ApiVersions', version: 0, body: {} });
    if (DECIDED_BY_CONTROLLER.has(name)) await this.#runner.barrier();
    if (name === 'EndTxn' || name === 'InitProducerId') {
      const { transactionalId } = bodies[1];
      if (transactionalId) await this.#runner.completed(transactionalId);
    }
    return undefined;
  }

  /** What is still unanswered has to be so on both sides. */
  async finish(): Promise<string | undefined> {
    await pause(PARK_MS);
    for (let at = 0; at < CONNECTION_COUNT; at++) {
      const line = this.#theirs.lines[at] as RealLine;
      if (line.answered && !this.#isFault(at)) return `connection ${at}: Kafka answers, tribroker does not`;
      if (line.closed && !this.#ours.lines[at]?.closed) return `connection ${at}: Kafka closed it, tribroker did not`;
    }
    return undefined;
  }

  async #nextMoment(): Promise<void> {
    const before = Date.now();
    while (Date.now() === before) await new Promise((resolve) => setImmediate(resolve));
    const { clock } = this.#site.world;
    clock.advanceTo(clock.now + 1);
  }

  #isFault(at: number): boolean {
    const pending = this.#pending[at];
    const frame = (this.#theirs.lines[at] as RealLine).take();
    return (
      !!pending && !!frame && isFault(this.#essence(this.#theirs, at, pending.operation, pending.bodies[1], frame))
    );
  }

  #send(peer: Peer, operation: Operation): any {
    const { connection, api, version, body, cut, client } = operation;
    const resolved = peer.memory.resolve(body, connection);
    const bytes = Buffer.from(encodeRequest(kafkaApi(api), version, resolved, connection + 100, client ?? 'test'));
    (peer.lines[connection] as Line).send(cut ? garbled(bytes, cut) : bytes);
    return resolved;
  }

  /** Takes what both sides answer to anybody, the sender first. */
  async #collect(sender: number): Promise<string | undefined> {
    let parked = true;
    for (const at of [sender, ...this.#pending.keys()]) {
      const pending = this.#pending[at];
      if (!pending) continue;
      const line = this.#ours.lines[at] as Line;
      const ours = line.take();
      if (!ours && !line.closed) {
        if (at !== sender || !isSilent(pending.operation)) continue;
        this.#pending[at] = undefined;
        continue;
      }
      if (at === sender) parked = false;
      this.#pending[at] = undefined;
      const what = await this.#compare(at, pending, ours);
      if (what !== undefined) return `connection ${at}: ${what}`;
      if (this.isOver) return undefined;
    }
    if (parked) await pause(PARK_MS);
    return undefined;
  }

  async #compare(
    at: number,
    { operation, bodies }: Pending,
    ours: Uint8Array | undefined,
  ): Promise<string | undefined> {
    const line = this.#theirs.lines[at] as RealLine;
    await line.settled(PATIENCE_MS);
    const theirs = line.take();
    if (!ours || !theirs) {
      const done = ours || this.#ours.lines[at]?.closed;
      if (done && !theirs && !line.closed && !WAITING.has(operation.api)) {
        this.isOver = true;
        return undefined;
      }
      if (ours || theirs || !line.closed) {
        const say = (frame: Uint8Array | undefined, closed: boolean) =>
          frame ? 'answers' : closed ? 'closes' : 'is silent';
        const closed = this.#ours.lines[at]?.closed ?? false;
        const detail = ours ?? theirs;
        return `Kafka ${say(theirs, line.closed)}, tribroker ${say(ours, closed)}: ${detail && shown(operation, detail)}`;
      }
      return undefined;
    }
    const a = this.#essence(this.#theirs, at, operation, bodies[1], theirs);
    const b = this.#essence(this.#ours, at, operation, bodies[0], ours);
    if (isRefusedCommit(operation.api, b))
      this.#unwritten.add(bodies[0].groupId.replace(this.#ours.memory.prefix, '~'));
    const lastLeader = this.#leaders.get(bodies[0].groupId);
    const leader = operation.api === 'JoinGroup' ? leaderOf(b) : undefined;
    if (leader) this.#leaders.set(bodies[0].groupId, leader);
    if (a === b) return undefined;
    if (operation.api === 'JoinGroup' && isOtherLeader(a, b, lastLeader)) {
      this.isOver = true;
      return undefined;
    }
    const listsGroups = operation.api === 'DescribeGroups' || operation.api === 'ListGroups';
    if (isFault(a) || (listsGroups && isUnseen(a, b, this.#unwritten))) {
      this.isOver = true;
      return undefined;
    }
    if (withoutMessages(a) === withoutMessages(b)) {
      if (saysOtherwise(a, b)) this.texts.push(`${operation.api}: ${linesApart(a, b)}`);
      return undefined;
    }
    return linesApart(a, b);
  }

  #essence(peer: Peer, at: number, operation: Operation, request: any, frame: Uint8Array): string {
    const api = kafkaApi(operation.api);
    // A version that is not on offer is answered in version 0.
    const version = isOffered(api, operation.version) ? operation.version : 0;
    let answer: any;
    try {
      answer = decodeResponse(api, version, frame).body;
    } catch (error) {
      return JSON.stringify(`${(error as Error).message}: ${Buffer.from(frame).toString('hex')}`);
    }
    if (version === operation.version) peer.memory.learn(operation.api, at, request, answer);
    const shape = writesTheSame(api, version, answer, frame) ? '' : '\n"other bytes"';
    return essence(operation.api, answer, peer.memory) + shape;
  }
}

function isOffered(api: AnyApi, version: number): boolean {
  const [first, last] = api.definition.versions;
  return version >= first && version <= last;
}

/** Whether our description writes what it read. */
function writesTheSame(api: AnyApi, version: number, answer: any, frame: Uint8Array): boolean {
  const written = encodeResponse(api, version, answer);
  return Buffer.compare(frame.subarray(4), written) === 0;
}

function encodeResponse(api: AnyApi, version: number, answer: any): Buffer {
  const { flexible, response } = api.codec(version);
  const writer = new Writer();
  if (flexible && !api.definition.plainResponseHeader) writer.unsignedVarint(0);
  response.write(writer, answer);
  return Buffer.concat(writer.parts());
}

function shown(operation: Operation, frame: Uint8Array): string {
  try {
    return JSON.stringify(decodeResponse(kafkaApi(operation.api), operation.version, frame).body);
  } catch {
    return Buffer.from(frame).toString('hex');
  }
}

/** Nobody answers it: the one behind it says when it is done. */
function isSilent({ api, body, cut }: Operation): boolean {
  return cut === undefined && api === 'Produce' && (body as { acks: number }).acks === 0;
}

function garbled(bytes: Buffer, cut: NonNullable<Operation['cut']>): Buffer {
  const out = Buffer.from(bytes);
  // Only what comes behind the header is changed, and the size is that of what is sent.
  const start = 14 + out.readInt16BE(12);
  if (cut.keep !== undefined) {
    const kept = out.subarray(0, Math.max(start, out.length - cut.keep));
    kept.writeInt32BE(kept.length - 4, 0);
    return kept;
  }
  const at = start + ((cut.at ?? 0) % Math.max(1, out.length - start));
  if (at < out.length) out[at] = cut.byte ?? 0xff;
  return out;
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** The lines of two texts that differ, with the names around the first of them. */
function linesApart(theirs: string, ours: string): string {
  const a = theirs.split('\n');
  const b = ours.split('\n');
  const start = a.findIndex((line, at) => line !== b[at]);
  const before = a.slice(Math.max(0, start - 8), start).map((line) => line.trim());
  const ends = a.length - [...a].reverse().findIndex((line, at) => line !== b.at(-1 - at));
  const lengths = [ends, ends + b.length - a.length];
  const same = a.length === b.length;
  const part = (lines: string[], end: number | undefined, others: string[]) =>
    lines
      .slice(start, end)
      .filter((line, at) => !same || line !== others[start + at])
      .map((line) => line.trim());
  const shown = [part(a, lengths[0], b), part(b, lengths[1], a)].map((lines) => lines.join(' ').slice(0, MOST_SHOWN));
  return `…${before.join(' ')}\n  Kafka     ${shown[0]}\n  tribroker ${shown[1]}`;
}

const MOST_SHOWN = 1_000;

/** Asks the real broker again until it says so: nothing tells when it has settled. */
export async function until(what: string, condition: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + SETTLE_MS;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`after ${SETTLE_MS} ms the real broker still does not say: ${what}`);
  }
}
