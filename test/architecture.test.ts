/** The shape that the code keeps, checked: every rule reports all of its violations at once. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const LONGEST_FILE = 400;

interface Source {
  /** Relative to the top. */
  readonly path: string;
  readonly text: string;
  /** Without comments. */
  readonly code: string;
  /** What it imports: paths of this project, or names of packages. */
  readonly imports: ReadonlyArray<{ readonly from: string; readonly typeOnly: boolean }>;
}

function walk(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? walk(path) : path.endsWith('.ts') ? [path] : [];
  });
}

function read(path: string): Source {
  const text = readFileSync(path, 'utf8');
  const code = text.replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, '');
  const statements =
    /(?:^|\n)\s*(import|export)\b(\s+type\b)?(?:[^;'"]*?\bfrom)?\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/g;
  const imports = [...code.matchAll(statements)].map(([, , type, from, dynamic]) => {
    const name = (from ?? dynamic) as string;
    const target = name.startsWith('.') ? relative(root, join(dirname(path), name)).replace(/\.js$/, '.ts') : name;
    return { from: target, typeOnly: type !== undefined };
  });
  return { path: relative(root, path), text, code, imports };
}

const sources = walk(join(root, 'src')).map(read);
const byPath = new Map(sources.map((source) => [source.path, source]));

/** Everything of `src` that a list of rules refuses, as lines to read. */
function violations(rule: (source: Source) => readonly string[]): string[] {
  return sources.flatMap((source) => rule(source).map((found) => `${source.path}: ${found}`));
}

const LAYERS = ['core', 'models', 'storage', 'wire', 'broker', 'testkit', 'cli'];

function layer(path: string): string {
  const [, first = '', ...rest] = path.split('/');
  return rest.length > 0 ? first : first.replace(/\.ts$/, '');
}

it('imports point one way: cli, testkit -> broker -> wire -> models -> core', () => {
  const rank = (path: string) => (layer(path) === 'index' ? LAYERS.length : LAYERS.indexOf(layer(path)));
  expect(
    violations(({ path, imports }) =>
      imports
        .filter(({ from }) => from.startsWith('src/') && rank(from) > rank(path))
        .map(({ from }) => `imports ${from}, which lies above it`),
    ),
  ).toEqual([]);
});

it('a model imports no other model, and a door only the index of its own', () => {
  expect(
    violations(({ path, imports }) => {
      const [, area, own] = path.split('/');
      return imports
        .filter(({ from }) => {
          const [, other, model] = from.split('/');
          if (other !== 'models' || (area !== 'models' && area !== 'wire')) return false;
          if (area === 'models') return model !== own;
          const shared = path === 'src/wire/doors.ts';
          return (!shared && model !== own) || !from.endsWith('/index.ts');
        })
        .map(({ from }) => `imports ${from}`);
    }),
  ).toEqual([]);
});

it('what comes from outside enters in one file', () => {
  const homes: ReadonlyArray<readonly [what: RegExp, home: string]> = [
    [/^eventemitter3/, 'src/core/events.ts'],
    [/^lru-cache/, 'src/core/cache.ts'],
    [/^msgpackr/, 'src/core/codec.ts'],
    [/^node:net$/, 'src/wire/listener.ts'],
    [/^node:timers/, 'src/core/clock.ts'],
  ];
  expect(
    violations(({ path, imports }) =>
      imports
        .filter(({ from, typeOnly }) => !typeOnly && homes.some(([what, home]) => what.test(from) && home !== path))
        .map(({ from }) => `imports ${from}`),
    ),
  ).toEqual([]);
});

it('time is read in core/clock.ts, chance drawn in core/random.ts', () => {
  const time =
    /\bDate\.now\b|\bnew Date\(\)|\bsetTimeout\(|\bsetInterval\(|\bsetImmediate\(|\bperformance\.now|\bhrtime\b/;
  const chance = /\bMath\.random\b|\brandomBytes\b|\brandomUUID\b|\brandomInt\b|\bgetRandomValues\b/;
  expect(
    violations(({ path, code }) => [
      ...(path !== 'src/core/clock.ts' && time.test(code) ? [`reads time: ${time.exec(code)?.[0]}`] : []),
      ...(path !== 'src/core/random.ts' && chance.test(code) ? [`draws chance: ${chance.exec(code)?.[0]}`] : []),
    ]),
  ).toEqual([]);
});

it('no file imports itself through others', () => {
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (path: string, above: readonly string[]) => {
    if (above.includes(path)) return void found.push([...above.slice(above.indexOf(path)), path].join(' -> '));
    if (done.has(path)) return;
    for (const { from, typeOnly } of byPath.get(path)?.imports ?? []) {
      if (!typeOnly && byPath.has(from)) visit(from, [...above, path]);
    }
    done.add(path);
  };
  for (const { path } of sources) visit(path, []);
  expect(found).toEqual([]);
});

it('every handler is listed in the index of its folder', () => {
  const unlisted = sources
    .filter(({ path, code }) => /^src\/wire\/kafka\/handlers\//.test(path) && /\.handler\(\{/.test(code))
    .filter(({ path }) => !isListed(path))
    .map(({ path }) => path);
  expect(unlisted).toEqual([]);
});

function isListed(path: string): boolean {
  const index = byPath.get(join(dirname(path), 'index.ts'));
  return index?.imports.some(({ from }) => from === path) ?? false;
}

it(`no file is longer than ${LONGEST_FILE} lines`, () => {
  const long = violations(({ text }) => {
    const lines = text.split('\n').length - 1;
    return lines > LONGEST_FILE ? [`${lines} lines`] : [];
  });
  expect(long).toEqual([]);
});

it('every source file has a test file', () => {
  const tests = walk(join(root, 'test')).map((path) => relative(root, path));
  const untested = sources.filter((source) => needsTest(source) && !isTested(source.path, tests));
  expect(untested.map(({ path }) => path)).toEqual([]);
});

/** Types alone, or what others are passed on under, do nothing that could be tested. */
function needsTest({ path, code }: Source): boolean {
  if (path.endsWith('/index.ts') && !/\b(?:class|function)\b/.test(code)) return false;
  return /^\s*(?:export\s+)?(?:async\s+)?(?:abstract\s+)?(?:class|function|const|let)\b/m.test(code);
}

function isTested(path: string, tests: readonly string[]): boolean {
  const mirrored = path.replace(/^src\//, 'test/').replace(/\.ts$/, '.test.ts');
  if (tests.includes(mirrored)) return true;
  // Files of a folder that are driven together by what real peers say: recordings, contracts, clients.
  const folder = dirname(mirrored);
  return existsSync(join(root, `${folder}.test.ts`));
}
