import { fileURLToPath } from 'node:url';
import { PROCESS_FILES } from './entries.ts';

const BUNDLES = new URL('../../../build/processes/', import.meta.url);

/** Where the JavaScript is of a file that tests run in processes, which the setup `process-bundle` made. */
export function compiled(file: string): string {
  if (!PROCESS_FILES.includes(file)) throw new Error(`The tests make no JavaScript of ${file}.`);
  return fileURLToPath(new URL(file.replace(/\.ts$/, '.js'), BUNDLES));
}
