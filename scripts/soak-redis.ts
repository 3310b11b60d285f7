import { runFailovers } from '../test/lib/redis/failover-runs.ts';
import {
  runCuts,
  runServerKills,
  runWriterKills,
  runWriterStops,
} from '../test/lib/redis/fault-runs.ts';
import type { FaultReport } from '../test/lib/redis/observed-writers.ts';
import { runOutage } from '../test/lib/redis/outage-run.ts';

// Faults on a real Redis until about a thousand have happened: `npm run test:soak -- <rounds> <seed>`, three rounds when not
// given.

const DEFAULT_ROUNDS = 3;
const DEFAULT_SEED = 1;

function runsOf(seed: number): Readonly<Record<string, () => Promise<FaultReport>>> {
  return {
    'broken connections': () => runCuts({ seed, cuts: 260 }),
    'server killed, always': () => runServerKills({ kills: 20, fsync: 'always', intervalMs: 300 }),
    'server killed, everysec': () =>
      runServerKills({ kills: 20, fsync: 'everysec', intervalMs: 300 }),
    'writers killed': () => runWriterKills({ seed, kills: 40, processes: 4 }),
    'writers stopped': () => runWriterStops({ seed, stops: 20, processes: 4 }),
    'failover that loses a suffix': () =>
      runFailovers({ failovers: 10, intervalMs: 300, lossMs: 100 }),
    'server away for 30 s': () => outage(),
  };
}

async function outage(): Promise<FaultReport> {
  const report = await runOutage({ outageMs: 30_000, callers: 500, maxPendingCalls: 200 });
  const { failures, fewestFailures, heapGrowth } = report;
  const codes = Object.entries(failures).map(([code, count]) => `${count} ${code}`);
  console.log(
    `  away: ${codes.join(', ')}; at least ${fewestFailures} for each caller; heap ${heapGrowth} B`,
  );
  return report;
}

async function soak(rounds: number, firstSeed: number): Promise<boolean> {
  const sum = { faults: 0, acknowledged: 0, unknown: 0 };
  let isRight = true;
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, run] of Object.entries(runsOf(firstSeed + round))) {
      // In order: each run has the machine to itself.
      const report = await run();
      sum.faults += report.faults;
      sum.acknowledged += report.acknowledged;
      sum.unknown += report.unknown;
      isRight &&= report.violations.length === 0;
      // Only a server that syncs every second may lose what it acknowledged, and one that fails over without waiting.
      isRight &&= report.regressions === 0 || /everysec|suffix/.test(name);
      console.log(
        `round ${round + 1}, ${name}: ${report.faults} faults, ${report.acknowledged} acknowledged, ` +
          `${report.unknown} of unknown outcome, ${report.regressions} losses reported, ` +
          `${report.violations.length} violations`,
      );
      for (const violation of report.violations.slice(0, 5)) console.log(`  ${violation}`);
    }
  }
  console.log(`${sum.faults} faults, ${sum.acknowledged} acknowledged, ${sum.unknown} unknown`);
  return isRight;
}

const [rounds = DEFAULT_ROUNDS, seed = DEFAULT_SEED] = process.argv.slice(2).map(Number);
if (!(await soak(rounds, seed))) process.exitCode = 1;
