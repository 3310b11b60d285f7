import { rm } from 'node:fs/promises';
import { build } from 'esbuild';

// Makes the code of the package of its modules, a few files of several hundred: a process that imports them one by one takes
// half a second for their number alone. All files lie in one folder, as deep as modules of the sources that look for files
// beside them (`../../build/`, `../../workers/`), so that they find them from here too.

const FOLDER = 'dist/src/lib';

await rm(FOLDER, { recursive: true, force: true });
await build({
  entryPoints: {
    index: 'src/index.ts',
    testing: 'src/testing/index.ts',
    cli: 'src/cli/main.ts',
    'shard-worker': 'workers/shard-worker.ts',
  },
  outdir: FOLDER,
  bundle: true,
  splitting: true,
  chunkNames: '[name]-[hash]',
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  logLevel: 'error',
});
