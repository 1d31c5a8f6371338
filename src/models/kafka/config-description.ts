import { CONFIG_SOURCES, type Config, plainValue } from './config.js';
import {
  BROKER_SETTINGS,
  DEFAULT_IN_HOURS,
  isDynamic,
  SETTING_TYPES,
  type Setting,
  THROTTLE_SETTINGS,
  TOPIC_SETTINGS,
  WITHOUT_DEFAULT,
} from './setting.js';

/** Of a setting that nobody knows. */
const UNKNOWN_TYPE = 0;

/** A setting as admin clients see it. */
export interface DescribedSetting {
  readonly name: string;
  /** Null for one that is told in hours, where there is nothing, and for what is not told. */
  readonly value: string | null;
  readonly readOnly: boolean;
  readonly sensitive: boolean;
  readonly source: number;
  readonly type: number;
  /** What it would be taken from, most specific first. */
  readonly synonyms: readonly Synonym[];
}

interface Synonym {
  readonly name: string;
  readonly value: string | null;
  readonly source: number;
}

/** @param name one of `config.names()` */
export function describeSetting(config: Config, name: string): DescribedSetting {
  const setting = config.settings.get(name);
  return setting ? describeKnown(config, setting) : describeExtra(config, name);
}

function describeKnown(config: Config, setting: Setting): DescribedSetting {
  const chain = config.chain(setting.name).map(({ name, value, source }) => ({
    name,
    value: plainValue(setting, value),
    source: CONFIG_SOURCES[source],
  }));
  const first = chain[0] as (typeof chain)[0];
  return {
    name: setting.name,
    value: first.source === CONFIG_SOURCES.default && hasNoDefault(setting.name) ? null : first.value,
    source: first.source,
    readOnly: config.settings === BROKER_SETTINGS && !isDynamic(setting.name),
    sensitive: false,
    type: SETTING_TYPES[setting.type],
    // The default of a setting that brokers do not have is no synonym.
    synonyms: config.settings === TOPIC_SETTINGS && !setting.synonym ? chain.slice(0, -1) : synonymsOf(chain),
  };
}

/** What was set on nodes though no node has it by default; what nobody knows is kept and not told. */
function describeExtra(config: Config, name: string): DescribedSetting {
  const setting = THROTTLE_SETTINGS.get(name);
  const synonyms = config.chain(name).map(({ value, source }) => ({
    name,
    value: setting ? plainValue(setting, value) : null,
    source: CONFIG_SOURCES[source],
  }));
  const { value, source } = synonyms[0] as (typeof synonyms)[0];
  const type = setting ? SETTING_TYPES[setting.type] : UNKNOWN_TYPE;
  return { name, value, source, readOnly: true, sensitive: !setting, type, synonyms };
}

function hasNoDefault(name: string): boolean {
  return DEFAULT_IN_HOURS.has(name) || WITHOUT_DEFAULT.has(name);
}

/** Kafka leaves a default out that belongs to a setting in hours, unless the one in milliseconds is set somewhere. */
function synonymsOf(chain: readonly Synonym[]): readonly Synonym[] {
  const last = chain.at(-1);
  if (last && WITHOUT_DEFAULT.has(last.name)) return chain.slice(0, -1);
  const inHours = last && DEFAULT_IN_HOURS.get(last.name);
  if (!inHours) return chain;
  const rest = chain.slice(0, -1);
  return rest.some(({ name }) => name === last.name) ? [...rest, { ...inHours, source: last.source }] : rest;
}
