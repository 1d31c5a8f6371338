/**
 * `npm run differential -- --redis 127.0.0.1:PORT | --amqp amqp://127.0.0.1:PORT | --kafka 127.0.0.1:PORT
 * [--sasl 127.0.0.1:PORT] [--operations N] [--seed N] [--kinds KIND,...]`: random programs for a real server and for this broker, compared.
 * Kinds are those of AMQP programs. Exit code 1 when they diverge.
 */
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    redis: { type: 'string' },
    amqp: { type: 'string' },
    kafka: { type: 'string' },
    kind: { type: 'string' },
    sasl: { type: 'string' },
    operations: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    kinds: { type: 'string' },
  },
});

const report = (line: string) => console.log(line);

const options = { operations: Number(values.operations), seed: Number(values.seed), report };

if (values.redis !== undefined) {
  const { compareWithRedis } = await import('./redis.js');
  const found = await compareWithRedis({ address: values.redis, ...options });
  if (found.length > 0) process.exitCode = 1;
}
if (values.amqp !== undefined) {
  const { compareWithRabbit } = await import('./amqp.js');
  const found = await compareWithRabbit({ url: values.amqp, kinds: values.kinds?.split(','), ...options });
  if (found.length > 0) process.exitCode = 1;
}
if (values.kafka !== undefined) {
  const { compareWithKafka } = await import('./kafka.js');
  const found = await compareWithKafka({ address: values.kafka, kind: values.kind, sasl: values.sasl, ...options });
  if (found.length > 0) process.exitCode = 1;
}
if (values.kafka === undefined && values.redis === undefined && values.amqp === undefined) {
  console.error(
    'say what to compare with: --redis 127.0.0.1:PORT, --amqp amqp://127.0.0.1:PORT or --kafka 127.0.0.1:PORT',
  );
  process.exitCode = 2;
}
