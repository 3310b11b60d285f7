import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { output } from './run.ts';

const SOURCES = 'assembly/tokenizer';
const LAYOUT = 'assembly/shared/tokenizer-layout.ts';
const CONFIG = 'asconfig.counter.json';
const COMPILER = 'node_modules/assemblyscript/package.json';

/** Builds of the token counter by their target, and where each goes. The debug build is for tests alone. */
const FILES: Readonly<Record<string, string>> = {
  simd: 'counter-simd.wasm',
  plain: 'counter-plain.wasm',
  debug: 'debug/counter-debug.wasm',
};

/** Names of the builds that are published. */
export const PUBLISHED_MODULES: readonly string[] = ['counter-simd.wasm', 'counter-plain.wasm'];

/** Compiles all builds of the token counter into a folder, unless those there are of the same sources: 6 s, or none. */
export function compileCounterModules(folder: string): void {
  const stampFile = join(folder, 'modules.stamp');
  const wanted = sourceStamp();
  const files = [stampFile, ...Object.values(FILES).map((file) => join(folder, file))];
  if (files.every((file) => existsSync(file)) && readFileSync(stampFile, 'utf8') === wanted) return;
  for (const [target, file] of Object.entries(FILES)) compile(target, join(folder, file));
  writeFileSync(stampFile, wanted);
}

function compile(target: string, file: string): void {
  mkdirSync(dirname(file), { recursive: true });
  const args = ['--config', CONFIG, '--target', target, '--outFile', file];
  output('npx', ['asc', `${SOURCES}/index.ts`, ...args]);
}

function sourceStamp(): string {
  const hash = createHash('sha256');
  const sources = readdirSync(SOURCES).toSorted();
  const files = [...sources.map((name) => join(SOURCES, name)), LAYOUT, CONFIG, COMPILER];
  for (const file of files) hash.update(file).update(readFileSync(file));
  return hash.digest('hex');
}
