/** `npm run demo`: the same order events through one broker on one port, by kafkajs, amqplib and ioredis. */
import { startBroker } from '../../src/index.js';
import { createAmqpBus } from './amqp-bus.js';
import type { Bus } from './bus.js';
import { createKafkaBus } from './kafka-bus.js';
import { createRedisBus } from './redis-bus.js';
import { SCENES } from './scene.js';
import { formatTable } from './table.js';

const started = performance.now();
await (await startBroker()).close(); // the first one reads the doors' code
const loaded = performance.now();
const broker = await startBroker();
const startMs = (performance.now() - loaded).toFixed(1);
console.log(`One broker on ${broker.urls.kafka}, started in ${startMs} ms.\n`);
const buses: Bus[] = [await createKafkaBus(broker), await createAmqpBus(broker), createRedisBus(broker)];

for (const bus of buses) {
  const reader = await bus.read('orders', 'billing');
  await bus.publish('orders', [
    { key: 'created', text: '{"order":1}' },
    { key: 'created', text: '{"order":2}' },
    { key: 'created', text: 'end' },
  ]);
  const events = await reader.until('end');
  console.log(`${bus.name.padEnd(18)} ${events.map(({ key, text }) => `${key} ${text}`).join('  ')}`);
  await bus.endReaders();
}

/** A restart cuts every connection: clients leave before and come back afterwards, as in an orderly deployment. */
async function restart(): Promise<void> {
  for (const bus of buses) await bus.disconnect();
  await broker.restart();
  for (const bus of buses) await bus.reconnect();
}

const rows: string[][] = [['', ...buses.map(({ name }) => name)]];
for (const { question, play } of SCENES) {
  const row = [question];
  for (const bus of buses) {
    row.push(await play(bus, restart));
    await bus.endReaders();
  }
  rows.push(row);
}
console.log(`\nWhat happened, tried out just now:\n\n${formatTable(rows)}\n`);
for (const bus of buses) await bus.disconnect();
await broker.close();
console.log(`Done in ${((performance.now() - started) / 1_000).toFixed(1)} s, nothing is left open.`);
