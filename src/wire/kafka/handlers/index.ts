/**
 * Everything that the Kafka door answers. Adding an API is one file here and one line below; the file holds the shape
 * of all its versions, which of them are offered, and one call into the model.
 */
import type { Handler } from '../handler.js';
import { apiVersions } from './api-versions.js';
import { createTopics } from './create-topics.js';
import { deleteTopics } from './delete-topics.js';
import { fetch } from './fetch.js';
import { listOffsets } from './list-offsets.js';
import { metadata } from './metadata.js';
import { produce } from './produce.js';
import { saslAuthenticate } from './sasl-authenticate.js';
import { saslHandshake } from './sasl-handshake.js';

export const HANDLERS: readonly Handler[] = [
  produce,
  fetch,
  listOffsets,
  metadata,
  saslHandshake,
  apiVersions,
  createTopics,
  deleteTopics,
  saslAuthenticate,
];
