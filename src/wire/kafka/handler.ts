import type { Call, OfferedApi, Outcome } from './call.js';
import { compile, type StructCodec } from './codec.js';
import type { ErrorName } from './error-code.js';
import type { Decoded, Encodable, Fields } from './field.js';

/** First and last version, both included. */
export type VersionRange = readonly [first: number, last: number];

/** Which versions are offered: those of a current Kafka, or the fewest that every known client is content with. */
export type Profile = 'standard' | 'lean';

interface ApiDefinition<Request extends Fields, Response extends Fields> {
  /** Kafka's own name, as faults and the journal say it. */
  readonly name: string;
  readonly key: number;
  /** Versions described here. */
  readonly versions: VersionRange;
  /** First flexible version, `Infinity` when there is none. */
  readonly flexibleSince: number;
  /** Versions offered. A profile without a range does not offer the API. */
  readonly offered: { readonly standard: VersionRange; readonly lean?: VersionRange | undefined };
  /** ApiVersions alone never has tagged fields in the header of its answers. */
  readonly plainResponseHeader?: true;
  readonly request: Request;
  readonly response: Response;
}

/** Readers and writers of one version. */
export interface ApiCodec<Request extends Fields, Response extends Fields> {
  readonly flexible: boolean;
  readonly request: StructCodec<Request>;
  readonly response: StructCodec<Response>;
}

/** The shape of one API in all its versions. */
export class Api<Request extends Fields, Response extends Fields> {
  readonly definition: ApiDefinition<Request, Response>;
  readonly #codecs = new Map<number, ApiCodec<Request, Response>>();

  constructor(definition: ApiDefinition<Request, Response>) {
    this.definition = definition;
  }

  get name(): string {
    return this.definition.name;
  }

  get key(): number {
    return this.definition.key;
  }

  /** The range that a profile offers, undefined when the API is not part of it. */
  offered(profile: Profile): VersionRange | undefined {
    return this.definition.offered[profile];
  }

  /** Whether a request of this version can be read and is on offer. */
  accepts(version: number, profile: Profile): boolean {
    const offered = this.offered(profile);
    if (!offered) return false;
    const [first, last] = this.definition.versions;
    return version >= Math.max(first, offered[0]) && version <= Math.min(last, offered[1]);
  }

  /** Compiled when first asked for. */
  codec(version: number): ApiCodec<Request, Response> {
    const known = this.#codecs.get(version);
    if (known) return known;
    const { request, response, flexibleSince } = this.definition;
    const flexible = version >= flexibleSince;
    const codec = {
      flexible,
      request: compile(request, version, flexible),
      response: compile(response, version, flexible),
    };
    this.#codecs.set(version, codec);
    return codec;
  }

  /** Joins the API with what serves it. */
  handler(definition: HandlerDefinition<Request, Response>): Handler {
    return { ...definition, api: this };
  }
}

/** How an API is served. */
interface HandlerDefinition<Request extends Fields, Response extends Fields> {
  /** Serves a request: one call into the model. What it throws as a `BrokerError` becomes `fail`. */
  handle(request: Decoded<Request>, call: Call<Encodable<Response>>): Outcome<Encodable<Response>>;
  /** The answer when the whole request fails: the error in every place where this API has one. */
  fail(request: Decoded<Request>, errorCode: ErrorName, message: string): Outcome<Encodable<Response>>;
}

/** An API and what serves it. */
export interface Handler {
  readonly api: AnyApi;
  handle(request: any, call: Call<any>): Outcome<unknown>;
  fail(request: any, errorCode: ErrorName, message: string): Outcome<unknown>;
}

export type AnyApi = Api<any, any>;

/** The ranges that a profile offers, by key. */
export function offeredApis(apis: readonly AnyApi[], profile: Profile): OfferedApi[] {
  const out: OfferedApi[] = [];
  for (const api of apis) {
    const range = api.offered(profile);
    if (range) out.push({ apiKey: api.key, minVersion: range[0], maxVersion: range[1] });
  }
  return out.sort((a, b) => a.apiKey - b.apiKey);
}

/** Describes an API; the types of its requests and answers follow. */
export function defineApi<Request extends Fields, Response extends Fields>(
  definition: ApiDefinition<Request, Response>,
): Api<Request, Response> {
  return new Api(definition);
}

/** What reading a request of an API gives: `RequestOf<typeof produceApi>`. */
export type RequestOf<A> = A extends Api<infer Request, any> ? Decoded<Request> : never;

/** What an answer of an API is made from. */
export type ResponseOf<A> = A extends Api<any, infer Response> ? Encodable<Response> : never;
