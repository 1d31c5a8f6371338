/** What it costs to have a broker: import, create, start, and a thousand times all of it. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { createBroker, startBroker } from '../src/index.js';
import { Report, smoke, summarize } from './report.js';

const rounds = smoke ? 5 : 200;
const report = new Report('start: median, warm unless it says cold');

async function times(work: () => unknown): Promise<number[]> {
  const out: number[] = [];
  for (let i = 0; i < rounds; i++) {
    const started = performance.now();
    await work();
    out.push(performance.now() - started);
  }
  return out;
}

function add(row: string, values: readonly number[], atMost: number): void {
  const { median, spread } = summarize(values);
  report.add({ row, unit: 'ms', ours: median, spread, target: { atMost } });
}

/** Milliseconds that a fresh process spends in importing the built package; undefined when it was not built. */
function importMs(): number | undefined {
  const built = fileURLToPath(new URL('../dist/esm/index.js', import.meta.url));
  const script = `const at = performance.now(); await import(${JSON.stringify(built)}); console.log(performance.now() - at);`;
  try {
    return Number(
      execFileSync(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'ignore'] }),
    );
  } catch {
    return undefined;
  }
}

const imports = Array.from({ length: smoke ? 1 : 15 }, importMs).filter((ms) => ms !== undefined);
if (imports.length > 0) add('import, cold', imports, 40);
else console.log('import is not measured: npm run build comes first');

const coldAt = performance.now();
createBroker();
add('createBroker(), cold', [performance.now() - coldAt], 2);
await times(() => createBroker());
add('createBroker()', await times(() => createBroker()), 0.05);

const started: number[] = [];
const answered: number[] = [];
for (let i = 0; i < rounds; i++) {
  const at = performance.now();
  const broker = await startBroker();
  started.push(performance.now() - at);
  const socket = connect(Number(new URL(broker.urls.redis).port), '127.0.0.1', () => socket.write('PING\r\n'));
  await once(socket, 'data');
  answered.push(performance.now() - at);
  socket.destroy();
  await broker.close();
}
add('startBroker()', started, 5);
add('startBroker() to first answer', answered, 5);

const collect = globalThis.gc ?? (() => {});
const cycles = smoke ? 20 : 1_000;
const cycle = async (count: number) => {
  for (let i = 0; i < count; i++) await (await startBroker()).close();
};
await cycle(cycles / 10);
collect();
const before = process.memoryUsage().heapUsed;
await cycle(cycles);
collect();
const grown = (process.memoryUsage().heapUsed - before) / cycles;
report.add({
  row: `heap kept by a start and close, over ${cycles}`,
  unit: 'bytes',
  ours: grown,
  target: { atMost: 200 },
});
report.print();
