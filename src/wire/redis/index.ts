/**
 * The redis door: RESP2 and RESP3 in front of the redis model.
 *
 * `request-parser` splits the stream, `dispatch` makes the checks in Redis's order, `handlers/` answer, `reply` writes.
 * A `session` is one connection; the door itself holds what belongs to the server and not to its data: the list of
 * clients, CLIENT PAUSE, monitors, counters.
 *
 * Invariants: requests of a connection run in order, one at a time; a request runs as a whole before another
 * connection's; what a session wrote leaves when the chunk that caused it has been worked off.
 *
 * Sources: https://redis.io/docs/latest/develop/reference/protocol-spec/, recordings of 7.0.15 in the test fixtures.
 */
import { type CommandCatalog, type RedisBroker, SLOT_COUNT } from '../../models/redis/index.js';
import type { ConnectionInfo, Door, Session as DoorSession, Transport } from '../door.js';
import type { DoorContext } from '../door-context.js';
import { AclLog } from './acl-log.js';
import { CATEGORY_ORDER, type Command } from './handler.js';
import { COMMANDS } from './handlers/index.js';
import { IdleTimeout } from './idle-timeout.js';
import { LatencyMonitor } from './latency-monitor.js';
import { MessageFrames } from './message-frame.js';
import { monitorLine } from './monitor.js';
import { Pause } from './pause.js';
import type { ParserLimits } from './request-parser.js';
import { Scripting } from './script/scripting.js';
import { ServerStats } from './server-stats.js';
import { Session } from './session.js';
import { Slowlog } from './slowlog.js';
import { Tracking } from './tracking.js';
import { Transaction } from './transaction.js';

export class RedisDoor implements Door {
  readonly model = 'redis';
  readonly broker: RedisBroker;
  readonly context: DoorContext;
  readonly commands: ReadonlyMap<string, Command> = COMMANDS;
  readonly catalog: CommandCatalog = createCatalog(COMMANDS);
  readonly pause: Pause;
  readonly stats = new ServerStats();
  readonly frames = new MessageFrames();
  readonly startedMs: number;
  /** When SAVE was asked for last, or it started. */
  savedMs: number;
  /** Open sessions by client id, oldest first. */
  readonly sessions = new Map<number, Session>();
  readonly scripting = new Scripting(this);
  readonly slowlog = new Slowlog(this);
  readonly aclLog = new AclLog(this);
  readonly latency = new LatencyMonitor(this);
  readonly tracking = new Tracking(this);
  readonly #dirty = new Set<Session>();
  /** Sessions that were unblocked and may have requests waiting. */
  readonly #resumed: Session[] = [];
  readonly #monitors = new Set<Session>();
  readonly #idleTimeout = new IdleTimeout(this);
  #parserLimits: { readonly open: ParserLimits; readonly restricted: ParserLimits } | undefined;
  #flushScheduled = false;
  #inFlush = false;
  #clientId = 0;

  constructor(broker: RedisBroker, context: DoorContext) {
    this.broker = broker;
    this.context = context;
    this.startedMs = context.clock.now;
    this.savedMs = this.startedMs;
    this.pause = new Pause(this);
    broker.keyspace.onChange = (key, byItself) => this.tracking.changed(key, byItself);
    broker.config.onChange = (names) => this.#configChanged(names);
  }

  get now(): number {
    return this.context.clock.now;
  }

  open(transport: Transport, connection: ConnectionInfo): DoorSession {
    const session = new Session(this, transport, connection, ++this.#clientId, new Transaction());
    this.stats.connections++;
    this.sessions.set(session.id, session);
    this.#idleTimeout.watch();
    if (this.context.journal.on)
      this.context.journal.record('redis', 'connection-opened', { connection: connection.id });
    if (this.sessions.size > this.broker.config.number('maxclients')) {
      this.stats.rejectedConnections++;
      session.pushRaw('-ERR max number of clients reached\r\n');
      session.close();
    }
    return session;
  }

  /** A session is gone. */
  forget(session: Session): void {
    this.sessions.delete(session.id);
    this.#dirty.delete(session);
    this.#monitors.delete(session);
    const { journal } = this.context;
    if (journal.on) journal.record('redis', 'connection-closed', { connection: session.connection.id });
  }

  /** Asked for each request: made again only when the configuration has changed. */
  parserLimits(authenticated: boolean): ParserLimits {
    this.#parserLimits ??= { open: this.#makeParserLimits(false), restricted: this.#makeParserLimits(true) };
    return authenticated ? this.#parserLimits.open : this.#parserLimits.restricted;
  }

  #makeParserLimits(restricted: boolean): ParserLimits {
    const { limits } = this.context;
    const { config } = this.broker;
    return {
      lineBytes: limits.redisLineBytes,
      bulkBytes: Math.min(config.number('proto-max-bulk-len'), limits.redisBulkBytes),
      argumentCount: limits.redisArgumentCount,
      queryBytes: Math.min(config.number('client-query-buffer-limit'), limits.redisQueryBytes),
      restricted,
    };
  }

