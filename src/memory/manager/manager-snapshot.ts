import { InvalidInput } from '../../domain/errors.ts';
import type { Claim } from '../../domain/claim.ts';
import type { PlacedPage, PlaceForm } from '../../domain/memory-change.ts';
import type { MemoryPage } from '../../domain/memory-page.ts';
import type { PageRepresentation } from '../../domain/page-mutation.ts';
import type { VmMode } from '../../domain/paging-policy.ts';
import type { ParsedWorkingSetConfig } from '../../domain/working-set-config.ts';
import { parseManagerSnapshot } from '../../domain/manager-snapshot.ts';
import {
  restoreSnapshot,
  takeSnapshot,
  type WorkingSetSnapshot,
} from '../../kernel/working-set/working-set-snapshot.ts';
import type { MemoryFold, PageState } from '../journal/memory-fold.ts';
import { SearchIndex } from '../search/search-index.ts';
import type { PageCard } from '../table/page-entry.ts';
import { type CoreSettings, ManagerCore } from './manager-core.ts';
import { eventOf } from './page-event.ts';
import { toPageContent } from './page-contents.ts';
import type { RecentTurn } from './recent-turns.ts';

/** A page of a snapshot, where it stands in the list of the working set. */
export interface SnapshotPage {
  readonly card: PageCard;
  /** The page with its content; null where only the store has it. */
  readonly page: MemoryPage | null;
  readonly artifactId: string | null;
  /** How it stands in the context; null where it does not. */
  readonly place: { readonly form: PlaceForm; readonly shown: PageRepresentation | null } | null;
}

/** All of a memory as plain JSON, from which an equal one goes on in another process and over another kernel. */
export interface ManagerSnapshot {
  readonly version: 1;
  readonly sessionId: string;
  readonly mode: VmMode;
  readonly config: ParsedWorkingSetConfig;
  /** Of the latest mutation. */
  readonly sequence: number;
  readonly turns: readonly RecentTurn[];
  readonly workingSet: WorkingSetSnapshot;
  readonly pages: readonly SnapshotPage[];
  /** What pages are found by, in base64; it holds the words of pages that only the store has. */
  readonly index: string;
  readonly claims: readonly Claim[];
}

/** What of a memory only the manager knows. */
export type SnapshotHead = Pick<ManagerSnapshot, 'sessionId' | 'mode' | 'claims'>;

/** Takes down all of a memory. Contents are shared, nothing is copied that cannot change. */
export function snapshotOf(core: ManagerCore, head: SnapshotHead): ManagerSnapshot {
  const { state, journal, settings } = core;
  const { snapshot, slots } = takeSnapshot(state.table.set);
  const pages = slots.map((slot): SnapshotPage => {
    const pageId = state.table.idOf(slot);
    const entry = state.table.lookup(pageId);
    const card = state.table.cardOf(pageId);
    if (entry === null || card === null)
      throw new InvalidInput({ field: 'memory', expected: 'a page in every slot' });
    const { form, shown } = state.contextPage(pageId);
    return {
      card,
      page: state.contents.get(pageId)?.page ?? null,
      artifactId: entry.artifactId,
      place: entry.tier === 'L0' ? { form, shown: shown?.representation ?? null } : null,
    };
  });
  return {
    version: 1,
    ...head,
    config: settings.config,
    sequence: journal.sequence,
    turns: state.turns.all(),
    workingSet: snapshot,
    pages,
    index: Buffer.from(state.index.encode()).toString('base64'),
  };
}

/**
 * The core that a snapshot was taken of.
 * @throws INVALID_INPUT for what is no snapshot, or one of a version that is not known.
 */
export function coreOf(given: ManagerSnapshot, settings: CoreSettings): ManagerCore {
  const snapshot = parseManagerSnapshot<ManagerSnapshot>(given);
  const { kernel } = settings;
  const restored = restoreSnapshot(snapshot.workingSet, (options) =>
    kernel.openWorkingSet(options),
  );
  try {
    const core = new ManagerCore(settings, {
      set: restored.set,
      index: SearchIndex.decode(Buffer.from(snapshot.index, 'base64')),
      turns: snapshot.turns,
      fold: foldOf(snapshot),
    });
    fill(core, snapshot, restored.slots);
    return core;
  } catch (error) {
    restored.set.close();
    throw error;
  }
}

function fill(
  { state, journal, pins, settings }: ManagerCore,
  { pages, workingSet }: ManagerSnapshot,
  slots: ReturnType<typeof restoreSnapshot>['slots'],
): void {
  pages.forEach(({ card, page, artifactId }, at) => {
    const slot = slots[at];
    if (slot === undefined)
      throw new InvalidInput({ field: 'snapshot.pages', expected: 'a page for every slot' });
    state.table.adopt(card, { slot, artifactId });
    if (page !== null) state.contents.hold(toPageContent(page, eventOf(page)));
  });
  for (const at of workingSet.arrivals.L0) {
    const { card, place } = pages[at] ?? {};
    if (card === undefined || place === undefined || place === null) continue;
    const placed: PlacedPage = { pageId: card.pageId, ...place };
    state.placePage(placed, settings.nowMs());
  }
  journal.countPages();
  pins.adopt(
    pages
      .filter((_, at) => workingSet.pages[at]?.flags.includes('pinnedByRule') === true)
      .map(({ card }) => card.pageId),
  );
}

/** The state of the log that goes on from a snapshot. */
function foldOf({ sequence, turns, workingSet, pages }: ManagerSnapshot): MemoryFold {
  const states = new Map<string, PageState>();
  pages.forEach(({ card: { pageId }, place }, at) => {
    const facts = workingSet.pages[at];
    const flags = facts?.flags ?? [];
    states.set(pageId, {
      pageId,
      tier: facts?.tier ?? 'L1',
      level: facts?.level ?? 0,
      representation: place?.shown ?? null,
      isPinned: flags.includes('pinnedExplicitly') || flags.includes('pinnedByPage'),
      page: null,
    });
  });
  const context = workingSet.arrivals.L0.flatMap((at) => pages[at]?.card.pageId ?? []);
  return { sequence, turn: turns.at(-1)?.turn ?? 0, pages: states, context };
}
