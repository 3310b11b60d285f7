import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SessionEvent } from '../../../../src/domain/session-event.ts';
import { toStretches } from '../../../../src/memory/manager/context-stretches.ts';
import type { StandingPage } from '../../../../src/memory/manager/memory-state.ts';
import { type PageContent, toPageContent } from '../../../../src/memory/manager/page-contents.ts';
import { pageOfEvent } from '../../../../src/memory/manager/session-page.ts';
import { StretchMemo } from '../../../../src/memory/manager/stretch-memo.ts';
import { histories } from '../histories.ts';

/** How a page stands in one context: left out, as an entry, as a turn, or as a turn of which less is shown. */
const STANDINGS = ['out', 'entry', 'turn', 'turn', 'turn', 'turn', 'cut'] as const;
type Standing = (typeof STANDINGS)[number];

/** One context after another: what is different of how some pages stand, and from which page on something may still follow. */
interface Context {
  readonly moves: readonly (readonly [number, Standing])[];
  readonly rewritten: number | null;
  readonly pendingFrom: number;
}

const contexts: fc.Arbitrary<Context> = fc.record({
  moves: fc.array(fc.tuple(fc.nat(40), fc.constantFrom(...STANDINGS)), { maxLength: 4 }),
  rewritten: fc.option(fc.nat(40)),
  pendingFrom: fc.nat(40),
});

function toContent(event: SessionEvent, position: number): readonly PageContent[] {
  const page = pageOfEvent(event, position);
  return page === null ? [] : [toPageContent(page, event)];
}

function toPlace({ page }: PageContent, standing: Standing): StandingPage {
  const form = standing === 'entry' ? 'entry' : 'turn';
  const representation = { level: 1, text: 'Less', maxTokens: null, focus: null } as const;
  const shown = standing === 'cut' ? { representation, text: 'Less', tokens: 1 } : null;
  return { pageId: page.pageId, form, shown };
}

describe('StretchMemo', () => {
  test('gives the stretches of all pages at once, however the context before was different', () => {
    let kept = 0;
    fc.assert(
      fc.property(
        histories,
        fc.array(contexts, { minLength: 2, maxLength: 8 }),
        (history, changes) => {
          const events = history.map((event, at): SessionEvent => {
            return { ...event, id: `e${at}` } as SessionEvent; // the rest is not looked at
          });
          const pages = events.flatMap((event, at) =>
            toContent({ ...event, metadata: {} }, at + 1),
          );
          const contents = new Map(pages.map((content) => [content.page.pageId, content]));
          const places = new Map(
            pages.map((content) => [content.page.pageId, toPlace(content, 'turn')]),
          );
          const memo = new StretchMemo();
          let before: ReadonlySet<unknown> = new Set();
          for (const { moves, rewritten, pendingFrom } of changes) {
            for (const [at, standing] of moves) {
              const moved = pages[at];
              if (moved === undefined) continue;
              if (standing === 'out') places.delete(moved.page.pageId);
              else places.set(moved.page.pageId, toPlace(moved, standing));
            }
            const other = pages[rewritten ?? pages.length];
            if (other !== undefined)
              contents.set(other.page.pageId, { ...other, text: `${other.text} and more` });
            const pending = new Set(pages.slice(pendingFrom).map(({ page }) => page.pageId));
            const isPending = (id: string): boolean => pending.has(id);
            const source = {
              contentOf: (id: string): PageContent | null => contents.get(id) ?? null,
              isPinned: (id: string): boolean => pending.has(id),
            };
            const order = [...places.values()];
            const found = memo.stretches(memo.fill(order, source), isPending);

            const whole = order.flatMap((place) => {
              const content = source.contentOf(place.pageId);
              const isPinned = source.isPinned(place.pageId);
              return content === null ? [] : [{ place, content, isPinned }];
            });
            expect(found).toEqual(toStretches(whole, isPending));
            kept += found.filter((stretch) => before.has(stretch)).length;
            before = new Set(found);
          }
        },
      ),
      { numRuns: 300 },
    );
    expect(kept).toBeGreaterThan(0);
  });
});
