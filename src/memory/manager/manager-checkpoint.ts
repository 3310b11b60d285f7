import { InvalidInput, InvalidSessionOperation } from '../../domain/errors.ts';
import { inTurns } from '../../domain/in-turns.ts';
import { parseJsonValue } from '../../domain/json.ts';
import type { MemoryPage } from '../../domain/memory-page.ts';
import { FOLD_LEVELS } from '../folding/level-limits.ts';
import type { ManagerCore } from './manager-core.ts';
import type { PageAdmission } from './page-admission.ts';
import type { PageStorage, StoredMemoryPage } from './page-storage.ts';

/** What a checkpoint brought back. */
export interface RestoredCheckpoint {
  /** Ids of the pages of the checkpoint that are here. */
  readonly restored: readonly string[];
  /** Ids of pages that could not be loaded. */
  readonly lost: readonly string[];
  /** Ids of the pages of the context, in its order. */
  readonly context: readonly string[];
}

/** Times that contents are loaded while other calls send them back to the store. */
const MAX_ROUNDS = 8;

/**
 * Stores all pages, and a list of them with the order of the context and the pins.
 * @throws INVALID_SESSION_OPERATION without a store, and what the store rejects with.
 */
export async function takeCheckpoint(
  core: ManagerCore,
  name: string,
): Promise<{ readonly checkpointId: string; readonly pageCount: number }> {
  const { state, settings } = core;
  const storage = storageOf(core);
  const ids = [...state.table.ids()];
  const pages = ids.flatMap((id) => state.contents.get(id)?.page ?? []);
  const held = new Set(pages.map(({ pageId }) => pageId));
  const stored = ids.flatMap((pageId) => {
    const artifactId = held.has(pageId) ? null : (state.table.lookup(pageId)?.artifactId ?? null);
    return artifactId === null ? [] : [{ pageId, artifactId }];
  });
  const order = state.table.idsOfTier('L0');
  const { turn } = state.turns;
  const pins = ids.filter((id) => isPinned(core, id));
  return storage.checkpoint({ name, pages, stored, order, pins, turn, nowMs: settings.nowMs() });
}

/**
 * Brings the context and the pins of a checkpoint back, all at once. Pages that came since then stay, but leave the context.
 * @throws INVALID_INPUT when there is no such checkpoint, INVALID_SESSION_OPERATION without a store, and what the store rejects
 * with; then nothing changed.
 */
export async function restoreCheckpoint(
  core: ManagerCore,
  admission: PageAdmission,
  checkpointId: string,
): Promise<RestoredCheckpoint> {
  const checkpoint = await storageOf(core).loadCheckpoint({ checkpointId });
  if (checkpoint === null)
    throw new InvalidInput({ field: 'checkpointId', expected: 'the id of a checkpoint' });
  const { state } = core;
  const pages = checkpoint.pages.flatMap(toMemoryPage);
  const lost = checkpoint.lost.map(({ pageId }) => pageId);
  // What the store has lost cannot come back, and holds nothing else up.
  const order = checkpoint.order.filter((id) => !lost.includes(id));
  await loadKnown(core, order);
  for (const page of pages) {
    if (!state.table.has(page.pageId)) core.create({ page, sizeTokens: null, isPinned: false });
  }
  await prepareFolds(core, order);
  await loadKnown(core, order);
  // From here on nothing is waited for, so that nobody sees half of it.
  for (const id of state.table.idsOfTier('L0')) core.room.evict(id, 'checkpoint_restored');
  restorePins(core, new Set(checkpoint.pins));
  for (const id of order) placeAgain(core, admission, id);
  const restored = checkpoint.pages.map(({ pageId }) => pageId);
  return {
    restored: restored.filter((id) => state.table.has(id)),
    lost,
    context: state.table.idsOfTier('L0'),
  };
}

/** The page as a memory holds it; none where its content is of another kind. */
function toMemoryPage({ content, ...fields }: StoredMemoryPage): readonly MemoryPage[] {
  if (content instanceof Uint8Array) return [];
  return [{ ...fields, content: parseJsonValue(content, 'page.content') }];
}

/** Loads what the context needs of the pages that there are; again what leaves the process while the rest is loaded. */
async function loadKnown(core: ManagerCore, order: readonly string[]): Promise<void> {
  const { table, contents } = core.state;
  for (let round = 1; round <= MAX_ROUNDS; round += 1) {
    const missing = order.filter((id) => table.has(id) && contents.get(id) === null);
    if (missing.length === 0) return;
    // In order: each round loads what the one before did not keep.
    await inTurns(missing, (id) => core.contentOf(id));
  }
}

/** Folds what is going to stand in the context where not all of it can stand there whole. */
async function prepareFolds(core: ManagerCore, order: readonly string[]): Promise<void> {
  const { state, settings, folds } = core;
  const { totalTokens, reservedTokens } = state.table.set.figures();
  const room = totalTokens - reservedTokens;
  const tokensOf = (id: string): number => state.table.lookup(id)?.levelTokens[0] ?? 0;
  const needed = order.reduce((sum, id) => sum + tokensOf(id), 0);
  if (!settings.isFolding || needed <= room) return;
  await inTurns(order, async (id) => {
    for (const level of FOLD_LEVELS) {
      // One after the other: a reference is needed only of what is too long for anything else.
      if (level < 3 || tokensOf(id) > room) await folds.make(id, level);
    }
  });
}

/** Puts a page at the end of the context, whole or by the first form of it that fits. */
function placeAgain(core: ManagerCore, admission: PageAdmission, pageId: string): void {
  if (!core.state.table.has(pageId) || admission.place(pageId, null) !== null) return;
  for (const level of FOLD_LEVELS) {
    const fold = core.folds.at(pageId, level);
    if (fold !== null && admission.place(pageId, fold) !== null) return;
  }
}

function restorePins(core: ManagerCore, pins: ReadonlySet<string>): void {
  const cause = 'checkpoint_restored';
  for (const id of core.state.table.ids()) {
    if (isPinned(core, id) === pins.has(id)) continue;
    if (pins.has(id)) core.pin(id, cause, 'user');
    else core.unpin(id, cause, 'user');
  }
}

/** Whether somebody, or the page itself, wants it to stay. */
function isPinned({ state }: ManagerCore, pageId: string): boolean {
  const pin = state.table.lookup(pageId)?.pin;
  return pin === 'explicit' || pin === 'page';
}

function storageOf({ settings: { storage } }: ManagerCore): PageStorage {
  if (storage !== null) return storage;
  const reason = 'the memory has no vault';
  throw new InvalidSessionOperation({ operation: 'checkpoint', reason });
}
