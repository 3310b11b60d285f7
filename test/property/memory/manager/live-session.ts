import { TokenLimitExceeded } from '../../../../src/domain/errors.ts';
import { DEFAULT_FAULT_POLICY } from '../../../../src/domain/paging-policy.ts';
import type { BuiltContext } from '../../../../src/memory/manager/context-builder.ts';
import { planFault } from '../../../../src/memory/manager/page-fault.ts';
import type { MemoryLog, OpenMemory } from '../../../lib/memory/memory-log.ts';
import type { Step } from './conversations.ts';

/** What building came to. */
export interface Attempt {
  readonly maxTokens: number;
  readonly built: BuiltContext | null;
}

/** Lets one thing happen to a session; an error other than a limit that is too small fails the test. */
export async function take(
  log: MemoryLog,
  open: OpenMemory,
  step: Exclude<Step, { kind: 'built' }>,
): Promise<void> {
  switch (step.kind) {
    case 'said':
      log.record(step.event);
      return;
    case 'closed':
      log.closeSegment(step.text);
      return;
    case 'improved':
      log.improveSummary(step.segment, step.text);
      return;
    default: {
      await log.follow(open);
      const ids = [...open.memory.state.table.ids()];
      const pageId = ids[step.page % Math.max(1, ids.length)];
      if (pageId === undefined) return;
      if (step.kind === 'pinned') {
        log.change({ kind: 'pinned', pageId, isPinned: step.isPinned });
        return;
      }
      const { change } = await planFault(open.memory.state, {
        pageId,
        level: step.level,
        reason: 'resolve_reference',
        actor: 'model',
        policy: DEFAULT_FAULT_POLICY,
        maxContextTokens: 1_000,
      });
      if (change !== null) log.change(change);
    }
  }
}

/** Builds a context; null for a limit that is too small. */
export async function attempt(
  log: MemoryLog,
  open: OpenMemory,
  maxTokens: number,
): Promise<Attempt> {
  try {
    return { maxTokens, built: await log.build(open, { maxTokens }) };
  } catch (error) {
    if (error instanceof TokenLimitExceeded) return { maxTokens, built: null };
    throw error;
  }
}
