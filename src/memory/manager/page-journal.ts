import type { MutationLogOptions } from '../../domain/journal-options.ts';
import type { MutationActor, MutationType, PageMutation } from '../../domain/page-mutation.ts';
import type { MemoryFold } from '../journal/memory-fold.ts';
import { MutationLog } from '../journal/mutation-log.ts';
import { MemoryMeter } from '../meters/memory-meter.ts';
import type { PageEntry } from '../table/page-entry.ts';
import type { MemoryState } from './memory-state.ts';

/** What is said of a change of a page. */
export interface ChangeNote {
  readonly type: MutationType;
  readonly cause: string;
  /** Default `system`. */
  readonly actor?: MutationActor | undefined;
}

/** How a journal begins. */
export interface JournalStart {
  readonly options: MutationLogOptions;
  /** The state that it goes on from. */
  readonly from?: MemoryFold | undefined;
}

/** Writes down every change of a page as it happens: what is told of before and after is read from the state itself. */
export class PageJournal {
  readonly log: MutationLog;
  readonly meter: MemoryMeter = new MemoryMeter();
  readonly #state: MemoryState;
  readonly #nowMs: () => number;
  #sequence: number;
  /** The latest mutation of each page. */
  readonly #latest = new Map<string, number>();

  constructor(state: MemoryState, nowMs: () => number, { options, from }: JournalStart) {
    this.#state = state;
    this.#nowMs = nowMs;
    this.log = from === undefined ? new MutationLog(options) : new MutationLog(options, from);
    this.#sequence = from?.sequence ?? 0;
  }

  /** Of the latest mutation; 0 before the first. */
  get sequence(): number {
    return this.#sequence;
  }

  /** Of the latest mutation of a page: as long as it stays the same, nothing happened to the page. */
  versionOf(pageId: string): number {
    return this.#latest.get(pageId) ?? 0;
  }

  /** Counts the pages that were there before the first change. */
  countPages(): void {
    for (const pageId of this.#state.table.ids()) {
      const entry = this.#state.table.lookup(pageId);
      if (entry === null) continue;
      const { tier, level, card } = entry;
      const place = { tierBefore: null, tierAfter: tier, levelBefore: level, levelAfter: level };
      const about = { pageId, type: 'create', actor: 'system', cause: 'restored' } as const;
      const at = { sequence: 0, turn: 0, atMs: 0 };
      this.meter.record({ ...about, ...place, ...at }, { modality: card.modality });
    }
  }

  /** Makes a change and writes it down. */
  change(pageId: string, note: ChangeNote, make: () => void): void {
    const { table } = this.#state;
    const before = table.lookup(pageId);
    make();
    const after = table.lookup(pageId);
    const mutation = this.#mutation(pageId, note, { before, after });
    this.log.append(mutation);
    this.meter.record(mutation, {
      modality: (after ?? before)?.card.modality ?? 'text',
      tokensSaved: note.type === 'compress' ? tokensOf(before) - tokensOf(after) : 0,
    });
    if (after === null) this.#latest.delete(pageId);
    else this.#latest.set(pageId, this.#sequence);
  }

  #mutation(
    pageId: string,
    { type, cause, actor = 'system' }: ChangeNote,
    { before, after }: { readonly before: PageEntry | null; readonly after: PageEntry | null },
  ): PageMutation {
    const shown = after?.tier === 'L0' ? this.#state.contextPage(pageId).shown : null;
    this.#sequence += 1;
    return {
      sequence: this.#sequence,
      pageId,
      type,
      turn: this.#state.turns.turn,
      atMs: this.#nowMs(),
      actor,
      cause,
      ...placeBefore(before),
      tierAfter: after?.tier ?? null,
      levelAfter: after?.level ?? 0,
      ...(shown === null ? {} : { representation: shown.representation }),
    };
  }
}

function placeBefore(entry: PageEntry | null): Pick<PageMutation, 'tierBefore' | 'levelBefore'> {
  return entry === null
    ? { tierBefore: null, levelBefore: 0 }
    : { tierBefore: entry.tier, levelBefore: entry.level };
}

function tokensOf(entry: PageEntry | null): number {
  return entry?.tokens ?? 0;
}
