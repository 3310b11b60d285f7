import type { PagefoldError } from '../../domain/errors.ts';

/**
 * One working set as plain numbers, the way linear memory has it: slots, status codes of the layout (negative when
 * something was refused), and two areas through which facts and results pass. Implemented over the WASM module and, bit
 * for bit the same, in JavaScript. Arguments are not checked for sense beyond what keeps the set consistent; that is
 * done by the `WorkingSet` in front.
 */
export interface PageSet {
  /** The FACT_… columns that `addPage` reads and `readPage` writes; to be asked for anew before each use. */
  facts(): Float64Array;
  /** The FIGURE_… columns as they are now. */
  figures(): Float64Array;
  addPage(): number;
  readPage(slot: number): number;
  removePage(slot: number): number;
  admit(slot: number, nowMs: number): number;
  touch(slot: number, nowMs: number): number;
  renew(slot: number): number;
  moveTo(slot: number, tier: number): number;
  evictTo(slot: number, tier: number): number;
  protect(slot: number): number;
  mark(slot: number, on: number, off: number): number;
  clearPins(flags: number): number;
  setImportance(slot: number, value: number): number;
  setOverride(slot: number, value: number): number;
  setLevelTokens(slot: number, level: number, tokens: number): number;
  fold(slot: number, level: number): number;
  /** Takes the POLICY_… columns. */
  setPolicy(columns: Float64Array): number;
  setBudget(totalTokens: number, reservedTokens: number): number;
  setTurn(turn: number): number;
  /** The next ones return a number of results, which stand there until the next call. */
  selectVictims(needTokens: number, mode: number): number;
  planEviction(needTokens: number, mode: number, deepestLevel: number): number;
  scoreContext(mode: number): number;
  scoreHot(limit: number, nowMs: number): number;
  listTier(tier: number): number;
  listType(type: number): number;
  listByAccess(tier: number, limit: number, order: number): number;
  /** A copy of so many results. */
  keys(count: number): number[];
  values(count: number): number[];
  scores(count: number): number[];
  /** 1, 0, or a status. */
  canReach(needTokens: number, mode: number): number;
  /** 0, or the AUDIT_… code of the first invariant that does not hold. */
  audit(): number;
  /** Stops trusting the kernel after an audit has found something, and returns the error to throw. */
  distrust(finding: number): PagefoldError;
  close(): number;
}

/** Opens page sets; a negative status instead of a set when it is refused. */
export interface PageSetSource {
  openSet(totalTokens: number, reservedTokens: number): PageSet | number;
}
