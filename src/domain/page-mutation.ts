import type { MemoryPage } from './memory-page.ts';
import type { PageLevel, StorageTier } from './page.ts';

/** What can happen to a page. */
export const MUTATION_TYPES = [
  'create',
  'fault_in',
  'evict',
  'compress',
  'pin',
  'unpin',
  'update',
  'delete',
] as const;
/** One of {@link MUTATION_TYPES}. */
export type MutationType = (typeof MUTATION_TYPES)[number];

/** Who made it happen. */
export const MUTATION_ACTORS = ['user', 'model', 'tool', 'system'] as const;
/** One of {@link MUTATION_ACTORS}. */
export type MutationActor = (typeof MUTATION_ACTORS)[number];

/** What a page looks like at a level other than 0, in a form that gives the same text again on any machine. */
export interface PageRepresentation {
  readonly level: PageLevel;
  /** The text itself, where a model or a caller wrote it; null where it is cut from the page. */
  readonly text: string | null;
  /** Tokens that a cut may take; null for the limit of the level. */
  readonly maxTokens: number | null;
  /** What the cut keeps first: the question it was made for. Null for none. */
  readonly focus: string | null;
  /**
   * Tokens that the arguments of its calls may take together. The cut is then of what was said or came of the call alone; absent where
   * it is of both as one text, as in older records.
   */
  readonly callTokens?: number | undefined;
  /**
   * Which calls of an answer were told when this was decided, by their place in it, where not all of them were. Of the others those are told whose
   * results came since. Absent where there is room for all, also for those that still wait.
   */
  readonly toldCalls?: readonly number[] | undefined;
}

/** Whether two representations show the same of a page, whatever level they are said to be. */
export function isSameCut(
  left: PageRepresentation | null,
  right: PageRepresentation | null,
): boolean {
  if (left === null || right === null) return left === right;
  const values = cutValues(right);
  return cutValues(left).every((value, at) => value === values[at]);
}

function cutValues(representation: PageRepresentation): readonly unknown[] {
  const { text, maxTokens, focus, callTokens, toldCalls } = representation;
  return [text, maxTokens, focus, callTokens, toldCalls?.join()];
}

/**
 * One change of one page: the state of a memory is what its mutations come to, one after the other. A mutation that has a page
 * in the context afterwards and had it elsewhere before puts it at the end of the context.
 */
export interface PageMutation {
  /** Counts from 1 within a memory. */
  readonly sequence: number;
  readonly pageId: string;
  readonly type: MutationType;
  /** Questions of the user so far. */
  readonly turn: number;
  readonly atMs: number;
  readonly actor: MutationActor;
  /** Why, in a word, such as `create_page`, `eviction_pressure`, `page_fault`, `explicit_pin`. */
  readonly cause: string;
  /** Null for a page that was not there before. */
  readonly tierBefore: StorageTier | null;
  /** Null for a page that is gone. */
  readonly tierAfter: StorageTier | null;
  readonly levelBefore: PageLevel;
  readonly levelAfter: PageLevel;
  /** How the page looks now, when that changed; absent when it did not. */
  readonly representation?: PageRepresentation | undefined;
  /** The page, where the mutation is the only record of it; absent for what the log of the session holds anyway. */
  readonly page?: MemoryPage | undefined;
}
