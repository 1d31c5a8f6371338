/**
 * Fetch sessions: a client names its partitions once, then only what changes, and is told only what has changed.
 *
 * @see https://cwiki.apache.org/confluence/display/KAFKA/KIP-227
 */
import type { ModelContext } from '../../core/model.js';
import { KafkaError } from './errors.js';
import type { FetchPartition, FetchResult } from './fetch.js';

/** A session that nobody used for so long makes room for others. */
const IDLE_MS = 120_000;
const NO_EPOCH = -1;
const FIRST_EPOCH = 0;
const LAST_EPOCH = 0x7fffffff;

/** What the client was told last of a partition. */
interface Remembered {
  asked: FetchPartition;
  highWatermark: number;
  logStart: number;
}

interface Session {
  readonly id: number;
  /** Topics are named by their ids. */
  readonly byId: boolean;
  epoch: number;
  usedMs: number;
  /** In the order in which they are served; who got records in an incremental answer goes to the end. */
  readonly partitions: Map<string, Remembered>;
}

/** The part of a request that is about its session. */
export interface SessionRequest {
  readonly sessionId: number;
  readonly sessionEpoch: number;
  readonly byId: boolean;
  readonly partitions: readonly FetchPartition[];
  readonly forgotten: readonly FetchPartition[];
}

/** What to read for a request, and what of it to tell. */
export interface SessionPlan {
  /** 0 without a session. */
  readonly sessionId: number;
  readonly partitions: readonly FetchPartition[];
  tell(results: readonly FetchResult[]): readonly FetchResult[];
}

/** The sessions of one node. */
export class FetchSessions {
  readonly #context: ModelContext;
  readonly #slots: () => number;
  readonly #sessions = new Map<number, Session>();

  /** @param slots how many there may be */
  constructor(context: ModelContext, slots: () => number) {
    this.#context = context;
    this.#slots = slots;
  }

  get count(): number {
    return this.#sessions.size;
  }

  /** @throws KafkaError FETCH_SESSION_ID_NOT_FOUND, INVALID_FETCH_SESSION_EPOCH, FETCH_SESSION_TOPIC_ID_ERROR */
  plan(request: SessionRequest): SessionPlan {
    if (request.sessionEpoch === NO_EPOCH || request.sessionEpoch === FIRST_EPOCH) return this.#planFull(request);
    const session = this.#sessions.get(request.sessionId);
    if (!session) {
      throw new KafkaError('FETCH_SESSION_ID_NOT_FOUND', `there is no fetch session ${request.sessionId}`);
    }
    if (session.epoch !== request.sessionEpoch) {
      throw new KafkaError(
        'INVALID_FETCH_SESSION_EPOCH',
        `fetch session ${session.id} is at ${session.epoch}; the request says ${request.sessionEpoch}`,
      );
    }
    if (session.byId !== request.byId) {
      throw new KafkaError('FETCH_SESSION_TOPIC_ID_ERROR', 'a fetch session keeps to names or to ids');
    }
    return this.#planIncremental(session, request);
  }

  #planFull(request: SessionRequest): SessionPlan {
    this.#sessions.delete(request.sessionId);
    const session = request.sessionEpoch === FIRST_EPOCH ? this.#open(request) : undefined;
    return {
      sessionId: session?.id ?? 0,
      partitions: request.partitions,
      tell: (results) => {
        if (session) for (const result of results) remember(session, result);
        return results;
      },
    };
  }

  #open(request: SessionRequest): Session | undefined {
    const { now } = this.#context.clock;
    if (this.#sessions.size >= this.#slots()) {
      for (const [id, session] of this.#sessions) if (now - session.usedMs > IDLE_MS) this.#sessions.delete(id);
      if (this.#sessions.size >= this.#slots()) return undefined;
    }
    let id = 0;
    while (id === 0 || this.#sessions.has(id)) id = this.#context.random.int(LAST_EPOCH);
    const session: Session = { id, byId: request.byId, epoch: 1, usedMs: now, partitions: new Map() };
    for (const asked of request.partitions) add(session, asked);
    this.#sessions.set(id, session);
    return session;
  }

  #planIncremental(session: Session, request: SessionRequest): SessionPlan {
    for (const asked of request.partitions) add(session, asked);
    for (const gone of request.forgotten) session.partitions.delete(keyOf(gone));
    session.epoch = session.epoch === LAST_EPOCH ? 1 : session.epoch + 1;
    session.usedMs = this.#context.clock.now;
    if (session.partitions.size === 0) {
      this.#sessions.delete(session.id);
      return { sessionId: 0, partitions: request.partitions, tell: (results) => results };
    }
    return {
      sessionId: session.id,
      partitions: [...session.partitions.values()].map(({ asked }) => asked),
      tell: (results) => {
        const told = results.filter((result) => remember(session, result));
        for (const { asked, batches } of told) if (batches.length > 0) moveToEnd(session, asked);
        return told;
      },
    };
  }

  clear(): void {
    this.#sessions.clear();
  }
}

function keyOf({ topic, topicId, index }: FetchPartition): string {
  return `${topicId ?? topic} ${index}`;
}

function add(session: Session, asked: FetchPartition): void {
  const known = session.partitions.get(keyOf(asked));
  if (known) known.asked = asked;
  else session.partitions.set(keyOf(asked), { asked, highWatermark: -1, logStart: -1 });
}

/** Notes what the client is told; true when there is something new in it. */
function remember(session: Session, result: FetchResult): boolean {
  const known = session.partitions.get(keyOf(result.asked));
  if (!known) return true;
  const isNew =
    result.batches.length > 0 ||
    result.error !== undefined ||
    result.diverging !== undefined ||
    result.preferredReplica !== undefined ||
    known.highWatermark !== result.highWatermark ||
    known.logStart !== result.logStart;
  // After an error nothing is known, so the first success is told again.
  known.highWatermark = result.highWatermark;
  known.logStart = result.logStart;
  return isNew;
}

/** Others come first the next time. */
function moveToEnd(session: Session, asked: FetchPartition): void {
  const key = keyOf(asked);
  const known = session.partitions.get(key);
  if (!known) return;
  session.partitions.delete(key);
  session.partitions.set(key, known);
}
