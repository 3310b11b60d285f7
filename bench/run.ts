import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { installPeers } from './lib/peer-install.ts';
import { printReport, saveReport, toReport } from './lib/report.ts';
import type { BenchRow } from './lib/row.ts';

/** What a bench file exports, by default or as `run`. */
type BenchFunction = () => Promise<readonly BenchRow[]> | readonly BenchRow[];

interface BenchModule {
  readonly default?: BenchFunction;
  readonly run?: BenchFunction;
  /** Whether the packages of `bench/package.json` have to be there. */
  readonly needsPeers?: boolean;
}

const FOLDER = dirname(fileURLToPath(import.meta.url));
const SUFFIX = '.bench.ts';

function listBenches(): readonly string[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith(SUFFIX))
    .map((file) => file.slice(0, -SUFFIX.length))
    .toSorted();
}

async function runBench(name: string): Promise<void> {
  // A dynamic import of a file of this folder; the check below refuses any other shape.
  const module = (await import(
    pathToFileURL(join(FOLDER, `${name}${SUFFIX}`)).href
  )) as BenchModule;
  if (module.needsPeers === true) installPeers(FOLDER);
  const bench = module.default ?? module.run;
  if (bench === undefined) throw new Error(`${name}${SUFFIX} exports no benchmark function.`);
  const report = toReport(name, await bench());
  printReport(report);
  console.log(`saved ${saveReport(report, join(FOLDER, 'results'))}`);
}

async function main(): Promise<void> {
  const known = listBenches();
  const wanted = process.argv.slice(2);
  const unknown = wanted.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new Error(`No benchmark named ${unknown.join(', ')}; there are: ${known.join(', ')}.`);
  }
  // One after the other: benchmarks that run at the same time would measure each other.
  for (const name of wanted.length > 0 ? wanted : known) await runBench(name);
}

await main();
