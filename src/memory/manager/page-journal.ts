import type { MutationLogOptions } from '../../domain/journal-options.ts';
import type { MutationActor, MutationType, PageMutation } from '../../domain/page-mutation.ts';
import type { MemoryFold } from '../journal/memory-fold.ts';
import { MutationLog } from '../journal/mutation-log.ts';
import { MemoryMeter } from '../meters/memory-meter.ts';
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
    const { table, turns } = this.#state;
    const before = table.lookup(pageId);
    make();
    const after = table.lookup(pageId);
    const modality = (after ?? before)?.card.modality ?? 'text';
    const shown = after?.tier === 'L0' ? this.#state.contextPage(pageId).shown : null;
    const { type, cause, actor = 'system' } = note;
    this.#sequence += 1;
    const mutation: PageMutation = {
      sequence: this.#sequence,
      pageId,
      type,
      turn: turns.turn,
      atMs: this.#nowMs(),
      actor,
      cause,
      tierBefore: before?.tier ?? null,
      tierAfter: after?.tier ?? null,
      levelBefore: before?.level ?? 0,
      levelAfter: after?.level ?? 0,
      ...(shown === null ? {} : { representation: shown.representation }),
    };
    this.log.append(mutation);
    const tokensSaved = type === 'compress' ? (before?.tokens ?? 0) - (after?.tokens ?? 0) : 0;
    this.meter.record(mutation, { modality, tokensSaved });
    if (after === null) this.#latest.delete(pageId);
    else this.#latest.set(pageId, this.#sequence);
  }
}
