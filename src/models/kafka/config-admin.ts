import type { ModelContext } from '../../core/model.js';
import type { Cluster } from './cluster.js';
import { type Config, checkSettings, createNodeConfig } from './config.js';
import { type DescribedSetting, describeSetting } from './config-description.js';
import { KafkaError } from './errors.js';
import type { GroupSettings } from './group-settings.js';
import { BROKER_SETTINGS, isDynamic, type Setting, THROTTLE_SETTINGS, TOPIC_SETTINGS } from './setting.js';
import { checkTopicName } from './topic-name.js';
import { checkTopicSettings } from './topic-settings.js';

/** What has settings, by its number on the wire. */
export const RESOURCE_TYPES = { topic: 2, broker: 4, brokerLogger: 8, group: 32 } as const;

/** What is done to a setting, by its number on the wire. */
export const CONFIG_OPERATIONS = { set: 0, delete: 1, append: 2, subtract: 3 } as const;

const NODE_SETTINGS: ReadonlyMap<string, Setting> = new Map([...BROKER_SETTINGS, ...THROTTLE_SETTINGS]);

export interface ConfigResource {
  /** One of `RESOURCE_TYPES`. */
  readonly type: number;
  /** A topic, a group, or the id of a node; empty stands for all nodes. */
  readonly name: string;
}

export interface ConfigChange {
  readonly name: string;
  /** One of `CONFIG_OPERATIONS`. */
  readonly operation: number;
  readonly value: string | null;
}

/** A resource whose settings can be changed. */
interface Changeable {
  readonly settings: ReadonlyMap<string, Setting>;
  /** What is set on it. */
  readonly overrides: ReadonlyMap<string, string>;
  /** Whether it can have these. @throws KafkaError */
  check(overrides: ReadonlyMap<string, string>): void;
  replace(overrides: ReadonlyMap<string, string>): void;
}

/** Settings as admin clients read and change them; a change takes effect at once. */
export class ConfigAdmin {
  readonly #context: ModelContext;
  readonly #cluster: Cluster;
  readonly #groups: GroupSettings;
  readonly #changed: () => void;
  readonly #nodes = new Map<number, Config>();

  /** @param changed called after each change */
  constructor(context: ModelContext, cluster: Cluster, groups: GroupSettings, changed: () => void) {
    this.#context = context;
    this.#cluster = cluster;
    this.#groups = groups;
    this.#changed = changed;
  }

  /**
   * Settings that are in force, by name.
   *
   * @param names null for all; those that are neither known nor set are left out
   * @param nodeId the node that is asked: nobody else tells its settings
   * @throws KafkaError UNKNOWN_TOPIC_OR_PARTITION, INVALID_TOPIC_EXCEPTION, INVALID_REQUEST
   */
  describe(resource: ConfigResource, names: readonly string[] | null, nodeId: number): DescribedSetting[] {
    const config = this.#described(resource, nodeId);
    const wanted = names && new Set(names);
    // All nodes together have only what was set for them.
    const onlySet = resource.type === RESOURCE_TYPES.broker && resource.name === '';
    const described: DescribedSetting[] = [];
    for (const name of [...config.names()].sort()) {
      if (wanted && !wanted.has(name)) continue;
      if (onlySet && !config.overrides.has(name)) continue;
      described.push(describeSetting(config, name));
    }
    return described;
  }

  /**
   * Replaces everything that was set.
   *
   * @param nodeId the node that is asked: nobody else takes settings of it
   * @throws KafkaError INVALID_CONFIG, INVALID_REQUEST, …
   */
  replace(
    resource: ConfigResource,
    entries: ReadonlyArray<{ readonly name: string; readonly value: string | null }>,
    validateOnly: boolean,
    nodeId: number,
  ): void {
    const changes = entries.map(({ name, value }) => ({ name, value, operation: CONFIG_OPERATIONS.set }));
    checkChanges(changes);
    this.#apply(this.#changeable(resource, nodeId), changes, new Map(), validateOnly);
  }

  /** Changes single settings. @see replace */
  edit(resource: ConfigResource, changes: readonly ConfigChange[], validateOnly: boolean, nodeId: number): void {
    checkChanges(changes);
    const changeable = this.#changeable(resource, nodeId);
    this.#apply(changeable, changes, new Map(changeable.overrides), validateOnly);
  }

