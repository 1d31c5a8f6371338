import type { PubSubMessage } from '../../models/redis/index.js';
import { bulk, type Protocol, push } from './reply.js';

/** Frames of the message that is being delivered: a publish to thousands of subscribers encodes each form once. */
const encoded = new WeakMap<PubSubMessage, { 2?: string; 3?: string }>();

/** A message as its subscribers see it. */
export function encodeMessage(message: PubSubMessage, protocol: Protocol): string {
  let frames = encoded.get(message);
  if (!frames) {
    frames = {};
    encoded.set(message, frames);
  }
  frames[protocol] ??= encode(message, protocol);
  return frames[protocol] as string;
}

function encode(message: PubSubMessage, protocol: Protocol): string {
  const items = [bulk(message.kind)];
  if (message.patternBytes !== undefined) items.push(bulk(message.patternBytes));
  items.push(bulk(message.channelBytes), bulk(message.payloadBytes));
  return push(items, protocol);
}
