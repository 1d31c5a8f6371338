/**
 * Checks of the arguments of queues and consumers, with RabbitMQ's order and texts. Arguments that nobody knows are
 * neither checked nor compared.
 *
 * @see https://www.rabbitmq.com/docs/queues#optional-arguments
 */
import { erlangText } from './erlang-term.js';
import { type AmqpError, crashed, preconditionFailed } from './errors.js';
import { type FieldTable, type FieldValue, fieldEquals, fieldTypeName, integerOf } from './field-table.js';
import type { QueueType } from './queue.js';

const LONGEST_MS = 315_360_000_000;

/** Says in RabbitMQ's words what is wrong with a value; undefined when nothing is. */
type Check = (value: FieldValue, args: FieldTable) => string | undefined;

const unacceptable = (value: FieldValue): string => `{unacceptable_type,${fieldTypeName(value)}}`;

const integer =
  (check: (value: number) => string | undefined): Check =>
  (value) => {
    const number = integerOf(value);
    return number === undefined ? `"expected integer, got ${fieldTypeName(value)}"` : check(number);
  };

const text =
  (check: (value: string, args: FieldTable) => string | undefined): Check =>
  (value, args) =>
    typeof value === 'string' ? check(value, args) : unacceptable(value);

const flag: Check = (value) => (typeof value === 'boolean' ? undefined : unacceptable(value));

const oneOf = (allowed: readonly string[], otherwise: (value: string) => string): Check =>
  text((value) => (allowed.includes(value) ? undefined : otherwise(value)));

const notNegative = (value: number): string | undefined => (value < 0 ? `{value_negative,${value}}` : undefined);

const duration = (value: number): string | undefined =>
  notNegative(value) ?? (value > LONGEST_MS ? `{value_too_large,${value}}` : undefined);

const positive = (value: number): string | undefined => (value === 0 ? '{value_zero,0}' : notNegative(value));

/** In RabbitMQ's order. */
const QUEUE_CHECKS: ReadonlyArray<readonly [name: string, check: Check]> = [
  ['x-expires', integer((value) => (value === 0 ? '{value_zero,0}' : duration(value)))],
  ['x-message-ttl', integer(duration)],
  ['x-dead-letter-exchange', text(() => undefined)],
  [
    'x-dead-letter-routing-key',
    text((_value, args) => (args.has('x-dead-letter-exchange') ? undefined : 'routing_key_but_no_dlx_defined')),
  ],
  ['x-dead-letter-strategy', oneOf(['at-most-once', 'at-least-once'], () => 'invalid_dlx_strategy')],
  ['x-max-length', integer(notNegative)],
  ['x-max-length-bytes', integer(notNegative)],
  ['x-max-in-memory-length', integer(notNegative)],
  ['x-max-in-memory-bytes', integer(notNegative)],
  [
    'x-max-priority',
    integer((value) => notNegative(value) ?? (value > 255 ? `{max_value_exceeded,${value}}` : undefined)),
  ],
  ['x-overflow', oneOf(['drop-head', 'reject-publish', 'reject-publish-dlx'], () => 'invalid_overflow')],
  ['x-queue-mode', oneOf(['default', 'lazy'], (value) => `"unsupported queue mode '${value}'"`)],
  [
    'x-queue-version',
    integer((value) => (value === 1 || value === 2 ? undefined : `"unsupported queue version '${value}'"`)),
  ],
  ['x-single-active-consumer', flag],
  ['x-queue-type', oneOf(['classic', 'quorum', 'stream'], (value) => `"unsupported queue type '${value}'"`)],
  ['x-quorum-initial-group-size', integer(positive)],
  ['x-max-age', text((value) => (readAge(value) === undefined ? 'invalid_max_age' : undefined))],
  ['x-stream-max-segment-size-bytes', integer(notNegative)],
  ['x-initial-cluster-size', integer(positive)],
  ['x-queue-leader-locator', text(() => undefined)],
];

