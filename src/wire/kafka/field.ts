/**
 * The notation in which a handler describes all versions of its API at once:
 *
 *     { groupId: string, generationId: int32, groupInstanceId: string.nullable().since(3) }
 *
 * The order of the properties is the order on the wire. Types of requests and answers follow from the description:
 * reading fills every field, with its default where the version has none; writing may leave out what has a default.
 */
import type { ErrorName } from './error-code.js';

export type Primitive =
  | 'int8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'int64'
  | 'float64'
  | 'boolean'
  | 'string'
  | 'bytes'
  | 'uuid'
  | 'error';

export type FieldType =
  | { readonly kind: Primitive }
  | { readonly kind: 'array'; readonly element: FieldType }
  | { readonly kind: 'struct'; readonly fields: Fields };

interface FieldOptions {
  readonly since: number;
  readonly until: number;
  readonly nullableSince: number;
  readonly tag: number | undefined;
  readonly defaultValue: unknown;
}

const PLAIN: FieldOptions = {
  since: 0,
  until: Infinity,
  nullableSince: Infinity,
  tag: undefined,
  defaultValue: undefined,
};

/** One field: `In` is what reading gives, `Out` what writing takes. */
export class Field<In, Out = In, Optional extends boolean = false> {
  /** Only for the compiler. */
  declare readonly inferred: { in: In; out: Out; optional: Optional };
  readonly type: FieldType;
  readonly options: FieldOptions;

  constructor(type: FieldType, options: FieldOptions = PLAIN) {
    this.type = type;
    this.options = options;
  }

  /** Exists from this version on. */
  since(version: number): Field<In, Out, Optional> {
    return new Field(this.type, { ...this.options, since: version });
  }

  /** Exists up to and including this version. */
  until(version: number): Field<In, Out, true> {
    return new Field(this.type, { ...this.options, until: version });
  }

  /** May be null, from a version on. */
  nullable(since = 0): Field<In | null, Out | null, Optional> {
    return new Field<In | null, Out | null, Optional>(this.type, { ...this.options, nullableSince: since });
  }

  /** What it is where it is absent. */
  default(value: In): Field<In, Out, true> {
    return new Field(this.type, { ...this.options, defaultValue: value });
  }

  /** Stands in the tag section under this number, unless it has its default. */
  tag(tag: number): Field<In, Out, true> {
    return new Field(this.type, { ...this.options, tag });
  }
}

export type AnyField = Field<any, any, boolean>;

/** A structure: names and fields in the order of the wire. */
export type Fields = Readonly<Record<string, AnyField>>;

/** What reading a structure gives. */
export type Decoded<F extends Fields> = { readonly [K in keyof F]: F[K]['inferred']['in'] };

type OptionalKeys<F extends Fields> = {
  [K in keyof F]: F[K]['inferred']['optional'] extends true ? K : never;
}[keyof F];

/**
 * What writing a structure takes. Conditional, so that the compiler resolves it while it still infers a handler's
 * types: error names in returned literals are then checked as names, not as text.
 */
export type Encodable<F extends Fields> = F extends Fields
  ? { readonly [K in Exclude<keyof F, OptionalKeys<F>>]: F[K]['inferred']['out'] } & {
      readonly [K in OptionalKeys<F>]?: F[K]['inferred']['out'] | undefined;
    }
  : never;

const primitive = <T>(kind: Primitive) => new Field<T>({ kind });

export const int8 = primitive<number>('int8');
export const int16 = primitive<number>('int16');
export const uint16 = primitive<number>('uint16');
export const int32 = primitive<number>('int32');
/** A 64-bit integer; beyond 53 bits the nearest double. */
export const int64 = primitive<number>('int64');
export const float64 = primitive<number>('float64');
export const boolean = primitive<boolean>('boolean');
export const string = primitive<string>('string');
/** Reading gives a view on the request; large ones are shared with the transport when written. */
export const bytes = primitive<Uint8Array>('bytes');
/** Record batches, one after the other: a view when read, one piece or several when written. */
export const records = new Field<Uint8Array, Uint8Array | readonly Uint8Array[]>({ kind: 'bytes' });
/** A UUID in its usual text form; `NO_UUID` stands for none. */
export const uuid = primitive<string>('uuid');
/** An error by its name, 16 bits on the wire. */
export const error = new Field<ErrorName, ErrorName, true>({ kind: 'error' });
/** Time that a client is asked to wait: always none. */
export const throttle = new Field<number, number, true>({ kind: 'int32' }, { ...PLAIN, defaultValue: 0 });

/** A structure inside another one. */
export function struct<F extends Fields>(fields: F): Field<Decoded<F>, Encodable<F>> {
  return new Field({ kind: 'struct', fields });
}

/** A list of structures, or of plain values. */
export function array<F extends Fields>(fields: F): Field<readonly Decoded<F>[], readonly Encodable<F>[]>;
export function array<In, Out>(element: Field<In, Out>): Field<readonly In[], readonly Out[]>;
export function array(element: Fields | AnyField): AnyField {
  const type: FieldType = element instanceof Field ? element.type : { kind: 'struct', fields: element as Fields };
  return new Field<unknown[]>({ kind: 'array', element: type });
}
