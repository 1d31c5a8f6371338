/**
 * Where two Kafka brokers may differ although both are right. Everything else of an answer is compared, and that our
 * description of it writes the very bytes that were read.
 *
 * - Ids that a broker makes up (topics, members, producers, fetch sessions): only which are the same.
 * - The cluster id, ports, places on disks and throttle times; the moment of a log append time.
 * - The order of topics, partitions, groups, members and settings, which Kafka often takes from hash tables.
 * - ConsumerGroupDescribe of a classic group: Kafka 3.9 calls it an unknown error, later versions GROUP_ID_NOT_FOUND.
 * - Whether a classic group is there of which Kafka has written nothing yet, since it shows when anything else is written
 *   beside it: one whose members only have an id so far, and one that began with a commit of which nothing was taken. The
 *   program ends there.
 * - Who leads a classic group when its leader is gone: in Kafka the first of a hash table of ids; the program ends there.
 * - The beginning of a batch that does not fit into a Fetch any more: Kafka sends it and clients throw it away.
 * - What people read where Kafka says nothing.
 * - Requests that Kafka never answers although nothing is to be waited for (no records at all, a resource twice): the
 *   program ends there.
 * - Requests that Kafka answers with UNKNOWN_SERVER_ERROR, which is a fault of its own: the program ends there.
 * - Groups, topics, transactions, users and rules of other programs, which the real broker has as well.
 */
import { crc32c } from '../../src/models/kafka/crc32c.js';
import { NO_UUID } from '../../src/wire/kafka/reader.js';
import type { Memory } from './kafka-content.js';
import { marked } from './kafka-numbering.js';

/** Fields that say nothing. */
const FREE = new Set([
  'apiKeys',
  'supportedFeatures',
  'throttleTimeMs',
  'port',
  'clusterId',
  'finalizedFeatures',
  'finalizedFeaturesEpoch',
  'logDir',
  'totalBytes',
  'usableBytes',
]);
const IDS = new Set(['topicId', 'memberId', 'leader', 'producerId', 'sessionId']);
const TIMES = new Set(['timestamp', 'logAppendTimeMs', 'lastTimestamp', 'transactionStartTimeMs']);
const MESSAGES = new Set(['errorMessage', 'batchIndexErrorMessage']);

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const SHORT_UUID = /(?<![\w-])[\w-]{22}(?![\w-])/g;
/** Times of programs are an hour old; what is newer is the moment itself. */
const NOW_MS = 30 * 60_000;

/** What two brokers may not differ in, as JSON. */
export function essence(api: string, answer: unknown, memory: Memory): string {
  const plain = simplify('', answer, api, memory);
  const text = withoutFaults(api, JSON.stringify(plain, null, 1)).replaceAll(memory.prefix, '~');
  return memory.numbering.numbered(text);
}

/** What Kafka 3.9 gets wrong, and later versions do not. */
function withoutFaults(api: string, text: string): string {
  if (api === 'DescribeGroups') return text.replaceAll('"groupState": "Empty"', '"groupState": "Dead"');
  return api === 'ConsumerGroupDescribe' ? text.replaceAll('"UNKNOWN_SERVER_ERROR"', '"GROUP_ID_NOT_FOUND"') : text;
}

function simplify(name: string, value: any, api: string, memory: Memory): unknown {
  if (value instanceof Uint8Array) {
    return name === 'records' ? batchesOf(Buffer.from(value), memory) : Buffer.from(value).toString('latin1');
  }
  if (Array.isArray(value)) return listOf(name, value, api, memory);
  if (value !== null && typeof value === 'object') {
    const kept = Object.entries(value).filter(([key]) => !FREE.has(key));
    return Object.fromEntries(kept.map(([key, item]) => [key, simplify(key, item, api, memory)]));
  }
  if (IDS.has(name)) return idOf(name, value);
  if (TIMES.has(name)) return timeOf(value, memory);
  if (MESSAGES.has(name) && value !== null) return messageOf(value.replaceAll(memory.prefix, '~'));
  return value;
}

function listOf(name: string, given: readonly any[], api: string, memory: Memory): unknown[] {
  const list = flattened(name, given, api);
  const own = list.filter((item) => isOwn(api, name, item, memory));
  const out = own.map((item) => simplify(name, item, api, memory));
  const silent = (key: string, value: unknown) => (MESSAGES.has(key) ? null : value);
  return memory.numbering.sorted(out, (item) => JSON.stringify(item, silent));
}

/** Kafka names a topic again where partitions of another one stand between its own; rules are several programs'. */
function flattened(name: string, list: readonly any[], api: string): readonly any[] {
  const spread = (inner: string) =>
    list.flatMap(({ [inner]: items, ...outer }) => items.map((item: object) => ({ ...outer, ...item })));
  if (api === 'Fetch' && name === 'responses') return spread('partitions');
  return api === 'DescribeAcls' && name === 'resources' ? spread('acls') : list;
}

/** Whether an entry of a list of everything is the program's. */
function isOwn(api: string, list: string, item: any, memory: Memory): boolean {
  const ours = (text: string | null) => text?.startsWith(memory.prefix) ?? true;
  if (api === 'ListGroups' && list === 'groups') return ours(item.groupId) && item.groupState !== 'Empty';
  if (api === 'DescribeAcls' && list === 'resources') {
    return ours(item.resourceName) || item.principal.endsWith(String(memory.lane));
  }
  if (api === 'ListTransactions' && list === 'transactionStates') return ours(item.transactionalId);
  if (api === 'DescribeLogDirs' && list === 'topics') return ours(item.name);
  if (api === 'DescribeUserScramCredentials' && list === 'results') return ours(item.user);
  if (api === 'ElectLeaders' && list === 'replicaElectionResults')
    return ours(item.topic) || item.partitionResult.length > 0;
  if ((api === 'Metadata' || api === 'DescribeTopicPartitions') && list === 'topics' && item.errorCode === 'NONE') {
    return ours(item.name);
  }
  return true;
}

