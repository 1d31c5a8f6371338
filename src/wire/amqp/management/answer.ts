import { BrokerError } from '../../../core/errors.js';
import { PatternError } from '../../../models/amqp/index.js';
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

/** Text as RabbitMQ shows it where it did not take it for text: its characters' numbers. */
export const charCodes = (text: string): number[] => [...text].map((char) => char.codePointAt(0) as number);

/**
 * Does what may find a pattern unreadable.
 *
 * @param shown the pattern as the answer shows it
 * @throws ManagementError 400 with the place
 */
export function orInvalidPattern<T>(shown: unknown, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    throw badRequest(['invalid_regexp', shown, [charCodes(error.problem), error.at]]);
  }
}

/** Whether a text is base64 from end to end. */
export const isBase64 = (text: string): boolean => /^[A-Za-z0-9+/]*={0,2}$/.test(text) && text.length % 4 === 0;
