import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isBuilt, noteBuilt } from './build-stamp.ts';
import { mustSucceed } from './run.ts';

const SOURCES = 'assembly';
/** Compiled by itself. */
const COUNTER = join(SOURCES, 'tokenizer');
const TARGETS = ['simd', 'plain', 'debug'] as const;

/** Compiles all builds of the kernel, unless those there are of the same inputs: 10 s of CPU time, or none. */
export function compileKernelModules(folder: string): void {
  const step = {
    stampFile: join(folder, 'kernel.stamp'),
    inputs: moduleInputs(),
    outputs: TARGETS.map((target) => join(folder, `kernel-${target}.wasm`)),
  };
  if (isBuilt(step)) return;
  for (const target of TARGETS)
    mustSucceed('npx', ['asc', `${SOURCES}/index.ts`, '--target', target]);
  noteBuilt(step);
}

function moduleInputs(): readonly string[] {
  const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).map((name) =>
    join(SOURCES, name),
  );
  const sources = files.filter((file) => !file.startsWith(COUNTER) && statSync(file).isFile());
  return [
    ...sources.toSorted(),
    'asconfig.json',
    'scripts/lib/kernel-modules.ts',
    'scripts/lib/build-stamp.ts',
    'scripts/lib/run.ts',
    'node_modules/assemblyscript/package.json',
    'node_modules/binaryen/package.json',
  ];
}
