/** Runs every benchmark, each in a process of its own: `npm run bench [-- words] [--smoke] [--json]`. */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('.', import.meta.url));
const options = process.argv.slice(2).filter((argument) => argument.startsWith('--'));
const words = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));

for (const file of readdirSync(folder).sort()) {
  if (!file.endsWith('.bench.ts')) continue;
  if (words.length > 0 && !words.some((word) => file.includes(word))) continue;
  const started = performance.now();
  const { status } = spawnSync(process.execPath, ['--expose-gc', '--import', 'tsx', `${folder}${file}`, ...options], {
    stdio: 'inherit',
  });
  if (status !== 0) process.exitCode = 1;
  const seconds = ((performance.now() - started) / 1_000).toFixed(1);
  if (!options.includes('--json'))
    console.log(`${file}: ${status === 0 ? 'done' : `exit code ${status}`}, ${seconds} s`);
}
