import type { KafkaOptions } from '../models/kafka/index.js';
import { UsageError } from './usage.js';
import { choice, pairs, wholeNumber, wrong } from './value.js';

/** Options of serve that are about Kafka, named as those of `createBroker` are. */
export const KAFKA_OPTIONS = {
  topic: { type: 'string', multiple: true },
  'kafka-config': { type: 'string', multiple: true },
  'kafka-data-dir': { type: 'string' },
  'kafka-user': { type: 'string', multiple: true },
  'kafka-mechanism': { type: 'string', multiple: true },
  'kafka-super-user': { type: 'string', multiple: true },
  'kafka-allow-everyone-if-no-acl-found': { type: 'boolean' },
  'kafka-rack': { type: 'string', multiple: true },
  'kafka-api-versions': { type: 'string' },
  'kafka-auto-create': { type: 'string' },
} as const;

/** What was given for them. */
export type KafkaValues = {
  readonly [Name in keyof typeof KAFKA_OPTIONS]?:
    | ((typeof KAFKA_OPTIONS)[Name] extends { multiple: true }
        ? string[]
        : (typeof KAFKA_OPTIONS)[Name] extends { type: 'boolean' }
          ? boolean
          : string)
    | undefined;
};

/** A topic that is made before anybody connects. */
export interface AskedTopic {
  readonly name: string;
  /** Default: `num.partitions`. */
  readonly partitions?: number;
}

const MECHANISMS = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const;
const API_VERSIONS = ['standard', 'lean'] as const;
const AUTO_CREATE = ['kafka', 'immediate'] as const;

/** Undefined when nothing was said. @throws UsageError */
export function readKafkaOptions(values: KafkaValues): KafkaOptions | undefined {
  const config = pairs('kafka-config', values['kafka-config'], '=', 'name=value');
  const dataDir = values['kafka-data-dir'];
  const sasl = readSasl(values);
  const authorizer = readAuthorizer(values);
  const racks = values['kafka-rack'];
  const apiVersions = choice('kafka-api-versions', values['kafka-api-versions'], API_VERSIONS);
  const autoCreate = choice('kafka-auto-create', values['kafka-auto-create'], AUTO_CREATE);
  const options = {
    ...(config && { config }),
    ...(dataDir !== undefined && { dataDir }),
    ...(sasl && { sasl }),
    ...(authorizer && { authorizer }),
    ...(racks && { racks }),
    ...(apiVersions && { apiVersions }),
    ...(autoCreate && { autoCreate }),
  };
  return Object.keys(options).length > 0 ? options : undefined;
}

function readSasl(values: KafkaValues): KafkaOptions['sasl'] {
  const users = pairs('kafka-user', values['kafka-user'], ':', 'name:password');
  const mechanisms = values['kafka-mechanism']?.map((text) => choice('kafka-mechanism', text, MECHANISMS) ?? 'PLAIN');
  if (users) return { users, ...(mechanisms && { mechanisms }) };
  if (mechanisms) throw new UsageError('--kafka-mechanism says how users log in; name one with --kafka-user');
  return undefined;
}

function readAuthorizer(values: KafkaValues): KafkaOptions['authorizer'] {
  const superUsers = values['kafka-super-user'];
  const open = values['kafka-allow-everyone-if-no-acl-found'];
  if (!superUsers && !open) return undefined;
  return { ...(superUsers && { superUsers }), ...(open && { allowEveryoneIfNoAclFound: true }) };
}

/** `orders:3`, or `orders` with as many partitions as topics have by default. @throws UsageError */
export function readTopics(texts: readonly string[] = []): AskedTopic[] {
  return texts.map((text) => {
    const [name, count, extra] = text.split(':') as [string, string?, string?];
    const partitions = count === undefined ? undefined : wholeNumber(count);
    const valid = name !== '' && extra === undefined && (partitions === undefined || partitions >= 1);
    if (!valid) throw wrong('topic', text, 'name or name:partitions');
    return partitions === undefined ? { name } : { name, partitions };
  });
}
