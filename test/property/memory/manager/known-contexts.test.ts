import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TokenLimitExceeded } from '../../../../src/domain/errors.ts';
import type { VmMode } from '../../../../src/domain/paging-policy.ts';
import type { BuildRequest, BuiltContext } from '../../../../src/memory/manager/context-builder.ts';
import { ContextMemo } from '../../../../src/memory/manager/context-memo.ts';
import { MemoryLog, type OpenMemory } from '../../../lib/memory/memory-log.ts';
import { conversations } from './conversations.ts';
import { take } from './live-session.ts';

const modes = fc.constantFrom<VmMode>('relaxed', 'relaxed', 'strict', 'passive');
const limits = fc.oneof(
  fc.integer({ min: 300, max: 3_000 }),
  fc.constantFrom(6_000, 6_000, 6_000, 40_000),
);

/** A context without recording what it changes; null when the limit is too small. */
async function previewed(
  log: MemoryLog,
  open: OpenMemory,
  given: Partial<BuildRequest>,
): Promise<BuiltContext | null> {
  try {
    return await log.preview(open, given);
  } catch (error) {
    if (error instanceof TokenLimitExceeded) return null;
    throw error;
  }
}

/** All that a model or a caller gets to see of a context. */
function shown(built: BuiltContext | null): unknown {
  if (built === null) return null;
  const { messages, tools, tokens, excessTokens, isManifestCut, receipt } = built.rendered;
  return JSON.stringify([
    messages,
    tools,
    tokens,
    excessTokens,
    isManifestCut,
    receipt,
    built.plan,
  ]);
}

/** How many stretches of a context are those of the one before. */
function keptStretches(before: BuiltContext | null, after: BuiltContext | null): number {
  const known = new Set(before?.plan.stretches);
  return (after?.plan.stretches ?? []).filter((stretch) => known.has(stretch)).length;
}

describe('a context of a memory that built others before', () => {
  test('is the one of a memory that was just opened, and the one that is made without what is remembered', async () => {
    let [kept, all] = [0, 0];
    await fc.assert(
      fc.asyncProperty(
        conversations(limits, { isOdd: true }),
        fc.constantFrom(2_000, 6_000, 128_000),
        fc.infiniteStream(modes),
        async (steps, maxTokens, told) => {
          const log = new MemoryLog({ maxTokens });
          const open = log.open();
          const { contexts } = open.memory;
          let before: BuiltContext | null = null;
          for (const step of steps) {
            if (step.kind !== 'built') {
              await take(log, open, step);
              continue;
            }
            const { value: mode } = told.next();
            const given = { maxTokens: Math.min(step.maxTokens, maxTokens), mode };
            const late = log.open();
            const anew = await previewed(log, late, given);
            late.memory.state.close();
            const unaided = await previewed(log, open, { ...given, memo: new ContextMemo() });
            const built = await previewed(log, open, { ...given, memo: contexts });

            expect(shown(built)).toBe(shown(unaided));
            expect(shown(built)).toBe(shown(anew));
            kept += keptStretches(before, built);
            all += built?.plan.stretches.length ?? 0;
            before = built;
            if (built !== null && built.changes.length > 0) log.change(...built.changes);
          }
          open.memory.state.close();
        },
      ),
      { numRuns: 40, endOnFailure: true },
    );
    expect(kept).toBeGreaterThan(all / 3);
  }, 120_000);
});
