/** Conversations recorded from Redis 7.0.15 (`test/fixtures/redis`), replayed byte for byte. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type Conversation, replay } from '../../helpers/redis-vectors.js';

const { vectors } = JSON.parse(
  readFileSync(new URL('../../fixtures/redis/redis-vectors.json', import.meta.url), 'utf8'),
) as { vectors: Conversation[] };

/** These use commands that the door does not have yet. */
const WAITING = new Set([
  'script-publish',
  'notify-script',
  'scripting-basics',
  'xread-block-in-script',
  'notify-script-self-order',
  'fault-busy-script',
  'resp2-null-forms',
  'script-errors',
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
