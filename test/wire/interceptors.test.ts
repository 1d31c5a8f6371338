import { describe, expect, it } from 'vitest';
import { Interceptors, type RequestInfo } from '../../src/wire/interceptors.js';

const address = { address: '127.0.0.1', port: 1 };
const request: RequestInfo = {
  model: 'kafka',
  operation: 'Produce',
  connection: { id: 'c1', nodeId: 1, local: address, remote: address },
};

describe('interceptors', () => {
  it('are asked only while there are some', () => {
    const interceptors = new Interceptors();
    expect([interceptors.active, interceptors.decide(request)]).toEqual([false, undefined]);
    const remove = interceptors.add(() => ({ kind: 'drop' }));
    expect([interceptors.active, interceptors.decide(request)]).toEqual([true, { kind: 'drop' }]);
    remove();
    remove();
    expect(interceptors.active).toBe(false);
  });

  it('decide in the order in which they were added, the first with a verdict wins', () => {
    const interceptors = new Interceptors();
    interceptors.add(({ operation }) => (operation === 'Fetch' ? { kind: 'close' } : undefined));
    interceptors.add(({ operation }) => (operation === 'Produce' ? { kind: 'delay', delayMs: 5 } : undefined));
    interceptors.add(() => ({ kind: 'drop' }));
    expect(interceptors.decide(request)).toEqual({ kind: 'delay', delayMs: 5 });
    expect(interceptors.decide({ ...request, operation: 'Fetch' })).toEqual({ kind: 'close' });
    expect(interceptors.decide({ ...request, operation: 'Metadata' })).toEqual({ kind: 'drop' });
  });

  it('may remove themselves while they decide', () => {
    const interceptors = new Interceptors();
    const once = interceptors.add(() => {
      once();
      return { kind: 'drop' };
    });
    expect([interceptors.decide(request), interceptors.decide(request)]).toEqual([{ kind: 'drop' }, undefined]);
  });

  it('are all gone after clear', () => {
    const interceptors = new Interceptors();
    interceptors.add(() => ({ kind: 'drop' }));
    interceptors.clear();
    expect(interceptors.decide(request)).toBeUndefined();
  });
});
