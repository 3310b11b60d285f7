import type { HostStats } from './envelope.ts';
import { noFigures, sumFigures, TURN_CALLS_BOUNDS, TURN_TIME_BOUNDS_MS } from './figure-buckets.ts';

/** Of the figures about a host of actors, those that only grow while it lives. */
export type CountedFigures = Pick<
  HostStats,
  | 'commits'
  | 'commands'
  | 'conflicts'
  | 'retries'
  | 'failedSnapshots'
  | 'turnMs'
  | 'turnTimes'
  | 'turnCalls'
>;

/** Of a host that has done nothing. */
export const NOTHING_COUNTED: CountedFigures = {
  commits: 0,
  commands: 0,
  conflicts: 0,
  retries: 0,
  failedSnapshots: 0,
  turnMs: 0,
  turnTimes: noFigures(TURN_TIME_BOUNDS_MS),
  turnCalls: noFigures(TURN_CALLS_BOUNDS),
};

/** What two hosts counted, or two lives of one. */
export function addCounted(left: CountedFigures, right: CountedFigures): CountedFigures {
  return {
    commits: left.commits + right.commits,
    commands: left.commands + right.commands,
    conflicts: left.conflicts + right.conflicts,
    retries: left.retries + right.retries,
    failedSnapshots: left.failedSnapshots + right.failedSnapshots,
    turnMs: left.turnMs + right.turnMs,
    turnTimes: sumFigures(left.turnTimes, right.turnTimes),
    turnCalls: sumFigures(left.turnCalls, right.turnCalls),
  };
}