const CONSUMER_CHECKS: typeof QUEUE_CHECKS = [
  ['x-priority', integer(() => undefined)],
  ['x-cancel-on-ha-failover', flag],
];

type Known = Readonly<Record<QueueType, ReadonlySet<string>>>;

/** What each type knows, in the order in which RabbitMQ compares it. */
const QUEUE_ARGUMENTS: Known = {
  classic: new Set([
    'x-expires',
    'x-message-ttl',
    'x-dead-letter-exchange',
    'x-dead-letter-routing-key',
    'x-max-length',
    'x-max-length-bytes',
    'x-max-priority',
    'x-overflow',
    'x-queue-mode',
    'x-queue-version',
    'x-single-active-consumer',
    'x-queue-type',
    'x-queue-master-locator',
  ]),
  quorum: new Set([
    'x-dead-letter-exchange',
    'x-dead-letter-routing-key',
    'x-dead-letter-strategy',
    'x-expires',
    'x-max-length',
    'x-max-length-bytes',
    'x-max-in-memory-length',
    'x-max-in-memory-bytes',
    'x-overflow',
    'x-single-active-consumer',
    'x-queue-type',
    'x-quorum-initial-group-size',
    'x-delivery-limit',
    'x-message-ttl',
    'x-queue-leader-locator',
  ]),
  stream: new Set([
    'x-max-length-bytes',
    'x-queue-type',
    'x-max-age',
    'x-stream-max-segment-size-bytes',
    'x-initial-cluster-size',
    'x-queue-leader-locator',
  ]),
};

const CONSUMER_ARGUMENTS: Known = {
  classic: new Set(['x-priority', 'x-credit', 'x-cancel-on-ha-failover']),
  quorum: new Set(['x-priority', 'x-credit']),
  stream: new Set(['x-stream-offset', 'x-credit']),
};

/** The first name that some type knows, and the type at hand does not. */
function foreign(args: FieldTable, type: QueueType, known: Known): string | undefined {
  const anywhere = (name: string) => Object.values(known).some((names) => names.has(name));
  return [...args.keys()].find((name) => anywhere(name) && !known[type].has(name));
}

const isClassic = (type: FieldValue | undefined): boolean => type === undefined || type === 'classic';

/** The type that `x-queue-type` asks for. */
export function queueTypeOf(args: FieldTable): QueueType {
  const type = args.get('x-queue-type');
  return type === 'quorum' || type === 'stream' ? type : 'classic';
}

/** @throws AmqpError PRECONDITION_FAILED for the first argument that a new queue cannot have */
export function checkQueueArguments(args: FieldTable, where: string): void {
  const type = args.get('x-queue-type');
  const typeCheck = QUEUE_CHECKS.find(([name]) => name === 'x-queue-type')?.[1] as Check;
  const wrong = type === undefined ? undefined : typeCheck(type, args);
  if (wrong !== undefined) throw invalidArgument('x-queue-type', where, wrong);
  const known = QUEUE_ARGUMENTS[queueTypeOf(args)];
  for (const [name, check] of QUEUE_CHECKS) {
    const value = known.has(name) ? args.get(name) : undefined;
    const problem = value === undefined ? undefined : check(value, args);
    if (problem !== undefined) throw invalidArgument(name, where, problem);
  }
  checkForeign(args, queueTypeOf(args), where, QUEUE_ARGUMENTS);
}

/** For a queue that is not exclusive, which would be where its connection is. @throws AmqpError INTERNAL_ERROR */
export function checkMasterLocator(args: FieldTable): void {
  const locator = args.get('x-queue-master-locator');
  if (locator !== undefined && !MASTER_LOCATORS.has(locator)) throw crashed();
}

/** For a queue that the server is to name. @throws AmqpError PRECONDITION_FAILED, INTERNAL_ERROR */
export function checkServerNamed(args: FieldTable): void {
  const type = queueTypeOf(args);
  if (type !== 'classic') throw preconditionFailed(`Cannot declare a server-named queue for type rabbit_${type}_queue`);
  // RabbitMQ looks for what goes by the name of a type before it checks the name.
  if (!isClassic(args.get('x-queue-type'))) throw crashed();
}

