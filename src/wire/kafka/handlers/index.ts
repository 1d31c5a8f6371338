/**
 * Everything that the Kafka door answers. Adding an API is one file here and one line below; the file holds the shape
 * of all its versions, which of them are offered, and one call into the model.
 */
import type { Handler } from '../handler.js';
import { apiVersions } from './api-versions.js';

export const HANDLERS: readonly Handler[] = [apiVersions];
