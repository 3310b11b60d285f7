import { mkdirSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isBuilt, noteBuilt } from './build-stamp.ts';
import { output } from './run.ts';

const SOURCES = 'assembly/tokenizer';
const CONFIG = 'asconfig.counter.json';

/** Builds of the token counter by their target, and where each goes. The debug build is for tests alone. */
const FILES: Readonly<Record<string, string>> = {
  simd: 'counter-simd.wasm',
  plain: 'counter-plain.wasm',
  debug: 'debug/counter-debug.wasm',
};

/** Names of the builds that are published. */
export const PUBLISHED_MODULES: readonly string[] = ['counter-simd.wasm', 'counter-plain.wasm'];

/** What the modules are made from, and by. */
export function moduleInputs(): readonly string[] {
  const sources = readdirSync(SOURCES).toSorted();
  return [
    ...sources.map((name) => join(SOURCES, name)),
    'assembly/shared/tokenizer-layout.ts',
    'assembly/tsconfig.json',
    CONFIG,
    'scripts/lib/counter-modules.ts',
    'scripts/lib/build-stamp.ts',
    'scripts/lib/run.ts',
    'node_modules/assemblyscript/package.json',
    'node_modules/binaryen/package.json',
  ];
}

/** Compiles all builds of the token counter into a folder, unless those there are of the same inputs: 6 s, or none. */
export function compileCounterModules(folder: string): void {
  const step = {
    stampFile: join(folder, 'modules.stamp'),
    inputs: moduleInputs(),
    outputs: Object.values(FILES).map((file) => join(folder, file)),
  };
  if (isBuilt(step)) return;
  for (const [target, file] of Object.entries(FILES)) compile(target, join(folder, file));
  noteBuilt(step);
}

function compile(target: string, file: string): void {
  mkdirSync(dirname(file), { recursive: true });
  const args = ['--config', CONFIG, '--target', target, '--outFile', file];
  output('npx', ['asc', `${SOURCES}/index.ts`, ...args]);
}
