import { expect, test } from 'vitest';
import { NOTHING_COUNTED } from '../../../../src/actors/counted-figures.ts';
import type { HostStats } from '../../../../src/actors/envelope.ts';
import {
  noFigures,
  TURN_CALLS_BOUNDS,
  TURN_TIME_BOUNDS_MS,
} from '../../../../src/actors/figure-buckets.ts';
import { ShardTally } from '../../../../src/actors/pool/shard-tally.ts';
import { Vitals } from '../../../../src/actors/pool/vitals.ts';

/** A life whose worker says these figures; the thread that reads them sees only the memory. */
function aLife(stats: Partial<HostStats>, loopDelayMs: number): Vitals {
  const worker = new Vitals();
  worker.write({
    activations: 0,
    activationBytes: 0,
    queued: 0,
    ...NOTHING_COUNTED,
    ...stats,
  });
  worker.beat(loopDelayMs);
  return new Vitals(worker.buffer);
}

function counted(bounds: readonly number[], bucket: number, count: number): readonly number[] {
  return noFigures(bounds).with(bucket, count);
}

test('adds up the turns of all lives, and tells of the last one how it is doing now', () => {
  const last = TURN_TIME_BOUNDS_MS.length;
  const tally = new ShardTally();
  tally.endLife(
    aLife(
      {
        activations: 9,
        commits: 3,
        turnTimes: counted(TURN_TIME_BOUNDS_MS, last, 3),
        turnCalls: counted(TURN_CALLS_BOUNDS, 0, 3),
      },
      80,
    ),
  );
  const life = aLife(
    {
      activations: 2,
      commits: 4,
      turnTimes: counted(TURN_TIME_BOUNDS_MS, last, 4),
      turnCalls: counted(TURN_CALLS_BOUNDS, TURN_CALLS_BOUNDS.length, 4),
    },
    7.5,
  );

  expect(tally.figures({ queued: 5, life })).toMatchObject({
    activations: 2,
    queued: 5,
    commits: 7,
    restarts: 1,
    loopDelayMs: 7.5,
    turnTimes: counted(TURN_TIME_BOUNDS_MS, last, 7),
    turnCalls: counted(TURN_CALLS_BOUNDS, 0, 3).with(TURN_CALLS_BOUNDS.length, 4),
  });
  expect(tally.figures({ queued: 0, life: null })).toMatchObject({
    activations: 0,
    commits: 3,
    loopDelayMs: 0,
  });
});
