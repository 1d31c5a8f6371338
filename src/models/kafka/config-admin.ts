import type { ModelContext } from '../../core/model.js';
import type { Cluster } from './cluster.js';
import { CONFIG_SOURCES, type Config, checkSetting, createNodeConfig } from './config.js';
import { KafkaError } from './errors.js';
import type { GroupSettings } from './group-settings.js';
import { rangeOf } from './replica-placement.js';
import {
  BROKER_SETTINGS,
  DEFAULT_IN_HOURS,
  isDynamic,
  SETTING_TYPES,
  type Setting,
  TOPIC_SETTINGS,
} from './setting.js';

/** What has settings, by its number on the wire. */
export const RESOURCE_TYPES = { topic: 2, broker: 4, brokerLogger: 8, group: 32 } as const;

/** What is done to a setting, by its number on the wire. */
export const CONFIG_OPERATIONS = { set: 0, delete: 1, append: 2, subtract: 3 } as const;

export interface ConfigResource {
  /** One of `RESOURCE_TYPES`. */
  readonly type: number;
  /** A topic, a group, or the id of a node; empty stands for all nodes. */
  readonly name: string;
}

/** A setting as admin clients see it. */
export interface DescribedSetting {
  readonly name: string;
  readonly value: string;
  readonly readOnly: boolean;
  readonly source: number;
  readonly type: number;
  /** What it would be taken from, most specific first. */
  readonly synonyms: readonly Synonym[];
}

interface Synonym {
  readonly name: string;
  readonly value: string;
  readonly source: number;
}

export interface ConfigChange {
  readonly name: string;
  /** One of `CONFIG_OPERATIONS`. */
  readonly operation: number;
  readonly value: string | null;
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
   * @param names null for all; those that are unknown are left out
   * @throws KafkaError UNKNOWN_TOPIC_OR_PARTITION, INVALID_REQUEST
   */
  describe(resource: ConfigResource, names: readonly string[] | null): DescribedSetting[] {
    const { config, readOnly } = this.#resolve(resource);
    const wanted = names && new Set(names);
    // All nodes together have only what was set for them.
    const onlySet = resource.type === RESOURCE_TYPES.broker && resource.name === '';
    const described: DescribedSetting[] = [];
    for (const setting of config.settings.values()) {
      if (wanted && !wanted.has(setting.name)) continue;
      if (onlySet && !config.overrides.has(setting.name)) continue;
      const chain = config.chain(setting.name).map((entry) => ({ ...entry, source: CONFIG_SOURCES[entry.source] }));
      const [first] = chain;
      if (!first) continue;
      described.push({
        name: setting.name,
        value: first.value,
        source: first.source,
        readOnly: readOnly(setting.name),
        type: SETTING_TYPES[setting.type],
        // The default of a setting that brokers do not have is no synonym.
        synonyms: config.settings === TOPIC_SETTINGS && !setting.synonym ? chain.slice(0, -1) : synonymsOf(chain),
      });
    }
    return described;
  }

  /** Replaces everything that was set. @throws KafkaError INVALID_CONFIG, INVALID_REQUEST, … */
  replace(
    resource: ConfigResource,
    entries: ReadonlyArray<{ readonly name: string; readonly value: string | null }>,
    validateOnly: boolean,
  ): void {
    const changes = entries.map(({ name, value }) => ({ name, value, operation: CONFIG_OPERATIONS.set }));
    this.#apply(resource, changes, new Map(), validateOnly);
  }

  /** Changes single settings. @throws KafkaError INVALID_CONFIG, INVALID_REQUEST, … */
  edit(resource: ConfigResource, changes: readonly ConfigChange[], validateOnly: boolean): void {
    for (const change of changes) checkListed(resource, change);
    this.#apply(resource, changes, new Map(this.#resolve(resource).config.overrides), validateOnly);
  }