  #apply(
    changeable: Changeable,
    changes: readonly ConfigChange[],
    overrides: Map<string, string>,
    validateOnly: boolean,
  ): void {
    for (const change of changes) applyChange(changeable, change, overrides);
    changeable.check(overrides);
    if (validateOnly) return;
    this.#context.outbox.run(() => {
      changeable.replace(overrides);
      this.#changed();
    });
  }

  #changeable(resource: ConfigResource, nodeId: number): Changeable {
    switch (resource.type) {
      case RESOURCE_TYPES.topic:
        return this.#changeableTopic(resource.name);
      case RESOURCE_TYPES.broker:
        return this.#changeableNode(resource.name, nodeId);
      case RESOURCE_TYPES.group:
        return this.#changeableGroup(resource.name);
      default:
        throw unknownType(resource);
    }
  }

  /** Values are looked at before the topic is. */
  #changeableTopic(name: string): Changeable {
    const topic = this.#cluster.topic(name);
    return {
      settings: TOPIC_SETTINGS,
      overrides: topic?.config.overrides ?? new Map(),
      check: (overrides) => {
        if (name === '') throw new KafkaError('INVALID_REQUEST', 'Default topic resources are not allowed.');
        checkTopicName(name);
        checkTopicSettings(overrides, this.#cluster.config);
        if (!topic) throw unknownTopic(name);
      },
      replace: (overrides) => topic?.config.replace(overrides),
    };
  }

  #changeableNode(name: string, nodeId: number): Changeable {
    const id = integerOf(name);
    if (name !== '' && id === undefined) {
      throw new KafkaError('INVALID_REQUEST', `Node id must be an integer, but it is: ${name}`);
    }
    if (name !== '' && id !== nodeId) {
      throw new KafkaError('INVALID_REQUEST', `Unexpected broker id, expected ${nodeId}, but received ${name}`);
    }
    const config = this.#nodeConfig(name);
    return {
      settings: config.settings,
      overrides: config.overrides,
      check: (overrides) => checkNodeSettings(overrides, config.overrides),
      replace: (overrides) => config.replace(overrides),
    };
  }

  #changeableGroup(groupId: string): Changeable {
    const { settings, overrides } = this.#groupConfig(groupId);
    return {
      settings,
      overrides,
      check: (wanted) => {
        checkSettings(settings, wanted, 'group');
        this.#groups.check(wanted);
      },
      replace: (wanted) => this.#groups.replace(groupId, wanted),
    };
  }

  #described(resource: ConfigResource, nodeId: number): Config {
    const { type, name } = resource;
    switch (type) {
      case RESOURCE_TYPES.topic: {
        checkTopicName(name);
        const topic = this.#cluster.topic(name);
        if (!topic) throw unknownTopic(name);
        return topic.config;
      }
      case RESOURCE_TYPES.broker: {
        if (name === '' || integerOf(name) === nodeId) return this.#nodeConfig(name);
        const found =
          integerOf(name) === undefined
            ? `Broker id must be an integer, but it is: ${name}`
            : `Unexpected broker id, expected ${nodeId} or empty string, but received ${name}`;
        throw new KafkaError('INVALID_REQUEST', found);
      }
      case RESOURCE_TYPES.group:
        return this.#groupConfig(name);
      default:
        throw unknownType(resource);
    }
  }

  #groupConfig(groupId: string): Config {
    if (groupId !== '') return this.#groups.of(groupId);
    throw new KafkaError('INVALID_REQUEST', 'Default group resources are not allowed.');
  }

  #nodeConfig(name: string): Config {
    return name === '' ? this.#cluster.config : this.#configOf(Number(name));
  }

  #configOf(nodeId: number): Config {
    let config = this.#nodes.get(nodeId);
    if (!config) {
      const { config: parent, nodes } = this.#cluster;
      config = createNodeConfig(parent, nodeId, nodes.find(({ id }) => id === nodeId)?.rack ?? null);
      this.#nodes.set(nodeId, config);
    }
    return config;
  }

  reset(): void {
    this.#nodes.clear();
  }

  /** What was set on single nodes, by node; what belongs to topics and to all nodes is kept with the cluster. */
  snapshot(): unknown {
    return new Map([...this.#nodes].map(([nodeId, config]) => [nodeId, new Map(config.overrides)]));
  }

  restore(state: unknown): void {
    this.#nodes.clear();
    for (const [nodeId, overrides] of state as ReadonlyMap<number, ReadonlyMap<string, string>>) {
      this.#configOf(nodeId).replace(overrides);
    }
  }
}

/** Looked at before anything else is. @throws KafkaError INVALID_REQUEST */
export function checkChanges(changes: readonly ConfigChange[]): void {
  if (new Set(changes.map(({ name }) => name)).size < changes.length) {
    throw new KafkaError('INVALID_REQUEST', 'Error due to duplicate config keys');
  }
  const empty = changes.filter(({ value, operation }) => value === null && operation !== CONFIG_OPERATIONS.delete);
  if (empty.length === 0) return;
  const names = empty.map(({ name }) => name).join(', ');
  throw new KafkaError('INVALID_REQUEST', `Null value not supported for : ${names}`);
}

/** Works a change into `overrides`. @throws KafkaError INVALID_CONFIG, INVALID_REQUEST */
function applyChange({ settings }: Changeable, change: ConfigChange, overrides: Map<string, string>): void {
  const { name, operation } = change;
  const value = change.value as string;
  switch (operation) {
    case CONFIG_OPERATIONS.set:
      overrides.set(name, value);
      return;
    case CONFIG_OPERATIONS.delete:
      overrides.delete(name);
      return;
    case CONFIG_OPERATIONS.append:
    case CONFIG_OPERATIONS.subtract: {
      const setting = settings.get(name);
      if (setting?.type !== 'list') throw notListed(settings, name, operation);
      overrides.set(name, editList(overrides.get(name) ?? setting.defaultValue, operation, value));
      return;
    }
    default:
      throw new KafkaError('INVALID_REQUEST', `config operation ${operation} is unknown`);
  }
}

function editList(current: string, operation: number, value: string): string {
  const before = current.split(',').filter((item) => item !== '');
  const items = value.split(',');
  const after =
    operation === CONFIG_OPERATIONS.append
      ? [...before, ...items.filter((item) => !before.includes(item))]
      : before.filter((item) => !items.includes(item));
  return after.join(',');
}

/** Only lists grow and shrink. */
function notListed(settings: ReadonlyMap<string, Setting>, name: string, operation: number): KafkaError {
  const what = operation === CONFIG_OPERATIONS.append ? 'append' : 'subtract';
  return new KafkaError(
    'INVALID_CONFIG',
    settings === BROKER_SETTINGS
      ? `Config value ${what} is not allowed for config key: ${name}`
      : `Can't ${what.toUpperCase()} to key ${name} because its type is not LIST.`,
  );
}

/**
 * What is wrong with settings of a node is wrong with the request; names that nobody knows are for plug-ins.
 *
 * @throws KafkaError INVALID_REQUEST
 */
function checkNodeSettings(wanted: ReadonlyMap<string, string>, before: ReadonlyMap<string, string>): void {
  const fixed = [...wanted.keys()].filter((name) => BROKER_SETTINGS.has(name) && !isDynamic(name) && !before.has(name));
  if (fixed.length > 0) {
    throw new KafkaError('INVALID_REQUEST', `Cannot update these configs dynamically: Set(${fixed.join(', ')})`);
  }
  try {
    checkSettings(NODE_SETTINGS, new Map([...wanted].filter(([name]) => NODE_SETTINGS.has(name))));
  } catch (error) {
    throw new KafkaError('INVALID_REQUEST', (error as Error).message);
  }
}

function integerOf(text: string): number | undefined {
  return /^[+-]?\d+$/.test(text) ? Number(text) : undefined;
}

function unknownTopic(name: string): KafkaError {
  return new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', `The topic '${name}' does not exist.`);
}

function unknownType({ type }: ConfigResource): KafkaError {
  return new KafkaError('INVALID_REQUEST', `Unknown resource type ${type}`);
}
