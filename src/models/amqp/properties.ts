import { type FieldTable, type FieldTableInput, toFieldTable } from './field-table.js';

/**
 * A message's properties; absent ones are undefined. The model only reads single fields, and hands the very object on
 * to consumers where nothing has to change, so that a door may give one that decodes lazily and keeps its bytes.
 */
export interface BasicProperties {
  readonly contentType?: string | undefined;
  readonly contentEncoding?: string | undefined;
  readonly headers?: FieldTable | undefined;
  /** 1 transient, 2 persistent. */
  readonly deliveryMode?: number | undefined;
  readonly priority?: number | undefined;
  readonly correlationId?: string | undefined;
  readonly replyTo?: string | undefined;
  /** Milliseconds, as text. */
  readonly expiration?: string | undefined;
  readonly messageId?: string | undefined;
  /** Seconds since 1970. */
  readonly timestamp?: number | bigint | undefined;
  readonly type?: string | undefined;
  readonly userId?: string | undefined;
  readonly appId?: string | undefined;
  readonly clusterId?: string | undefined;
}

export const NO_PROPERTIES: BasicProperties = Object.freeze({});

/** The properties in order of their flags on the wire. */
export const PROPERTY_NAMES = [
  'contentType',
  'contentEncoding',
  'headers',
  'deliveryMode',
  'priority',
  'correlationId',
  'replyTo',
  'expiration',
  'messageId',
  'timestamp',
  'type',
  'userId',
  'appId',
  'clusterId',
] as const satisfies ReadonlyArray<keyof BasicProperties>;

/** A plain copy with some properties changed; `undefined` removes one. Works on lazily decoded properties, too. */
export function withProperties(properties: BasicProperties, changes: BasicProperties): BasicProperties {
  const copy: Record<string, unknown> = {};
  for (const name of PROPERTY_NAMES) {
    const value = Object.hasOwn(changes, name) ? changes[name] : properties[name];
    if (value !== undefined) copy[name] = value;
  }
  return copy;
}

/** The properties with further headers, or without any where `headers` is undefined. */
export function withHeaders(properties: BasicProperties, headers: FieldTable | undefined): BasicProperties {
  return withProperties(properties, { headers });
}

/** Properties as users write them. */
export interface PropertiesInput extends Omit<BasicProperties, 'headers' | 'expiration' | 'timestamp'> {
  readonly headers?: FieldTableInput | undefined;
  /** Milliseconds, as a number or as text. */
  readonly expiration?: number | string | undefined;
  readonly timestamp?: number | bigint | Date | undefined;
  /** Short for `deliveryMode: 2`. */
  readonly persistent?: boolean | undefined;
}

/** A user's properties in the wire's form. */
export function toProperties(input: PropertiesInput): BasicProperties {
  const { headers, expiration, timestamp, persistent } = input;
  const changes: { -readonly [K in keyof BasicProperties]: BasicProperties[K] } = {};
  if (headers !== undefined) changes.headers = toFieldTable(headers);
  if (expiration !== undefined) changes.expiration = String(expiration);
  if (timestamp instanceof Date) changes.timestamp = Math.floor(timestamp.getTime() / 1000);
  if (persistent !== undefined) changes.deliveryMode = persistent ? 2 : 1;
  return withProperties(input as BasicProperties, changes);
}