  /** Cluster mode with slots that nobody serves, while all of them must be served. */
  get clusterIsDown(): boolean {
    const { clusterSlots, config } = this.broker;
    return clusterSlots.ownedCount < SLOT_COUNT && config.text('cluster-require-full-coverage') === 'yes';
  }

  /** A session has something to write. It leaves at the end of the running chunk, or of this turn. */
  touch(session: Session): void {
    this.#dirty.add(session);
    this.wake();
  }

  /** Somebody will have something to write at the end of this turn. */
  wake(): void {
    if (this.#flushScheduled) return;
    this.#flushScheduled = true;
    queueMicrotask(() => {
      this.#flushScheduled = false;
      this.flush();
    });
  }

  /** A session is no longer blocked: what it sent meanwhile runs when the running chunk has been worked off. */
  resume(session: Session): void {
    this.#resumed.push(session);
    this.touch(session);
  }

  /** Runs what waited behind blocked commands, then hands everything written to the transports. */
  flush(): void {
    if (this.#inFlush) return;
    this.#inFlush = true;
    for (let session = this.#resumed.shift(); session; session = this.#resumed.shift()) session.proceed();
    this.tracking.broadcast();
    for (const session of this.#dirty) session.flush();
    this.#dirty.clear();
    this.frames.clear();
    this.#inFlush = false;
  }

  /** What is to be saved counts as saved, though nothing is written. */
  noteSave(): void {
    this.savedMs = this.now;
    this.broker.counters.changes = 0;
  }

  isPausedFor(session: Session, args: readonly string[]): boolean {
    return this.pause.holds(session, args);
  }

  /** Serves clients that block on keys which the command has changed. */
  afterCommand(): void {
    this.broker.serveBlocked();
  }

  journalProtocolError(session: Session, reason: string): void {
    const { journal } = this.context;
    if (journal.on) journal.record('redis', 'protocol-error', { connection: session.connection.id, reason });
  }

  // ---- monitoring

  startMonitoring(session: Session): void {
    session.monitoring = true;
    this.#monitors.add(session);
  }

  stopMonitoring(session: Session): void {
    session.monitoring = false;
    this.#monitors.delete(session);
  }

  /** Shows a command to the monitors. */
  monitor(session: Session, args: readonly string[], command: Command): void {
    if (command.flags.has('admin') || command.flags.has('skip_monitor')) return;
    this.showCommand(session, args);
  }

  /** Shows a command to the monitors whatever its flags. */
  showCommand(session: Session, args: readonly string[]): void {
    if (this.#monitors.size === 0) return;
    const line = monitorLine(this.now, session, args);
    for (const monitor of this.#monitors) monitor.pushRaw(line);
  }

  #configChanged(names: readonly string[]): void {
    this.#parserLimits = undefined;
    if (names.includes('timeout')) this.#idleTimeout.watch();
    if (!names.includes('requirepass')) return;
    const password = this.broker.config.text('requirepass');
    this.broker.acl.setDefaultPassword(password);
  }
}

function createCatalog(commands: ReadonlyMap<string, Command>): CommandCatalog {
  const byName = new Map<string, Command>();
  for (const command of commands.values()) {
    byName.set(command.name, command);
    for (const sub of command.subcommands?.values() ?? []) byName.set(sub.name, sub);
  }
  return {
    names: [...byName.keys()],
    categories: (name) => byName.get(name)?.categories,
    subcommands: (name) => [...(byName.get(name)?.subcommands?.values() ?? [])].map((sub) => sub.name),
    allCategories: new Set(CATEGORY_ORDER),
  };
}
