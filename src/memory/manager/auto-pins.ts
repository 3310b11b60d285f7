import type { ParsedWorkingSetConfig } from '../../domain/working-set-config.ts';
import type { MemoryState } from './memory-state.ts';

/** Shares of the room that the last turns and the claims may hold, so that pages that come always find some. */
const TURNS_SHARE = 1 / 2;
const CLAIMS_SHARE = 1 / 4;

/**
 * Pages of the context that a rule holds for now: those of the last turns, and the claims that matter most. They yield when nothing
 * else makes room.
 */
export class AutoPins {
  readonly #state: MemoryState;
  readonly #config: ParsedWorkingSetConfig;
  #ids: readonly string[] = [];

  constructor(state: MemoryState, config: ParsedWorkingSetConfig) {
    this.#state = state;
    this.#config = config;
  }

  /** Decides anew which pages are held. */
  refresh(): void {
    const { maxL0Tokens, reservedTokens, autoPinLastNTurns, autoPinClaims } = this.#config;
    const room = maxL0Tokens - reservedTokens;
    const turns = this.#state.turns.before(autoPinLastNTurns).flatMap(({ pageIds }) => pageIds);
    const recent = this.#within(turns.toReversed(), room * TURNS_SHARE);
    const claims = autoPinClaims ? this.#within(this.#claims(), room * CLAIMS_SHARE) : [];
    this.#ids = [...new Set([...recent, ...claims])];
    this.restore();
  }

  /** Goes on from what was held before. */
  adopt(pageIds: readonly string[]): void {
    this.#ids = pageIds;
  }

  /** Lets all of them go, until they are restored. */
  release(): void {
    this.#state.table.clearRulePins();
  }

  /** Holds those that are still in the context. */
  restore(): void {
    this.release();
    for (const pageId of this.#ids)
      if (this.#state.isInContext(pageId)) this.#state.table.pin(pageId, 'rule');
  }

  #claims(): readonly string[] {
    const { table } = this.#state;
    const importanceOf = (id: string): number => table.lookup(id)?.importance ?? 0;
    return table
      .idsOfType('claim')
      .toSorted((left, right) => importanceOf(right) - importanceOf(left));
  }

  /** Those that fit, the first of the list before the others. */
  #within(pageIds: readonly string[], maxTokens: number): readonly string[] {
    let room = maxTokens;
    return pageIds.filter((pageId) => {
      const entry = this.#state.table.lookup(pageId);
      if (entry?.tier !== 'L0' || entry.tokens > room) return false;
      room -= entry.tokens;
      return true;
    });
  }
}
