import { openPagefold } from '../../src/api/pagefold.ts';
import type { SessionManager } from '../../src/api/session-manager.ts';
import { median } from './median.ts';
import { compareRow } from './row.ts';
import type { BenchRow } from './row.ts';
import { BENCH_MODEL } from './session-replay.ts';

/** Messages of some 16 tokens, so that all of them stand in a context of the default size. */
const LENGTHS = [500, 1_000, 2_000, 4_000] as const;
/** Contexts right before each length, one a turn. */
const SAMPLES = 100;
const WARM_UP = 20;

/** What does a context after one more turn cost while all of the conversation is in it? */
export async function growthRows(): Promise<readonly BenchRow[]> {
  await using pagefold = await openPagefold({ defaultModel: BENCH_MODEL });
  const session = pagefold.session('growing', { memory: {} });
  const costs: number[] = [];
  let turns = 0;
  for (const length of LENGTHS) {
    const samples: number[] = [];
    for (; turns < length / 2; turns += 1) {
      const left = length / 2 - turns;
      // In order: it is one conversation.
      const cost = await takeTurn(session, turns, left <= SAMPLES + WARM_UP);
      if (left <= SAMPLES) samples.push(cost);
    }
    costs.push(median(samples));
  }
  const [shortest] = LENGTHS;
  return LENGTHS.map((length, at) => {
    const metric = `a context of all ${length} messages after one more turn`;
    const row = { metric, unit: 'CPU ms', ours: costs[at] ?? 0, theirs: costs[0] ?? 0 };
    return compareRow({ ...row, peer: `ours of ${shortest} messages` }, 'lower');
  });
}

/** One turn, and what its context cost in milliseconds; 0 when none was built. */
async function takeTurn(session: SessionManager, turn: number, isBuilt: boolean): Promise<number> {
  await session.recordUser(`Question ${turn}: budget for project ${turn % 37}?`);
  const before = process.cpuUsage();
  if (isBuilt) await session.memory.buildContext();
  const { user, system } = process.cpuUsage(before);
  await session.recordAnswer(`Answer ${turn}: plan ${turn % 13}, item ${turn * 7} and more.`, {
    model: BENCH_MODEL,
  });
  return isBuilt ? (user + system) / 1000 : 0;
}
