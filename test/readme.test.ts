import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { withSupportTables } from './helpers/support-table.js';

const project = new URL('../', import.meta.url);
const readme = readFileSync(new URL('README.md', project), 'utf8');
// Inside node_modules, where nothing else looks and the examples find the packages that they import.
const folder = mkdtempSync(fileURLToPath(new URL('node_modules/.readme-', project)));
afterAll(() => rmSync(folder, { recursive: true }));

const examples = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = '']) => code);

/** An example as a program of its own; examples for a test runner run under Node's, with one test that passes. */
function program(code: string): string {
  const source = code.replace("'tribroker'", `'${new URL('src/index.ts', project)}'`);
  if (!source.includes("'vitest'")) return source;
  return `${source.replace("'vitest'", "'node:test'")}\nimport { test } from 'node:test';
test('the environment is set', () => { if (!process.env.AMQP_URL?.startsWith('amqp://')) throw new Error('it is not'); });`;
}

describe('README', () => {
  it('has examples', () => {
    expect(examples.length).toBeGreaterThanOrEqual(4);
  });

  it.each(examples.map((code, index) => [index + 1, code] as const))(
    'example %i runs and prints what it says',
    async (index, code) => {
      const file = `${folder}/example-${index}.mts`;
      writeFileSync(file, program(code));
      const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', file], {
        cwd: fileURLToPath(project),
        env: { ...process.env, NO_COLOR: '1', NODE_OPTIONS: '', KAFKAJS_NO_PARTITIONER_WARNING: '1' },
      });
      for (const [, printed = ''] of code.matchAll(/\/\/ -> (.*)/g)) {
        expect(stdout.split('\n')).toContain(printed);
      }
    },
  );

  it('lists what the doors support: npm run readme brings it up to date', () => {
    expect(withSupportTables(readme)).toBe(readme);
  });

  it('shows the two commands on the first screen', () => {
    const firstScreen = readme.split('\n').slice(0, 40).join('\n');
    expect(firstScreen).toContain('npm ci && npm run demo');
    expect(firstScreen).toContain('npm ci && npm test');
  });
});
