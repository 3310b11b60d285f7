import type { PlacedPage } from '../../domain/memory-change.ts';
import type { PageLevel } from '../../domain/page.ts';
import type { PlanStep } from '../../kernel/working-set/working-set.ts';
import { DEFAULT_LEVEL_LIMITS } from '../folding/level-limits.ts';
import type { ContextPage, MemoryState } from './memory-state.ts';
import { LINE_TOKENS, type ShownPage, showPage } from './shown-page.ts';

/** What is to be left of a context. */
export interface PressureRequest {
  /** Tokens that the pages may have that are left. */
  readonly maxTokens: number;
  /** Pages that are dealt with elsewhere. */
  readonly except: ReadonlySet<string>;
}

/** Pages below this are not worth folding. */
const MIN_FOLDED_TOKENS = 48;
/** A reference says too little to be worth its line in a context; the manifest names the page as well. */
const DEEPEST_LEVEL = 2;
const FOLD_LEVELS = [1, 2] satisfies PageLevel[];

/**
 * The pages of the context that stay under pressure. The kernel plans it: the least wanted are folded to half and to a quarter,
 * and only if that does not suffice pages leave. Those that stay keep their place in the order.
 */
export function foldUnderPressure(
  state: MemoryState,
  { maxTokens, except }: PressureRequest,
): readonly PlacedPage[] {
  const pages = state.context().filter(({ pageId }) => !except.has(pageId));
  const excess = pages.reduce((sum, { tokens }) => sum + tokens, 0) - Math.floor(maxTokens);
  if (excess <= 0) return pages.map(asEntry);
  const { set } = state.table;
  for (const pageId of except) if (state.isInContext(pageId)) state.table.pin(pageId, 'rule');
  // What was thought of for an earlier context is known here alone: another process would decide without it.
  for (const { pageId } of pages) forgetLevels(state, pageId);
  const folds = prepareFolds(state, excess);
  const plan = set.planEviction({ tokens: excess, isEmergency: true }, DEEPEST_LEVEL);
  for (const pageId of folds.keys()) forgetLevels(state, pageId);
  state.table.clearRulePins();
  const steps = new Map(plan?.map((step) => [state.table.idOf(step.slot), step]));
  return pages.flatMap((page) => shownAfter(page, steps.get(page.pageId), folds) ?? []);
}

type Folds = ReadonlyMap<string, readonly ShownPage[]>;

/** Folds the least wanted pages, as many as might be needed, and tells the kernel what each level would cost. */
function prepareFolds(state: MemoryState, excess: number): Folds {
  const folds = new Map<string, readonly ShownPage[]>();
  let savable = 0;
  for (const { slot } of state.table.set.scoreContext(true)) {
    if (savable >= excess) break;
    const pageId = state.table.idOf(slot);
    const shown = foldPage(state, pageId);
    folds.set(pageId, shown);
    for (const { representation, tokens } of shown)
      state.table.noteLevel(pageId, representation.level, tokens);
    const before = state.table.lookup(pageId)?.tokens ?? 0;
    savable += before - (shown.at(-1)?.tokens ?? before);
  }
  return folds;
}

/** Takes back what a page would cost at levels at which it does not stand. */
function forgetLevels({ table }: MemoryState, pageId: string): void {
  const entry = table.lookup(pageId);
  if (entry === null) return;
  for (const level of FOLD_LEVELS)
    if (level !== entry.level && entry.levelTokens[level] !== null)
      table.noteLevel(pageId, level, null);
}

/** The page at the levels beyond its own that are shorter. */
function foldPage(state: MemoryState, pageId: string): readonly ShownPage[] {
  const content = state.contents.get(pageId);
  const entry = state.table.lookup(pageId);
  if (content === null || entry === null) return [];
  const folds: ShownPage[] = [];
  let { tokens } = entry;
  for (const level of FOLD_LEVELS) {
    if (level <= entry.level || tokens < MIN_FOLDED_TOKENS) continue;
    const maxTokens = Math.floor((tokens - LINE_TOKENS) * DEFAULT_LEVEL_LIMITS.reducedRatio);
    const cut = { level, text: null, maxTokens, focus: null };
    const shown = showPage(content.text, cut, state.pages.cutting);
    if (shown.text === '' || shown.tokens >= tokens) continue;
    folds.push(shown);
    tokens = shown.tokens;
  }
  return folds;
}

function shownAfter(
  page: ContextPage,
  step: PlanStep | undefined,
  folds: Folds,
): PlacedPage | null {
  if (step === undefined) return asEntry(page);
  if (step.kind === 'evict') return null;
  const shown = folds
    .get(page.pageId)
    ?.find(({ representation }) => representation.level === step.level);
  return shown === undefined
    ? asEntry(page)
    : { pageId: page.pageId, form: 'entry', shown: shown.representation };
}

function asEntry({ pageId, shown }: ContextPage): PlacedPage {
  return { pageId, form: 'entry', shown: shown?.representation ?? null };
}
