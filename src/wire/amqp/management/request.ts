import {
  type AmqpBroker,
  erlangAtom,
  erlangFormat,
  erlangList,
  erlangRecord,
  type User,
  type VirtualHost,
} from '../../../models/amqp/index.js';
import type { HttpRequest } from '../../http/index.js';
import type { AmqpDoor } from '../index.js';
import { badRequest, found, notAuthorised, notFoundBecause } from './answer.js';
import type { RateMeter } from './message-stats.js';

export type JsonObject = Readonly<Record<string, unknown>>;

/** A request that has been authenticated and matched to its endpoint. */
export class ManagementRequest {
  readonly door: AmqpDoor;
  readonly user: User;
  readonly query: URLSearchParams;
  readonly headers: HttpRequest['headers'];
  readonly #parameters: ReadonlyMap<string, string>;
  readonly #body: Uint8Array;

  constructor(door: AmqpDoor, user: User, parameters: ReadonlyMap<string, string>, http: HttpRequest) {
    this.door = door;
    this.user = user;
    this.query = http.query;
    this.headers = http.headers;
    this.#parameters = parameters;
    this.#body = http.body;
  }

  get rates(): RateMeter {
    return this.door.rates;
  }

  get broker(): AmqpBroker {
    return this.door.broker;
  }

  /** A decoded piece of the path. */
  path(name: string): string {
    return this.#parameters.get(name) as string;
  }

  /** A piece of the path that not every path has. */
  optional(name: string): string | undefined {
    return this.#parameters.get(name);
  }

  /** The vhost named in the path. @throws ManagementError 404, or 401 when the user has nothing to do there */
  get vhost(): VirtualHost {
    return found(this.anyVhost);
  }

  /** The vhost named in the path, if it is there. @throws ManagementError 401 when the user has nothing to do there */
  get anyVhost(): VirtualHost | undefined {
    const vhost = this.broker.vhosts.get(this.path('vhost'));
    if (vhost && !this.#sees(vhost)) throw notAuthorised('User not authorised to access virtual host');
    return vhost;
  }

  /** The vhosts that a list is about: the one in the path, or all that the user may use. */
  get vhosts(): readonly VirtualHost[] {
    if (this.#parameters.has('vhost')) return [this.vhost];
    return [...this.broker.vhosts.values()].filter(({ name }) => this.user.hasAccess(name));
  }

  /** The vhosts that a list is about, of which the user may know: monitors know of all. @throws ManagementError 404 */
  get visibleVhosts(): readonly VirtualHost[] {
    const name = this.optional('vhost');
    const asked = name === undefined ? [...this.broker.vhosts.values()] : [found(this.broker.vhosts.get(name))];
    return this.isMonitor ? asked : asked.filter((vhost) => this.user.hasAccess(vhost.name));
  }

  /** Whether the user may look into a vhost that is named. */
  #sees({ name }: VirtualHost): boolean {
    return this.user.tags.includes('administrator') || this.user.hasAccess(name);
  }

  /** Whether the user may look at what belongs to others. */
  get isMonitor(): boolean {
    return this.user.tags.some((tag) => tag === 'monitoring' || tag === 'administrator');
  }

  /** The vhost in the path, for a change. @throws ManagementError 404 with the reason that RabbitMQ gives */
  get changedVhost(): VirtualHost {
    const vhost = this.anyVhost;
    if (!vhost) throw notFoundBecause('vhost_not_found');
    return vhost;
  }

  /** The body as a JSON object; an empty one and a mere word are `{}`. @throws ManagementError 400 */
  get body(): JsonObject {
    const value = this.#json;
    if (value === null || typeof value === 'boolean') return {};
    if (typeof value === 'string') {
      throw badRequest('invalid payload: the request body JSON-decoded to a string. Is the input doubly-JSON-encoded?');
    }
    if (!isObject(value)) throw badRequest('not_json');
    return value;
  }

  /** A body that says nothing must be JSON all the same. @throws ManagementError 400 */
  checkBody(): void {
    this.body;
  }

  /** The body as a JSON object and nothing else. @throws ManagementError 400 */
  get document(): JsonObject {
    const value = this.#json;
    if (!isObject(value)) throw badRequest('failed_to_parse_json');
    return value;
  }

  get #json(): unknown {
    if (this.#body.length === 0) return {};
    try {
      return JSON.parse(Buffer.from(this.#body).toString('utf8'));
    } catch {
      return undefined;
    }
  }

  /** The body with keys that must be there. @throws ManagementError 400 naming those that are not */
  bodyWith(...keys: readonly string[]): JsonObject {
    const { body } = this;
    const missing = keys.filter((key) => body[key] === undefined);
    if (missing.length > 0) {
      const terms = missing.map((key) => erlangRecord('key_missing', erlangAtom(key)));
      throw badRequest(erlangFormat`${erlangList(terms)}`);
    }
    return body;
  }

  /** A flag in the query. */
  flag(name: string): boolean {
    return this.query.get(name) === 'true';
  }
}

export const isObject = (value: unknown): value is JsonObject =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** A truth value or its spelt-out form; absent is false. @throws ManagementError 400 */
export function booleanOf(value: unknown): boolean {
  if (value === undefined) return false;
  if (value === true || value === 'true') return true;
  if (value === false || value === 'false') return false;
  throw badRequest(['not_boolean', value]);
}

/** An object of a body; absent is empty. @throws ManagementError 400 */
export function objectOf(value: unknown): JsonObject {
  if (value === undefined) return {};
  // An empty list is what some languages write for an empty map.
  if (Array.isArray(value) && value.length === 0) return {};
  if (!isObject(value)) throw badRequest('function_clause');
  return value;
}
