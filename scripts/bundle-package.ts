import { build } from 'esbuild';

// Makes what Node runs of the package, a few files of several hundred modules: a process that imports them one by one takes half
// a second for their number alone. All lie as deep as modules of the sources that look for files beside them (`../../build/`,
// `../../workers/`), so that they find them from here too; what such a module is part of is shared with the library.

const FOLDER = 'src/lib';

await build({
  entryPoints: {
    [`${FOLDER}/index`]: 'src/index.ts',
    [`${FOLDER}/testing`]: 'src/testing/index.ts',
    [`${FOLDER}/cli`]: 'src/cli/main.ts',
    'workers/shard-worker': 'workers/shard-worker.ts',
  },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  chunkNames: `${FOLDER}/[name]-[hash]`,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  logLevel: 'error',
});
