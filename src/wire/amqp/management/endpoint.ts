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
  /** Whether a body that is not called JSON is refused. */
  readonly onlyJson: boolean;
  readonly handle: (request: ManagementRequest) => HttpResponse;
}

type Handle = Endpoint['handle'];

const define =
  (method: HttpMethod, onlyJson = false) =>
  (path: string, handle: Handle, role: Endpoint['role'] = 'management'): Endpoint => ({
    method,
    path,
    role,
    onlyJson,
    handle,
  });

export const get = define('GET');
export const put = define('PUT');
export const putJson = define('PUT', true);
export const post = define('POST');
export const postJson = define('POST', true);
export const remove = define('DELETE');
