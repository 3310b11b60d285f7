import { InvalidInput, InvalidSessionOperation } from '../../domain/errors.ts';
import { parseJsonValue } from '../../domain/json.ts';
import type { ManagerCore } from './manager-core.ts';
import type { PageAdmission } from './page-admission.ts';
import type { PageStorage } from './page-storage.ts';

/** What a checkpoint brought back. */
export interface RestoredCheckpoint {
  /** Ids of the pages of the checkpoint that are here. */
  readonly restored: readonly string[];
  /** Ids of pages that could not be loaded. */
  readonly lost: readonly string[];
  /** Ids of the pages of the context, in its order. */
  readonly context: readonly string[];
}

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
 * Brings the context and the pins of a checkpoint back. Pages that came since then stay, but leave the context.
 * @throws INVALID_INPUT when there is no such checkpoint, INVALID_SESSION_OPERATION without a store.
 */
export async function restoreCheckpoint(
  core: ManagerCore,
  admission: PageAdmission,
  checkpointId: string,
): Promise<RestoredCheckpoint> {
  const checkpoint = await storageOf(core).loadCheckpoint({ checkpointId });
  if (checkpoint === null)
    throw new InvalidInput({ field: 'checkpointId', expected: 'the id of a checkpoint' });
  const { state, room } = core;
  for (const { content, ...fields } of checkpoint.pages) {
    if (state.table.has(fields.pageId) || content instanceof Uint8Array) continue;
    const page = { ...fields, content: parseJsonValue(content, 'page.content') };
    core.create({ page, sizeTokens: null, isPinned: false });
  }
  for (const id of state.table.idsOfTier('L0')) room.evict(id, 'checkpoint_restored');
  restorePins(core, new Set(checkpoint.pins));
  for (const id of checkpoint.order) {
    // In order: it is the order of the context.
    if (state.table.has(id)) await admission.add(id);
  }
  return {
    restored: checkpoint.pages.map(({ pageId }) => pageId).filter((id) => state.table.has(id)),
    lost: checkpoint.lost.map(({ pageId }) => pageId),
    context: state.table.idsOfTier('L0'),
  };
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
