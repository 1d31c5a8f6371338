/** Conversations recorded from Redis 7.0.15 (`test/fixtures/redis`), replayed byte for byte. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type Conversation, replay } from '../../helpers/redis-vectors.js';

const { vectors } = JSON.parse(
  readFileSync(new URL('../../fixtures/redis/redis-vectors.json', import.meta.url), 'utf8'),
) as { vectors: Conversation[] };

/** These use commands that the door does not have yet. */
const WAITING = new Set([
  'resp2-subscribed-allowed',
  'script-publish',
  'unknown-command-texts',
  'multi-blocking-xread',
  'notify-new-and-miss',
  'notify-streams',
  'notify-script',
  'get-family',
  'scan',
  'hash-basics',
  'list-basics',
  'set-basics',
  'zset-basics',
  'scripting-basics',
  'bits-misc',
  'xadd-star-monotonic',
  'xadd-trim',
  'xrange',
  'xread',
  'xread-block',
  'xread-block-many-readers',
  'xread-block-wrong-type',
  'xread-block-in-script',
  'xgroup',
  'xreadgroup',
  'xreadgroup-block',
  'xpending',
  'xclaim',
  'xautoclaim',
  'xinfo',
  'xsetid',
  'notify-string-misc',
  'notify-script-self-order',
  'xread-block-after-del',
  'fault-busy-script',
  'wait-and-misc-timeouts',
  'resp2-null-forms',
  'script-errors',
  'xack-all-or-nothing',
  'xreadgroup-redeliver-after-setid',
  'stream-id-forms',
  'handshake-redis-benchmark',
]);
const replayable = vectors.filter(({ name }) => !WAITING.has(name));

describe('what Redis 7.0.15 answered', () => {
  test.for(replayable)('$name', async (conversation) => {
    expect(await replay(conversation, '7.0')).toEqual([]);
  });
});

describe('what held on Redis 7.2.6, too', () => {
  test.for(replayable.filter(({ alsoHolds }) => alsoHolds?.includes('7.2.6')))('$name', async (conversation) => {
    expect(await replay(conversation, '7.2')).toEqual([]);
  });
});
