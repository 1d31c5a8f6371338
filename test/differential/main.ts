/**
 * `npm run differential -- --redis 127.0.0.1:PORT [--operations N] [--seed N]`: random programs for a real server and
 * for this broker, compared. Exit code 1 when they diverge.
 */
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    redis: { type: 'string' },
    operations: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
  },
});

const report = (line: string) => console.log(line);

if (values.redis === undefined) {
  console.error('say what to compare with: --redis 127.0.0.1:PORT');
  process.exitCode = 2;
} else {
  const { compareWithRedis } = await import('./redis.js');
  const found = await compareWithRedis({
    address: values.redis,
    operations: Number(values.operations),
    seed: Number(values.seed),
    report,
  });
  if (found.length > 0) process.exitCode = 1;
}
