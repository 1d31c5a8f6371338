import { Config } from './config.js';
import { KafkaError } from './errors.js';
import { GROUP_SETTINGS } from './setting.js';

/** How often members of a group are heard of, and when they are given up. */
type GroupSetting = 'consumer.heartbeat.interval.ms' | 'consumer.session.timeout.ms';

/** Settings of single groups of the newer protocol, whether these exist or not; what is not set is the cluster's. */
export class GroupSettings {
  readonly #cluster: Config;
  readonly #groups = new Map<string, Config>();

  constructor(cluster: Config) {
    this.#cluster = cluster;
  }

  /** The value that is in force for a group. */
  number(groupId: string, name: GroupSetting): number {
    return numberOf(this.of(groupId), name);
  }

  /** To look at; what is changed by `replace` stays. */
  of(groupId: string): Config {
    return this.#groups.get(groupId) ?? new Config(GROUP_SETTINGS, 'group', this.#cluster);
  }

  /** Replaces everything that was set for a group. The values must have been checked. */
  replace(groupId: string, overrides: ReadonlyMap<string, string>): void {
    const config = this.of(groupId);
    config.replace(overrides);
    if (overrides.size === 0) this.#groups.delete(groupId);
    else this.#groups.set(groupId, config);
  }

  /** Checks values against each other and against what brokers allow. @throws KafkaError INVALID_CONFIG */
  check(overrides: ReadonlyMap<string, string>): void {
    const wanted = new Config(GROUP_SETTINGS, 'group', this.#cluster);
    wanted.replace(overrides);
    for (const name of overrides.keys()) this.#checkRange(name as GroupSetting, Number(overrides.get(name)));
    const heartbeatMs = numberOf(wanted, 'consumer.heartbeat.interval.ms');
    if (numberOf(wanted, 'consumer.session.timeout.ms') > heartbeatMs) return;
    throw invalid('consumer.session.timeout.ms must be greater than consumer.heartbeat.interval.ms');
  }

  #checkRange(name: GroupSetting, value: number): void {
    const least = name.replace('consumer.', 'group.consumer.min.');
    const most = name.replace('consumer.', 'group.consumer.max.');
    if (value < this.#cluster.number(least)) throw invalid(`${name} must be greater than or equal to ${least}`);
    if (value > this.#cluster.number(most)) throw invalid(`${name} must be less than or equal to ${most}`);
  }

  reset(): void {
    this.#groups.clear();
  }

  snapshot(): unknown {
    return new Map([...this.#groups].map(([groupId, config]) => [groupId, new Map(config.overrides)]));
  }

  restore(state: unknown): void {
    this.reset();
    const saved = (state ?? new Map()) as ReadonlyMap<string, ReadonlyMap<string, string>>;
    for (const [groupId, overrides] of saved) this.replace(groupId, overrides);
  }
}

/** Read anew each time: what it inherits may have changed. */
function numberOf(config: Config, name: GroupSetting): number {
  return Number(config.chain(name)[0]?.value);
}

function invalid(problem: string): KafkaError {
  return new KafkaError('INVALID_CONFIG', problem);
}
