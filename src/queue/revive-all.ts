import type { Queue } from './queue.ts';

/** Dead jobs that are looked at together. */
const ROUND = 1000;

/**
 * Lets all dead jobs begin anew, each once, and tells how many did. What cannot begin stays dead, and what fails again
 * meanwhile is dead anew.
 */
export async function reviveAll(queue: Queue): Promise<number> {
  const tried = new Set<string>();
  let revived = 0;
  for (;;) {
    // In order: those that were tried and are dead still, or again, may be listed before the others.
    const dead = await queue.deadJobs({ limit: tried.size + ROUND });
    const round = dead.filter(({ id }) => !tried.has(id)).slice(0, ROUND);
    if (round.length === 0) return revived;
    for (const { id } of round) tried.add(id);
    const answers = await Promise.all(round.map(({ id }) => queue.revive(id)));
    revived += answers.filter(Boolean).length;
  }
}
