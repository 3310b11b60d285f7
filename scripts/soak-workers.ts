import { runDeaths } from '../test/lib/pool/death-runs.ts';
import { bundleWorkers } from './lib/worker-bundle.ts';

// Ends workers in all ways while clients keep calling: `npm run test:soak:workers -- <rounds> <seed>`, 200 rounds when not given.

const DEFAULT_ROUNDS = 200;
const DEFAULT_SEED = 1;
/** Each with workers and sessions of its own. */
const ROUNDS_A_RUN = 20;
const POISONED = 3;

async function soak(rounds: number, firstSeed: number): Promise<boolean> {
  await bundleWorkers({ 'dying-worker': 'test/lib/pool/dying-worker.ts' });
  let isRight = true;
  for (let done = 0; done < rounds; done += ROUNDS_A_RUN) {
    const seed = firstSeed + done / ROUNDS_A_RUN;
    const left = Math.min(ROUNDS_A_RUN, rounds - done);
    // In order: each run has the machine to itself.
    const report = await runDeaths({ seed, rounds: left, poisonedRounds: POISONED });
    const { deaths, acknowledged, refused, unknown, violations } = report;
    isRight &&= violations.length === 0;
    const ways = Object.entries(deaths).map(([way, count]) => `${count} ${way}`);
    console.log(
      `seed ${seed}: ${ways.join(', ')}; ${acknowledged} acknowledged, ${refused} refused, ` +
        `${unknown} of unknown outcome, ${violations.length} violations`,
    );
    for (const violation of violations.slice(0, 5)) console.log(`  ${violation}`);
  }
  return isRight;
}

const [rounds = DEFAULT_ROUNDS, seed = DEFAULT_SEED] = process.argv.slice(2).map(Number);
if (!(await soak(rounds, seed))) process.exitCode = 1;
