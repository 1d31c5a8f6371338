import { expect, it } from 'vitest';
import { DrainList } from '../../../src/models/amqp/drain.js';
import type { Queue } from '../../../src/models/amqp/queue.js';

it('tells who waits for a queue once it is empty or gone, and nobody else', async () => {
  const drains = new DrainList();
  const first = { alive: true, messageCount: 1 };
  const second = { alive: true, messageCount: 1 };
  const seen: string[] = [];
  const [one, other] = [first, second].map((queue, at) =>
    drains.wait(queue as unknown as Queue).then(() => seen.push(`queue ${at}`)),
  );
  drains.settle();
  expect(drains.isWaitedFor).toBe(true);
  first.messageCount = 0;
  drains.settle();
  await one;
  expect([seen, drains.isWaitedFor]).toEqual([['queue 0'], true]);
  second.alive = false;
  drains.settle();
  await other;
  expect([seen, drains.isWaitedFor]).toEqual([['queue 0', 'queue 1'], false]);
});

it('does not wait for a queue that is empty', async () => {
  const drains = new DrainList();
  await drains.wait({ alive: true, messageCount: 0 } as unknown as Queue);
  expect(drains.isWaitedFor).toBe(false);
});