const MASTER_LOCATORS: ReadonlySet<FieldValue> = new Set(['min-masters', 'client-local', 'random']);

/** @throws AmqpError PRECONDITION_FAILED for arguments that a consumer of this type of queue cannot have */
export function checkConsumerArguments(args: FieldTable, type: QueueType, where: string): void {
  for (const [name, check] of CONSUMER_CHECKS) {
    const value = CONSUMER_ARGUMENTS[type].has(name) ? args.get(name) : undefined;
    const problem = value === undefined ? undefined : check(value, args);
    if (problem !== undefined) throw invalidArgument(name, where, problem);
  }
  checkForeign(args, type, where, CONSUMER_ARGUMENTS);
}

function checkForeign(args: FieldTable, type: QueueType, where: string, known: Known): void {
  const name = foreign(args, type, known);
  if (name !== undefined) {
    throw preconditionFailed(`invalid arg '${name}' for ${where} of queue type rabbit_${type}_queue`);
  }
}

const invalidArgument = (name: string, where: string, problem: string): AmqpError =>
  preconditionFailed(`invalid arg '${name}' for ${where}: ${problem}`);

/**
 * What the type of the queue does not know is not compared.
 *
 * @throws AmqpError PRECONDITION_FAILED naming the first argument in which a redeclaration differs
 */
export function checkSameArguments(current: FieldTable, received: FieldTable, where: string): void {
  for (const name of QUEUE_ARGUMENTS[queueTypeOf(current)]) {
    const was = current.get(name);
    const is = received.get(name);
    if (name === 'x-queue-type' && isClassic(was) && isClassic(is)) continue;
    checkSameArgument(name, was, is, where);
  }
}

/** @throws AmqpError PRECONDITION_FAILED when an argument is not what it was; integers compare across widths */
export function checkSameArgument(
  name: string,
  current: FieldValue | undefined,
  received: FieldValue | undefined,
  where: string,
): void {
  if (current === undefined && received === undefined) return;
  if (current !== undefined && received !== undefined) {
    const number = integerOf(current);
    if (number !== undefined ? number === integerOf(received) : fieldEquals(current, received)) return;
    throw inequivalent(name, where, quoted(received), quoted(current));
  }
  throw inequivalent(name, where, describe(received), describe(current));
}

/** @throws AmqpError PRECONDITION_FAILED when a property of a redeclaration is not what it was */
export function checkSameProperty<T>(name: string, current: T, received: T, where: string): void {
  if (current !== received) throw inequivalent(name, where, `'${received}'`, `'${current}'`);
}

const quoted = (value: FieldValue): string => (value === null ? 'none' : `'${erlangText(value, 2)}'`);

const describe = (value: FieldValue | undefined): string => {
  if (value === undefined) return 'none';
  const before = "the value '";
  return `${before}${erlangText(value, before.length + 1)}' of type '${fieldTypeName(value)}'`;
};

const inequivalent = (name: string, where: string, received: string, current: string): AmqpError =>
  preconditionFailed(`inequivalent arg '${name}' for ${where}: received ${received} but current is ${current}`);

const AGE_UNITS = new Map([
  ['Y', 365 * 86_400_000],
  ['M', 30 * 86_400_000],
  ['D', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
]);

/** Milliseconds of a stream's age such as `7D` or `1h`, as far as its line goes; undefined when it is none. */
export function maxAgeMs(text: string): number | undefined {
  const [, count, unit] = /^(\d*)(.*)/.exec(text) as unknown as [string, string, string];
  const ageMs = Number(count) * (AGE_UNITS.get(unit) ?? 0);
  return ageMs > 0 ? ageMs : undefined;
}

/** `maxAgeMs` where RabbitMQ fails over what does not begin with a number. @throws AmqpError INTERNAL_ERROR */
export function readAge(text: string): number | undefined {
  if (!/^\d/.test(text)) throw crashed();
  return maxAgeMs(text);
}
