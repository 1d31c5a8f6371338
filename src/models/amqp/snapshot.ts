/**
 * The state as plain data: arrays, texts, numbers and bytes only, so that it can be written as canonical MessagePack.
 * Bodies are shared with the live state. What is unacked is kept as if it had come back; exclusive queues are not
 * kept, since their connections are not.
 */
import { Binding } from './binding.js';
import type { AmqpBroker } from './broker.js';
import { ClassicQueue } from './classic-queue.js';
import { Envelope } from './envelope.js';
import type { Exchange } from './exchange.js';
import { type FieldTable, type FieldValue, fieldTag, isTable, TypedField, type TypedTag } from './field-table.js';
import type { Policy, PolicyTarget } from './policy.js';
import type { PolicyKind } from './policy-definition.js';
import { type BasicProperties, PROPERTY_NAMES } from './properties.js';
import type { Queue, QueueDefinition } from './queue.js';
import { StreamQueue } from './stream-queue.js';
import { type Permissions, User, type UserLimit } from './user.js';
import type { VirtualHost, VirtualHostLimit } from './virtual-host.js';

type Saved = readonly unknown[];

/** @param unacked what channels have not settled, by queue */
export function saveBroker(broker: AmqpBroker, unacked: ReadonlyMap<Queue, readonly Envelope[]>): Saved {
  return [
    [...broker.users.values()].map(saveUser),
    [...broker.vhosts.values()].map((vhost) => saveVhost(vhost, unacked)),
    [...broker.globalParameters],
  ];
}

/** Replaces users and the contents of virtual hosts by what was saved. */
export function loadBroker(broker: AmqpBroker, state: unknown): void {
  const [users, vhosts, parameters] = state as [Saved[], Saved[], Array<[name: string, value: unknown]>];
  broker.globalParameters.clear();
  for (const [name, value] of parameters) broker.globalParameters.set(name, value);
  broker.users.clear();
  for (const saved of users) loadUser(broker, saved);
  const names = new Set(vhosts.map(([name]) => name as string));
  for (const name of [...broker.vhosts.keys()]) if (!names.has(name)) broker.deleteVhost(name);
  for (const saved of vhosts) {
    const name = saved[0] as string;
    broker.addVhost(name);
    const vhost = broker.vhosts.get(name) as VirtualHost;
    vhost.command(() => loadVhost(vhost, saved));
  }
}

function saveUser(user: User): Saved {
  return [
    user.name,
    [user.password.plain ?? null, user.password.hash ?? null],
    [...user.tags],
    [...user.limits],
    [...user.permissions].map(([vhost, { configure, write, read }]) => [vhost, configure, write, read]),
    [...user.topicPermissions()].map(([vhost, exchange, { write, read }]) => [vhost, exchange, write, read]),
  ];
}

function loadUser(broker: AmqpBroker, saved: Saved): void {
  const [name, [plain, hash], tags, limits, permissions, topics] = saved as [
    string,
    [string | null, string | null],
    string[],
    Array<[UserLimit, number]>,
    string[][],
    string[][],
  ];
  const user = new User(name, { ...(plain !== null && { plain }), ...(hash !== null && { hash }) }, tags);
  for (const [limit, value] of limits) user.limits.set(limit, value);
  for (const [vhost = '', configure = '', write = '', read = ''] of permissions) {
    user.setPermissions(vhost, { configure, write, read } satisfies Permissions);
  }
  for (const [vhost = '', exchange = '', write = '', read = ''] of topics) {
    user.setTopicPermissions(vhost, exchange, { write, read });
  }
  broker.users.set(name, user);
}

function saveVhost(vhost: VirtualHost, unacked: ReadonlyMap<Queue, readonly Envelope[]>): Saved {
  const isKept = (target: Queue | Exchange) => target.kind === 'exchange' || target.exclusiveOwner === undefined;
  const exchanges = [...vhost.exchanges.values()];
  const absent = [...vhost.absentQueues.values()];
  const bindings = exchanges.flatMap((exchange) => [...exchange.bindings.values()]);
  return [
    vhost.name,
    vhost.description,
    [...vhost.tags],
    [...vhost.limits],
    [...vhost.policies.values()].map(savePolicy),
    [...vhost.operatorPolicies.values()].map(savePolicy),
    exchanges.map((x) => [x.name, x.type, x.durable, x.autoDelete, x.internal, saveField(x.arguments)]),
    [
      ...[...vhost.queues.values()].filter(isKept).map((queue) => saveQueue(queue, unacked.get(queue) ?? [])),
      ...absent.map(({ definition, messages }) => [
        ...saveDefinition(definition),
        0,
        messages.map((envelope) => saveEnvelope(envelope, 0)),
      ]),
    ],
    [
      ...bindings
        .filter(({ destination }) => isKept(destination))
        .map(({ source, destination, routingKey, arguments: args }) => [
          source.name,
          destination.kind,
          destination.name,
          routingKey,
          saveField(args),
        ]),
      ...absent.flatMap(({ definition, bindings }) =>
        bindings.map((to) => [to.source, 'queue', definition.name, to.routingKey, saveField(to.arguments)]),
      ),
    ],
  ];
}

