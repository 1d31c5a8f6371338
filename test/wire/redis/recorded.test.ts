/** Conversations recorded from Redis 7.0.15 (`test/fixtures/redis`), replayed byte for byte. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type Conversation, replay } from '../../helpers/redis-vectors.js';

const { vectors } = JSON.parse(
  readFileSync(new URL('../../fixtures/redis/redis-vectors.json', import.meta.url), 'utf8'),
) as { vectors: Conversation[] };

describe('what Redis 7.0.15 answered', () => {
  test.for(vectors)('$name', async (conversation) => {
    expect(await replay(conversation, '7.0')).toEqual([]);
  });
});

describe('what held on Redis 7.2.6, too', () => {
  test.for(vectors.filter(({ alsoHolds }) => alsoHolds?.includes('7.2.6')))('$name', async (conversation) => {
    expect(await replay(conversation, '7.2')).toEqual([]);
  });
});
