import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Outbox } from '../../src/core/outbox.js';

function setUp() {
  const errors: unknown[] = [];
  return { errors, outbox: new Outbox((error) => void errors.push(error)) };
}

describe('an outbox', () => {
  it('delivers after the command has ended, in the order of posting', () => {
    const { outbox } = setUp();
    const log: string[] = [];
    const result = outbox.run(() => {
      outbox.post((item) => log.push(item), 'first');
      outbox.post((item) => log.push(item), 'second');
      log.push('command');
      expect(outbox.size).toBe(2);
      return 7;
    });
    expect([result, log, outbox.size]).toEqual([7, ['command', 'first', 'second'], 0]);
  });

  it('waits for the outermost of nested commands', () => {
    const { outbox } = setUp();
    const log: string[] = [];
    outbox.run(() => {
      outbox.run(() => outbox.post((item) => log.push(item), 'inner'));
      log.push('outer');
    });
    expect(log).toEqual(['outer', 'inner']);
  });

  it('what is late leaves behind all that the commands of a burst posted', () => {
    const { outbox, errors } = setUp();
    const log: string[] = [];
    const publish = (name: string) =>
      outbox.run(() => {
        outbox.postLate(() => log.push(`late ${name}`));
        outbox.post((item) => log.push(item), name);
      });
    publish('alone');
    outbox.beginBurst();
    publish('one');
    outbox.postLate(() => {
      throw new Error('reported');
    });
    publish('two');
    expect([outbox.size, log]).toEqual([3, ['alone', 'late alone', 'one', 'two']]);
    outbox.flushLate();
    publish('three');
    outbox.endBurst();
    outbox.postLate(() => log.push('at once'));
    expect(log.slice(2)).toEqual(['one', 'two', 'late one', 'late two', 'three', 'late three', 'at once']);
    expect([outbox.size, errors.length]).toEqual([0, 1]);
  });

  it('outside of a command delivers at once', () => {
    const { outbox } = setUp();
    const log: number[] = [];
    outbox.post((item) => log.push(item), 1);
    expect(log).toEqual([1]);
  });

  it('drops what a command that throws has posted, and only that', () => {
    const { outbox } = setUp();
    const log: string[] = [];
    outbox.run(() => {
      outbox.post((item) => log.push(item), 'kept');
      const failing = () =>
        outbox.run(() => {
          outbox.post((item) => log.push(item), 'dropped');
          throw new Error('refused');
        });
      expect(failing).toThrow('refused');
    });
    expect(log).toEqual(['kept']);
  });

  it('reports a delivery that throws and goes on with the next', () => {
    const { outbox, errors } = setUp();
    const log: number[] = [];
    const error = new Error('of the user');
    outbox.run(() => {
      outbox.post(() => {
        throw error;
      }, 0);
      outbox.post((item) => log.push(item), 1);
    });
    expect([errors, log]).toEqual([[error], [1]]);
  });

  it('counts a delivery as waiting until it leaves', () => {
    const { outbox } = setUp();
    const sizes: number[] = [];
    outbox.run(() => {
      for (let i = 0; i < 3; i++) outbox.post(() => sizes.push(outbox.size), i);
    });
    expect(sizes).toEqual([2, 1, 0]);
  });

  it('takes a burst while others leave, in order, and drops the one that fails whole', () => {
    const { outbox } = setUp();
    const log: number[] = [];
    const burst = (first: number, count: number) => {
      for (let n = first; n < first + count; n++) outbox.post((item) => log.push(item), n);
    };
    outbox.run(() => {
      burst(0, 10);
      outbox.post(() => {
        expect(() =>
          outbox.run(() => {
            burst(1_000_000, 1_000);
            throw new Error('refused');
          }),
        ).toThrow('refused');
        outbox.run(() => burst(20, 100_000));
      }, 0);
      burst(10, 10);
    });
    burst(100_020, 3);
    expect(log).toEqual(Array.from({ length: 100_023 }, (_, n) => n));
  });

  it('chains a million publishes without recursion', () => {
    const { outbox, errors } = setUp();
    let left = 1_000_000;
    const again = () => {
      if (--left > 0) outbox.run(() => outbox.post(again, 0));
    };
    again();
    expect([left, errors]).toEqual([0, []]);
  });

  // A program is a tree: a command posts deliveries, each of which runs commands of its own, and may throw at its end.
  interface Command {
    readonly id: number;
    readonly fails: boolean;
    readonly posts: readonly Command[];
    readonly nested: readonly Command[];
  }
  const { program } = fc.letrec<{ program: Command; leaf: Command; node: Command }>((tie) => ({
    program: fc.oneof({ maxDepth: 4, depthSize: 'medium' }, tie('leaf'), tie('node')),
    leaf: fc.record({ id: fc.nat(), fails: fc.boolean(), posts: fc.constant([]), nested: fc.constant([]) }),
    node: fc.record({
      id: fc.nat(),
      fails: fc.boolean(),
      posts: fc.array(tie('program'), { maxLength: 3 }),
      nested: fc.array(tie('program'), { maxLength: 3 }),
    }),
  }));

  it('prop: delivers breadth first what a plain queue says', () => {
    const ours = (root: Command): string[] => {
      const { outbox } = setUp();
      const log: string[] = [];
      const execute = (command: Command): void =>
        outbox.run(() => {
          log.push(`run ${command.id}`);
          for (const post of command.posts) outbox.post((item: Command) => attempt(item), post);
          for (const nested of command.nested) attempt(nested);
          if (command.fails) throw new Error('refused');
        });
      const attempt = (command: Command): void => {
        try {
          execute(command);
        } catch {
          log.push(`refused ${command.id}`);
        }
      };
      attempt(root);
      return log;
    };
    const model = (root: Command): string[] => {
      const log: string[] = [];
      const queue: Command[] = [root];
      const execute = (command: Command): Command[] => {
        log.push(`run ${command.id}`);
        const posted = [...command.posts, ...command.nested.flatMap(execute)];
        if (!command.fails) return posted;
        log.push(`refused ${command.id}`);
        return [];
      };
      for (let next = queue.shift(); next; next = queue.shift()) queue.push(...execute(next));
      return log;
    };
    fc.assert(
      fc.property(program, (root) => {
        expect(ours(root)).toEqual(model(root));
      }),
      { numRuns: 500 },
    );
  });
});
