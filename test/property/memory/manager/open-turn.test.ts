import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BuiltContext } from '../../../../src/memory/manager/context-builder.ts';
import { MemoryLog, type OpenMemory } from '../../../lib/memory/memory-log.ts';
import { conversations } from './conversations.ts';
import { attempt, take } from './live-session.ts';

const limits = fc.integer({ min: 300, max: 6_000 });

function shownPages({ plan }: BuiltContext): ReadonlySet<string> {
  const ids = plan.stretches.flatMap((stretch) =>
    stretch.kind === 'block' ? stretch.entries.map(({ page }) => page.pageId) : stretch.pageIds,
  );
  return new Set(ids);
}

/** Pages that were loaded in the open turn, the latest first, as many as a sixth of a context without pins surely holds. */
function surelyShown({ memory: { state } }: OpenMemory, maxTokens: number): readonly string[] {
  if (state.explicitPins.size > 0) return [];
  let room = (maxTokens - 1_000) / 6;
  // What asks for tools alone is shown with their results or not at all.
  const ids = state.loads.pageIds.filter((id) => state.table.cardOf(id)?.role !== 'assistant');
  return ids.filter((id) => {
    room -= state.table.lookup(id)?.levelTokens[0] ?? Infinity;
    return room >= 0;
  });
}

describe('the open turn', () => {
  test('a context in which nothing is new is the one before, and nothing is recorded for it', async () => {
    await fc.assert(
      fc.asyncProperty(conversations(limits, { isOdd: true }), async (steps) => {
        const log = new MemoryLog({ maxTokens: 6_000 });
        const open = log.open();
        for (const step of steps) {
          if (step.kind !== 'built') {
            await take(log, open, step);
            continue;
          }
          const { built } = await attempt(log, open, step.maxTokens);
          if (built === null) continue;
          const again = await attempt(log, open, step.maxTokens);
          expect(again.built?.changes).toEqual([]);
          expect(again.built?.rendered.messages).toEqual(built.rendered.messages);
        }
        open.memory.state.close();
      }),
    );
  });

  test('stays the same where little of long arguments and of texts without spaces fits', async () => {
    let built = 0;
    await fc.assert(
      fc.asyncProperty(
        conversations(fc.constant(0), { isOdd: false, isBulky: true }),
        fc.integer({ min: 250, max: 1_500 }),
        async (steps, maxTokens) => {
          const log = new MemoryLog({ maxTokens });
          const open = log.open();
          for (const step of steps) {
            if (step.kind !== 'built') await take(log, open, step);
            if (step.kind !== 'built' && step.kind !== 'said') continue;
            const first = await attempt(log, open, maxTokens);
            if (first.built === null) continue;
            const again = await attempt(log, open, maxTokens);
            expect(again.built?.changes).toEqual([]);
            expect(again.built?.rendered.messages).toEqual(first.built.rendered.messages);
            built += 1;
          }
          open.memory.state.close();
        },
      ),
      { numRuns: 15, endOnFailure: true },
    );
    expect(built).toBeGreaterThan(100);
  });

  test('shows what the model loaded in it in every context until it is over', async () => {
    let [contexts, shown] = [0, 0];
    await fc.assert(
      fc.asyncProperty(
        conversations(limits, { isOdd: false }),
        fc.integer({ min: 1_500, max: 6_000 }),
        async (steps, maxTokens) => {
          const log = new MemoryLog({ maxTokens });
          const open = log.open();
          for (const step of steps) {
            if (step.kind !== 'built') {
              await take(log, open, step);
              continue;
            }
            const { built } = await attempt(log, open, maxTokens);
            if (built === null) continue;
            const present = shownPages(built);
            const wanted = surelyShown(open, maxTokens);
            expect(wanted.filter((id) => !present.has(id))).toEqual([]);
            contexts += 1;
            shown += wanted.length;
          }
          open.memory.state.close();
        },
      ),
    );
    expect(contexts).toBeGreaterThan(0);
    expect(shown).toBeGreaterThan(0);
  });
});