  #apply(
    resource: ConfigResource,
    changes: readonly ConfigChange[],
    overrides: Map<string, string>,
    validateOnly: boolean,
  ): void {
    const { config, readOnly } = this.#resolve(resource);
    const names = new Set<string>();
    for (const change of changes) {
      if (names.has(change.name)) {
        throw new KafkaError('INVALID_REQUEST', `Error due to duplicate config keys: ${change.name}`);
      }
      names.add(change.name);
      if (config.settings.has(change.name) && readOnly(change.name)) {
        throw new KafkaError('INVALID_REQUEST', `Cannot update these configs dynamically: ${change.name}`);
      }
      applyChange(config, change, overrides);
    }
    const isGroup = resource.type === RESOURCE_TYPES.group;
    if (isGroup) this.#groups.check(overrides);
    if (validateOnly) return;
    this.#context.outbox.run(() => {
      if (isGroup) this.#groups.replace(resource.name, overrides);
      else config.replace(overrides);
      this.#changed();
    });
  }

  #resolve(resource: ConfigResource): { config: Config; readOnly: (name: string) => boolean } {
    switch (resource.type) {
      case RESOURCE_TYPES.topic: {
        const topic = this.#cluster.topic(resource.name);
        if (topic) return { config: topic.config, readOnly: () => false };
        throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', `The topic '${resource.name}' does not exist.`);
      }
      case RESOURCE_TYPES.broker:
        return { config: this.#nodeConfig(resource.name), readOnly: (name) => !isDynamic(name) };
      case RESOURCE_TYPES.group:
        if (resource.name !== '') return { config: this.#groups.of(resource.name), readOnly: () => false };
        throw new KafkaError('INVALID_REQUEST', 'Default group resources are not allowed.');
      default:
        throw new KafkaError('INVALID_REQUEST', `Unknown resource type ${resource.type}`);
    }
  }

  #nodeConfig(name: string): Config {
    if (name === '') return this.#cluster.config;
    const nodeId = /^\d+$/.test(name) ? Number(name) : -1;
    if (!this.#cluster.node(nodeId)) {
      throw new KafkaError(
        'INVALID_REQUEST',
        `Unexpected broker id, expected ${rangeOf(this.#cluster.nodes)}: ${name}`,
      );
    }
    return this.#configOf(nodeId);
  }

  #configOf(nodeId: number): Config {
    let config = this.#nodes.get(nodeId);
    if (!config) {
      config = createNodeConfig(this.#cluster.config);
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

/** Kafka leaves a default out that belongs to a setting in hours, unless the one in milliseconds is set somewhere. */
function synonymsOf(chain: readonly Synonym[]): readonly Synonym[] {
  const last = chain.at(-1);
  const inHours = last && DEFAULT_IN_HOURS.get(last.name);
  if (!inHours) return chain;
  const rest = chain.slice(0, -1);
  return rest.some(({ name }) => name === last.name) ? [...rest, { ...inHours, source: last.source }] : rest;
}

/** Works a change into `overrides`. @throws KafkaError INVALID_CONFIG, INVALID_REQUEST */
function applyChange(config: Config, { name, operation, value }: ConfigChange, overrides: Map<string, string>): void {
  const setting = config.settings.get(name);
  if (!setting) throw new KafkaError('INVALID_CONFIG', `Unknown config name: ${name}`);
  if (operation === CONFIG_OPERATIONS.delete) {
    overrides.delete(name);
    return;
  }
  if (value === null) throw new KafkaError('INVALID_CONFIG', `Null value not supported for: ${name}`);
  const next = operation === CONFIG_OPERATIONS.set ? value : editList(config, setting, operation, value);
  checkSetting(config.settings, name, next);
  overrides.set(name, next);
}

/** Only lists grow and shrink: this is looked at before the resource is. @throws KafkaError INVALID_CONFIG */
function checkListed({ type }: ConfigResource, { name, operation }: ConfigChange): void {
  const { append, subtract } = CONFIG_OPERATIONS;
  const known = type === RESOURCE_TYPES.topic || type === RESOURCE_TYPES.broker;
  if (!known || (operation !== append && operation !== subtract)) return;
  const settings = type === RESOURCE_TYPES.topic ? TOPIC_SETTINGS : BROKER_SETTINGS;
  if (settings.get(name)?.type === 'list') return;
  const what = operation === append ? 'APPEND' : 'SUBTRACT';
  throw new KafkaError('INVALID_CONFIG', `Can't ${what} to key ${name} because its type is not LIST.`);
}

function editList(config: Config, setting: Setting, operation: number, value: string): string {
  const items = value.split(',');
  const current = config.list(setting.name);
  switch (operation) {
    case CONFIG_OPERATIONS.append:
      return [...current, ...items.filter((item) => !current.includes(item))].join(',');
    case CONFIG_OPERATIONS.subtract:
      return current.filter((item) => !items.includes(item)).join(',');
    default:
      throw new KafkaError('INVALID_REQUEST', `config operation ${operation} is unknown`);
  }
}
