import type { Queue } from './queue.ts';

/** What became of the dead jobs that were to begin anew. */
export interface Revival {
  readonly revived: number;
  /** Jobs that failed to; those that were gone by then, or alive, count for nothing. */
  readonly failed: number;
  /** Why the first of them did; undefined when none did. */
  readonly error: unknown;
}

/** Dead jobs that are looked at together. */
const ROUND = 1000;

/**
 * Lets all dead jobs begin anew, each once, and tells how many did. What cannot begin stays dead and holds up no other, and what fails again
 * meanwhile is dead anew.
 */
export async function reviveAll(queue: Queue): Promise<Revival> {
  const tried = new Set<string>();
  let revival: Revival = { revived: 0, failed: 0, error: undefined };
  for (;;) {
    // In order: those that were tried and are dead still, or again, may be listed before the others.
    const dead = await queue.deadJobs({ limit: tried.size + ROUND });
    const round = dead.filter(({ id }) => !tried.has(id)).slice(0, ROUND);
    if (round.length === 0) return revival;
    for (const { id } of round) tried.add(id);
    const answers = await Promise.allSettled(round.map(({ id }) => queue.revive(id)));
    revival = withAnswers(revival, answers);
  }
}

function withAnswers(
  { revived, failed, error }: Revival,
  answers: readonly PromiseSettledResult<boolean>[],
): Revival {
  const refused = answers.filter((answer) => answer.status === 'rejected');
  const begun = answers.filter((answer) => answer.status === 'fulfilled' && answer.value);
  return {
    revived: revived + begun.length,
    failed: failed + refused.length,
    error: failed > 0 ? error : refused[0]?.reason,
  };
}
