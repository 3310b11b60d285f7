import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Growth } from './lib/sessions/probe.ts';
import { type BenchRow, compareRow } from './lib/row.ts';

const PROBE = fileURLToPath(import.meta.resolve('./lib/sessions/probe.ts'));

/** `PAGEFOLD_BENCH_SESSIONS` sets another number, for quick runs. */
const SESSIONS = Number(process.env['PAGEFOLD_BENCH_SESSIONS'] ?? 1_000_000);
const ACTIVE_SHARE = 0.01;
/** Bytes for each active session: with less than they take, some always have to leave. */
const BUDGET_PER_ACTIVE = 1200;

/** Does a process with many sessions, few of which are active, keep to the bytes that it may cache? */
export function run(): readonly BenchRow[] {
  const active = Math.round(SESSIONS * ACTIVE_SHARE);
  const budget = active * BUDGET_PER_ACTIVE;
  const { heap, budgeted } = probe(active, budget);
  const title = `${SESSIONS.toLocaleString('en')} sessions, ${active.toLocaleString('en')} active`;
  const rowOf = (metric: string, ours: number, [peer, theirs]: readonly [string, number]) =>
    compareRow(
      { metric: `${title}: ${metric}`, unit: 'MB', ours: ours / 1e6, peer, theirs: theirs / 1e6 },
      'lower',
    );
  return [
    rowOf('heap that caching adds', heap, ['the budget', budget]),
    rowOf('what is said to be cached', budgeted, ['the budget', budget]),
  ];
}

function probe(active: number, bytes: number): Growth {
  const args = [String(SESSIONS), String(active), String(bytes)];
  const output = execFileSync(
    process.execPath,
    [...process.execArgv, '--expose-gc', '--max-old-space-size=16384', PROBE, ...args],
    { encoding: 'utf8', maxBuffer: 1024 ** 2 },
  );
  return JSON.parse(output) as Growth; // what the probe prints
}
