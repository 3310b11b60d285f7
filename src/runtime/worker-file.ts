/**
 * Where the module is that workers run: beside the compiled sources. Threads of Node 20 read no TypeScript, so that from the
 * sources it is a bundle, which `npm run build:worker` makes and tests make for themselves.
 */
export function workerFile(): string {
  const isSource = import.meta.url.endsWith('.ts');
  const path = isSource ? '../../build/worker/shard-worker.js' : '../../workers/shard-worker.js';
  return new URL(path, import.meta.url).href;
}
