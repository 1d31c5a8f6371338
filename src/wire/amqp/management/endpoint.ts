import type { HttpResponse } from '../../http/index.js';
import type { ManagementRequest } from './request.js';

export type HttpMethod = 'GET' | 'PUT' | 'POST' | 'DELETE';

/** One method on one path. */
export interface Endpoint {
  readonly method: HttpMethod;
  /** Pieces in braces are parameters: `/api/queues/{vhost}/{queue}`. */
  readonly path: string;
  /** Whom it is for; anybody with a tag by default. */
  readonly role: 'management' | 'policymaker' | 'monitoring' | 'administrator';
  readonly handle: (request: ManagementRequest) => HttpResponse;
}

type Handle = Endpoint['handle'];

const define =
  (method: HttpMethod) =>
  (path: string, handle: Handle, role: Endpoint['role'] = 'management'): Endpoint => ({ method, path, role, handle });

export const get = define('GET');
export const put = define('PUT');
export const post = define('POST');
export const remove = define('DELETE');
