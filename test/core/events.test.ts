import { expect, it } from 'vitest';
import { EventEmitter } from '../../src/core/events.js';

it('an emitter calls its listeners in order, until they are taken off', () => {
  const emitter = new EventEmitter<{ moved: (by: number) => void }>();
  const seen: number[] = [];
  const listener = (by: number) => void seen.push(by);
  emitter.on('moved', listener);
  emitter.once('moved', (by) => void seen.push(-by));
  emitter.emit('moved', 1);
  emitter.emit('moved', 2);
  emitter.off('moved', listener);
  expect([emitter.emit('moved', 3), seen, emitter.listenerCount('moved')]).toEqual([false, [1, -1, 2], 0]);
});
