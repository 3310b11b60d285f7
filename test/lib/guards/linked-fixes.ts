import type { JsonValue } from '../../../src/domain/json.ts';
import { aToolMemory } from './a-tool-memory.ts';
import type { RealCall, RealRun } from './real-calls.ts';

/** Failures that were put right later in their runs, and what the memory of tools linked. */
export interface LinkedFixes {
  readonly fixed: number;
  /** Linked to what put them right. */
  readonly right: number;
  /** Linked to anything else, or without having been put right. */
  readonly wrong: number;
}

/** For each failure the first later success of its tool about the same thing, by position in the run. */
export function trueFixes(calls: readonly RealCall[]): ReadonlyMap<number, number> {
  const fixes = new Map<number, number>();
  for (const [at, failure] of calls.entries()) {
    if (!failure.hasFailed) continue;
    const fix = calls.findIndex(
      (call, index) =>
        index > at &&
        !call.hasFailed &&
        call.toolName === failure.toolName &&
        subjectOf(call) === subjectOf(failure),
    );
    if (fix > at) fixes.set(at, fix);
  }
  return fixes;
}

/** What a memory of tools links in each of the runs. */
export function linkedFixes(runs: readonly RealRun[]): LinkedFixes {
  const sum = { fixed: 0, right: 0, wrong: 0 };
  for (const { turns } of runs) {
    const calls = turns.flatMap((turn) => turn.calls);
    const memory = aToolMemory();
    const ids = calls.map(
      ({ toolName, arguments: args, result, hasFailed }) =>
        memory.recordCall({
          toolName,
          arguments: args,
          result,
          outcome: hasFailed ? 'failure' : 'success',
        }).id,
    );
    const truth = trueFixes(calls);
    const found = new Map(
      memory.fixRelations().map((link) => [link.failedCallId, link.successCallId]),
    );
    const right = [...truth].filter(([failure, fix]) => found.get(ids[failure] ?? '') === ids[fix]);
    sum.fixed += truth.size;
    sum.right += right.length;
    sum.wrong += found.size - right.length;
  }
  return sum;
}

/** The value that comes first among the arguments: what a call is about. */
function subjectOf({ arguments: args }: RealCall): JsonValue {
  return Object.values(args)[0] ?? null;
}
