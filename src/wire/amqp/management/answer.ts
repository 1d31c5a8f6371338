import { BrokerError } from '../../../core/errors.js';
import type { HttpResponse } from '../../http/index.js';

export const NOT_FOUND_BODY = { error: 'Object Not Found', reason: 'Not Found' } as const;

/** An answer other than the one that was asked for. */
export class ManagementError extends BrokerError {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>> | undefined;

  constructor(status: number, body?: unknown, headers?: Readonly<Record<string, string>>) {
    super('MANAGEMENT_ERROR', `the management API answers ${status}`);
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

/** 404 for a thing that is not there. */
export const notFound = (): ManagementError => new ManagementError(404, NOT_FOUND_BODY);
/** 404 with a reason of its own. */
export const notFoundBecause = (reason: string): ManagementError =>
  new ManagementError(404, { error: 'not_found', reason });
export const badRequest = (reason: unknown): ManagementError =>
  new ManagementError(400, { error: 'bad_request', reason });
export const notAuthorised = (reason: string): ManagementError =>
  new ManagementError(401, { error: 'not_authorised', reason });

export const json = (body: unknown): HttpResponse => ({ status: 200, body });
export const noContent = (): HttpResponse => ({ status: 204 });
/** 201 for something new, 204 for what was there. */
export const stored = (isNew: boolean): HttpResponse => ({ status: isNew ? 201 : 204 });

/** The thing, or 404. @throws ManagementError */
export function found<T>(thing: T | undefined): T {
  if (thing === undefined) throw notFound();
  return thing;
}