function idOf(name: string, value: string | number): unknown {
  if (value === '' || value === null || value === NO_UUID || value === 0 || value === -1) return value;
  const kind = name === 'leader' ? 'memberId' : name;
  const text = String(value);
  const generated = UUID.exec(text);
  UUID.lastIndex = 0;
  // Classic ids begin with the client's own.
  const own = generated && kind === 'memberId' ? text.slice(0, generated.index) : '';
  return `${own}${marked(kind, text)}`;
}

function timeOf(value: number, memory: Memory): unknown {
  if (value < 1_000_000_000_000) return value;
  const since = value - memory.baseMs;
  return since > NOW_MS ? 'now' : `T+${since}`;
}

function messageOf(text: string): string {
  return text
    .replace(UUID, '<id>')
    .replace(SHORT_UUID, '<id>')
    .replace(/\d{5,}/g, '<number>');
}

/** Headers and payloads of whole batches; a checksum counts as right or wrong. */
function batchesOf(bytes: Buffer, memory: Memory): unknown {
  const batches: unknown[] = [];
  let at = 0;
  while (bytes.length - at >= 61) {
    const end = at + 12 + bytes.readInt32BE(at + 8);
    if (end > bytes.length) break;
    const batch = bytes.subarray(at, end);
    const producerId = Number(batch.readBigInt64BE(43));
    batches.push({
      offset: Number(batch.readBigInt64BE(0)),
      size: end - at,
      leaderEpoch: batch.readInt32BE(12),
      magic: batch[16],
      checked: crc32c(batch.subarray(21)) >>> 0 === batch.readUInt32BE(17),
      attributes: batch.readInt16BE(21),
      lastOffsetDelta: batch.readInt32BE(23),
      baseTimestamp: timeOf(Number(batch.readBigInt64BE(27)), memory),
      maxTimestamp: timeOf(Number(batch.readBigInt64BE(35)), memory),
      producerId: idOf('producerId', producerId),
      producerEpoch: batch.readInt16BE(51),
      baseSequence: batch.readInt32BE(53),
      count: batch.readInt32BE(57),
      payload: batch.subarray(61).toString('hex'),
    });
    at = end;
  }
  return batches;
}

/**
 * Whether all that differs are groups that Kafka does not see yet: it shows what it has written.
 *
 * @param unwritten groups that began with a commit of which nothing was taken
 */
export function isUnseen(theirs: string, ours: string, unwritten: ReadonlySet<string>): boolean {
  const [a, b] = [described(theirs), described(ours)];
  if (!a || !b || [...a.keys()].some((id) => !b.has(id))) return false;
  return [...b].every(([id, group]) => {
    const seen = a.get(id);
    if (JSON.stringify(seen) === JSON.stringify(group)) return true;
    return (!seen || seen.groupState === 'Dead') && (unwritten.has(id) || group.members?.length === 0);
  });
}

/** Whether a commit was answered, and nothing of it taken. */
export function isRefusedCommit(api: string, essence: string): boolean {
  return (api === 'OffsetCommit' || api === 'TxnOffsetCommit') && !essence.includes('"errorCode": "NONE"');
}

interface DescribedGroup {
  readonly groupId: string;
  readonly groupState: string;
  readonly members?: readonly unknown[];
}

function described(essence: string): Map<string, DescribedGroup> | undefined {
  try {
    const { groups } = JSON.parse(essence) as { readonly groups: readonly DescribedGroup[] };
    return new Map(groups.map((group) => [group.groupId, group]));
  } catch {
    return undefined; // other bytes
  }
}

/** Who leads the group that a member joined; undefined where nobody is told. */
export function leaderOf(essence: string): string | undefined {
  return /^ "leader": "(.+)",$/m.exec(essence)?.[1];
}

/** Whether two brokers made different members the leader of a group whose last one is gone. */
export function isOtherLeader(theirs: string, ours: string, last: string | undefined): boolean {
  const leaders = [leaderOf(theirs), leaderOf(ours)];
  const told = (essence: string) =>
    essence.replace(/^ "(?:leader|skipAssignment|memberId)": .*\n/gm, '').split('"members": [')[0];
  return last !== undefined && !leaders.includes(last) && !leaders.includes(undefined) && told(theirs) === told(ours);
}

export function isFault(essence: string): boolean {
  return essence.includes('"UNKNOWN_SERVER_ERROR"');
}

/** The same without what people read; where Kafka says nothing, something may be said. */
export function withoutMessages(essence: string): string {
  return essence.replace(/^( *"(?:errorMessage|batchIndexErrorMessage)": )(?:null|"(?:[^"\\]|\\.)*")/gm, '$1"…"');
}

/** Whether Kafka has a text where this broker has another one. */
export function saysOtherwise(theirs: string, ours: string): boolean {
  const texts = (essence: string) =>
    essence.split('\n').filter((line) => /"(?:errorM|batchIndexErrorM)essage": /.test(line));
  const said = texts(ours);
  return texts(theirs).some((line, at) => line !== said[at] && !/": (?:null|"")/.test(line));
}
