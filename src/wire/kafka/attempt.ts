import { BrokerError } from '../../core/errors.js';
import { type ErrorName, isErrorName } from './error-code.js';

/** Does one of several things that a request asks for; what the model refuses becomes the answer for it alone. */
export function attempt<T, R>(task: () => T, refuse: (errorCode: ErrorName, message: string) => R): T | R {
  try {
    return task();
  } catch (error) {
    if (!(error instanceof BrokerError)) throw error;
    return refuse(isErrorName(error.code) ? error.code : 'INVALID_REQUEST', error.message);
  }
}