function loadVhost(vhost: VirtualHost, saved: Saved): void {
  const [, description, tags, limits, policies, operatorPolicies, exchanges, queues, bindings] = saved as [
    string,
    string,
    string[],
    Array<[VirtualHostLimit, number]>,
    Saved[],
    Saved[],
    Array<[string, string, boolean, boolean, boolean, Saved]>,
    Saved[],
    Array<[string, 'queue' | 'exchange', string, string, Saved]>,
  ];
  vhost.clear();
  vhost.description = description;
  vhost.tags = tags;
  for (const [limit, value] of limits) vhost.limits.set(limit, value);
  for (const policy of policies) loadPolicy(vhost, 'policy', policy);
  for (const policy of operatorPolicies) loadPolicy(vhost, 'operator-policy', policy);
  for (const [name, type, durable, autoDelete, internal, args] of exchanges) {
    if (vhost.exchanges.has(name)) continue;
    vhost.addExchange({ name, type, durable, autoDelete, internal, arguments: loadField(args) as FieldTable });
  }
  for (const queue of queues) loadQueue(vhost, queue);
  for (const [source, kind, destination, routingKey, args] of bindings) {
    const from = vhost.exchanges.get(source) as Exchange;
    const to = (kind === 'queue' ? vhost.queues : vhost.exchanges).get(destination) as Queue | Exchange;
    vhost.addBinding(new Binding(from, to, routingKey, loadField(args) as FieldTable));
  }
}

function savePolicy({ name, pattern, applyTo, priority, definition }: Policy): Saved {
  return [name, pattern, applyTo, priority, saveField(definition)];
}

function loadPolicy(vhost: VirtualHost, kind: PolicyKind, saved: Saved): void {
  const [name, pattern, applyTo, priority, definition] = saved as [string, string, PolicyTarget, number, Saved];
  vhost.setPolicy(kind, { name, pattern, applyTo, priority, definition: loadField(definition) as FieldTable });
}

function saveDefinition(queue: QueueDefinition): Saved {
  return [queue.name, queue.durable, queue.autoDelete, queue.homeNode ?? 1, saveField(queue.arguments)];
}

function saveQueue(queue: Queue, unacked: readonly Envelope[]): Saved {
  const head = saveDefinition(queue);
  if (queue instanceof StreamQueue) {
    const entries = [...queue.entries()].map(([envelope, arrivedMs]) => [saveEnvelope(envelope, 0), arrivedMs]);
    return [...head, queue.firstOffset, entries];
  }
  const ready = [...queue.ready()].map((envelope) => [envelope, 0] as const);
  const returned = unacked.map((envelope) => [envelope, 1] as const);
  const all = [...ready, ...returned].sort(([a], [b]) => a.position - b.position);
  return [...head, 0, all.map(([envelope, returns]) => saveEnvelope(envelope, returns))];
}

function loadQueue(vhost: VirtualHost, saved: Saved): void {
  const [name, durable, autoDelete, homeNode, args, base, messages] = saved as [
    string,
    boolean,
    boolean,
    number,
    Saved,
    number,
    Saved[],
  ];
  const table = loadField(args) as FieldTable;
  const definition = { name, durable, autoDelete, exclusiveOwner: undefined, homeNode, arguments: table };
  const queue = vhost.addQueue(definition);
  if (queue instanceof StreamQueue) {
    const entries = messages as unknown as Array<[Saved, number]>;
    queue.load(
      base,
      entries.map(([envelope, arrivedMs]) => [loadEnvelope(envelope), arrivedMs] as const),
    );
  } else if (queue instanceof ClassicQueue) {
    for (const envelope of messages) queue.load(loadEnvelope(envelope));
  }
}

function saveEnvelope(envelope: Envelope, returns: number): Saved {
  const { exchange, routingKey, properties, body, hiddenKeys, expiresAtMs, returnCount } = envelope;
  return [
    exchange,
    routingKey,
    saveProperties(properties),
    body,
    hiddenKeys ? [...hiddenKeys] : null,
    expiresAtMs,
    returnCount + returns,
  ];
}

function loadEnvelope(saved: Saved): Envelope {
  const [exchange, routingKey, properties, body, hiddenKeys, expiresAtMs, returnCount] = saved as [
    string,
    string,
    Saved[],
    Uint8Array,
    string[] | null,
    number,
    number,
  ];
  const envelope = new Envelope(exchange, routingKey, loadProperties(properties), body, hiddenKeys ?? undefined);
  envelope.expiresAtMs = expiresAtMs;
  envelope.returnCount = returnCount;
  return envelope;
}

function saveProperties(properties: BasicProperties): Saved {
  const saved: unknown[] = [];
  for (const [i, name] of PROPERTY_NAMES.entries()) {
    const value = properties[name];
    if (value !== undefined) saved.push([i, isTable(value as FieldTable) ? saveField(value as FieldTable) : value]);
  }
  return saved;
}

function loadProperties(saved: readonly Saved[]): BasicProperties {
  const properties: Record<string, unknown> = {};
  for (const [i, value] of saved) {
    const name = PROPERTY_NAMES[i as number] as string;
    properties[name] = name === 'headers' ? loadField(value as Saved) : value;
  }
  return properties;
}

/** A value as its tag and what it holds. */
function saveField(value: FieldValue): Saved {
  if (value instanceof TypedField) return [value.tag, value.value, value.scale];
  if (Array.isArray(value)) return ['A', value.map(saveField)];
  if (isTable(value)) return ['F', [...value].map(([key, item]) => [key, saveField(item)])];
  return [fieldTag(value), value];
}

function loadField([tag, value, scale]: Saved): FieldValue {
  if (scale !== undefined) return new TypedField(tag as TypedTag, value as number, scale as number);
  if (tag === 'A') return (value as Saved[]).map(loadField);
  if (tag === 'F') return new Map((value as Array<[string, Saved]>).map(([key, item]) => [key, loadField(item)]));
  return value as string | boolean | null;
}
