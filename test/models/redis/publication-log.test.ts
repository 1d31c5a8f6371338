import { expect, test } from 'vitest';
import { PublicationLog } from '../../../src/models/redis/publication-log.js';

const publication = (payload: string, channel = 'x') => ({ channel, payload, deliveries: 1 });

test('keeps the newest publications of each channel in order', () => {
  const log = new PublicationLog(3, 1_000);
  for (const payload of ['1', '2', '3', '4']) log.add(publication(payload));
  log.add(publication('other', 'y'));
  expect(log.of('x').map(({ payload }) => payload)).toEqual(['3', '4']);
  log.clear();
  expect(log.of('x')).toEqual([]);
});

test('is bounded in bytes, too', () => {
  const log = new PublicationLog(100, 10);
  for (const payload of ['aaaa', 'bbbb', 'cccc']) log.add(publication(payload));
  expect(log.of('x').map(({ payload }) => payload)).toEqual(['bbbb', 'cccc']);
  log.add(publication('d'.repeat(11)));
  expect(log.of('x')).toEqual([]);
});
