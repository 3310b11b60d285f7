import type { EncodingName } from '../../../src/kernel/token-rules.ts';
import { LOADERS } from './contenders.ts';

// A program of its own, run with --expose-gc: `fresh-process.ts <contender> <encoding>` prints the processor time from loading
// a tokenizer to its first count, and the resident memory it has added by then, once that is collected which can be.

const [name = '', encoding = ''] = process.argv.slice(2);

function residentBytes(): number {
  for (let round = 0; round < 3; round += 1) globalThis.gc?.();
  return process.memoryUsage.rss();
}

const load = LOADERS[name];
if (load === undefined) throw new Error(`No tokenizer is called ${name}.`);
const before = residentBytes();
const start = process.cpuUsage();
const count = await load(encoding as EncodingName); // what the benchmark passes
const tokens = count('How much wood would a woodchuck chuck?');
const { user, system } = process.cpuUsage(start);
const bytes = residentBytes() - before;
if (tokens < 5) throw new Error(`${name} counted ${tokens}.`);
process.stdout.write(JSON.stringify({ milliseconds: (user + system) / 1000, bytes }));
