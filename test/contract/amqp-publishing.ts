/** What publishers are told, and what transactions show, asked of any way in: R9 and R17. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { AmqpContract } from './amqp-delivery.js';

/** Where a publish goes: to a queue, nowhere, to a full queue that refuses, to both queues, to an exchange's dead end. */
const TARGETS = ['good', 'nowhere', 'full', 'both', 'dead end'] as const;

export function publishingContract({ create, numRuns }: AmqpContract): void {
  it('prop: R9 every publish is confirmed once, refused where a queue refused it, and returned before that', () => {
    const publish = fc.record({ target: fc.constantFrom(...TARGETS), mandatory: fc.boolean() });
    // What comes in one write is answered together.
    fc.assert(
      fc.property(fc.array(fc.array(publish, { maxLength: 6 }), { maxLength: 6, size: 'max' }), (writes) => {
        const world = create();
        const client = world.connect();
        const channel = client.open(1);
        channel.call('queue.declare', { queue: 'good' });
        channel.call('queue.declare', {
          queue: 'full',
          arguments: { 'x-max-length': 0, 'x-overflow': 'reject-publish' },
        });
        for (const [exchange, queues] of [
          ['both', ['good', 'full']],
          ['dead end', []],
        ] as const) {
          channel.call('exchange.declare', { exchange, type: 'fanout' });
          for (const queue of queues) channel.call('queue.bind', { queue, exchange });
        }
        channel.call('confirm.select');
        const all = writes.flat();
        let sent = 0;
        const waiting = new Set<number>();
        const verdicts: string[] = [];
        const returned = new Map<number, number>();
        const read = () => {
          for (const { name, tag = 0, multiple, body } of world.take()) {
            if (name === 'return') {
              const seq = Number(body);
              expect(waiting.has(seq)).toBe(true);
              returned.set(seq, (returned.get(seq) ?? 0) + 1);
              continue;
            }
            const covered = multiple ? [...waiting].filter((seq) => tag === 0 || seq <= tag) : [tag];
            for (const seq of covered) {
              expect(waiting.delete(seq), `${name} of ${seq}`).toBe(true);
              verdicts[seq] = name;
            }
          }
        };
        for (const write of writes) {
          client.together(() => {
            for (const { target, mandatory } of write) {
              waiting.add(++sent);
              const isExchange = target === 'both' || target === 'dead end';
              channel.publish(isExchange ? target : '', isExchange ? '' : target, String(sent), {}, mandatory);
            }
          });
          read();
        }
        expect(waiting.size).toBe(0);
        for (const [i, { target, mandatory }] of all.entries()) {
          const isUnroutable = target === 'nowhere' || target === 'dead end';
          expect(returned.get(i + 1) ?? 0).toBe(mandatory && isUnroutable ? 1 : 0);
          expect(verdicts[i + 1]).toBe(target === 'full' || target === 'both' ? 'nack' : 'ack');
        }
      }),
      { numRuns },
    );
  });

  it('prop: R17 a commit shows publishes and settlements together, a rollback and a close none of them', () => {
    const step = fc.tuple(
      fc.constantFrom('publish', 'publish', 'get', 'ack', 'nack', 'reject', 'commit', 'commit', 'rollback', 'close'),
      fc.nat(9),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40, size: 'max' }), (steps) => {
        const world = create();
        const client = world.connect();
        const watcher = client.open(2);
        watcher.call('queue.declare', { queue: 'q' });
        let channel = client.open(1);
        channel.call('tx.select');
        let ready: number[] = [];
        let held = new Map<number, number>();
        let published: number[] = [];
        let settled = new Map<number, string>();
        let [tag, last] = [0, 0];
        for (const [action, at] of steps) {
          const open = [...held.keys()].filter((each) => !settled.has(each));
          const chosen = open[at % Math.max(open.length, 1)];
          if (action === 'publish') {
            published.push(++last);
            channel.publish('', 'q', String(last));
          } else if (action === 'get') {
            const id = ready.shift();
            expect(channel.call('basic.get', { queue: 'q' })?.body).toBe(id === undefined ? undefined : String(id));
            if (id !== undefined) held.set(++tag, id);
          } else if (action === 'commit' || action === 'rollback') {
            channel.call(`tx.${action}`);
            if (action === 'commit') {
              for (const [each, outcome] of settled) {
                if (outcome === 'nack') ready.push(held.get(each) as number);
                held.delete(each);
              }
              ready = [...ready, ...published].sort((a, b) => a - b);
            }
            published = [];
            settled = new Map();
          } else if (action === 'close') {
            channel.close();
            ready = [...ready, ...held.values()].sort((a, b) => a - b);
            [published, held, settled, tag] = [[], new Map(), new Map(), 0];
            channel = client.open(1);
            channel.call('tx.select');
          } else if (chosen !== undefined) {
            settled.set(chosen, action);
            channel.call(`basic.${action}`, { deliveryTag: chosen, requeue: action === 'nack' });
          }
          const seen = watcher.call('queue.declare', { queue: 'q', passive: true })?.messageCount;
          expect([action, seen, world.queue('q').unackedCount]).toEqual([action, ready.length, held.size]);
        }
        const rest = ready.map(() => Number(watcher.call('basic.get', { queue: 'q', noAck: true })?.body));
        expect(rest).toEqual(ready);
      }),
      { numRuns },
    );
  });
}
