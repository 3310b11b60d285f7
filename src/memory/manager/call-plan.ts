import type { PageRepresentation } from '../../domain/page-mutation.ts';
import { largestFitting } from '../../tokens/largest-fitting.ts';
import type { PackedPage } from '../search/recall-packer.ts';
import { capFor } from '../shorten-messages.ts';
import {
  briefTokens,
  CALL_TOKENS,
  type CallUnit,
  latestOf,
  longerWords,
  partsOf,
  shortArguments,
  standInTokens,
  type UnitPart,
  unitsOf,
  withoutWaiting,
} from './call-unit.ts';
import type { MemoryState } from './memory-state.ts';

/** A page of a call that stays. */
export interface CallPart {
  /** What was said, or what came of the call. */
  readonly words: string;
  /** The least of them that says something. */
  readonly briefTokens: number;
  /** What is shown of the page whose words were packed; null for all of it. */
  shown(page: PackedPage, focus: string): PageRepresentation | null;
}

/** Which calls stay with their results, and how much their arguments take. */
export interface CallPlan {
  readonly parts: ReadonlyMap<string, CallPart>;
  /** Pages of calls for which there is no room with their results. */
  readonly left: ReadonlySet<string>;
  /** Of names, marks and arguments. */
  readonly tokens: number;
}

/** Words and arguments are shown with so many tokens at least, or with the second where the newest would find no room otherwise. */
const BRIEF_TOKENS = [24, 8] as const;
/** The share of what is left that arguments may take while words need it as well. */
const ARGUMENTS_SHARE = 1 / 2;

/** A unit with what its words and arguments have at least. */
interface StayingUnit extends CallUnit {
  readonly brief: number;
}

/**
 * Plans the calls among the pages of turns, the newest of which come first: each stays with its result, in short at least, as far back as
 * there is room for that. Of the newest answer as many calls stay as find room, and of others all or none. What is left is for the rest of
 * the arguments and of the words.
 */
export function planCalls(
  state: MemoryState,
  pageIds: readonly string[],
  maxTokens: number,
): CallPlan {
  let room = maxTokens;
  const staying: StayingUnit[] = [];
  const left = new Set<string>();
  for (const unit of unitsOf(state, pageIds)) {
    const isNewest = staying.every((one) => partsOf(one).length === 0);
    const kept = left.size > 0 ? null : fit(unit, room, isNewest);
    if (kept !== null) {
      staying.push(kept);
      room -= briefTokens(kept, kept.brief);
    }
    const shown = new Set((kept === null ? [] : partsOf(kept)).map(({ pageId }) => pageId));
    for (const { pageId } of partsOf(unit)) if (!shown.has(pageId)) left.add(pageId);
  }
  return planOf(staying, { room, left });
}

/** The unit in short where there is room for it; of the newest with calls its latest ones at least. */
function fit(unit: CallUnit, room: number, isNewest: boolean): StayingUnit | null {
  const fits = (some: CallUnit, brief: number): boolean => briefTokens(some, brief) <= room;
  const [most, least] = BRIEF_TOKENS;
  if (fits(unit, most)) return { ...unit, brief: most };
  // Calls that wait give way before any result does, or gets shorter than that.
  const answered = withoutWaiting(unit);
  if (fits(answered, most)) return { ...answered, brief: most };
  if (!isNewest) return null;
  if (fits(answered, least)) return { ...answered, brief: least };
  const count = largestFitting(unit.results.length, (some) => fits(latestOf(unit, some), least));
  return count === 0 ? null : { ...latestOf(unit, count), brief: least };
}

function planOf(
  staying: readonly StayingUnit[],
  { room, left }: { readonly room: number; readonly left: ReadonlySet<string> },
): CallPlan {
  const lengths = staying.flatMap((unit) => partsOf(unit).flatMap((part) => part.argumentTokens));
  const held = staying.reduce((sum, unit) => sum + shortArguments(unit, unit.brief), 0);
  const longer = staying.reduce((sum, unit) => sum + longerWords(unit, unit.brief), 0);
  const cap = Math.floor(capFor(lengths, held + Math.max(room * ARGUMENTS_SHARE, room - longer)));
  const parts = new Map<string, CallPart>();
  let tokens = staying.reduce((sum, unit) => sum + standInTokens(unit), 0);
  for (const unit of staying) {
    const most = Math.max(cap, unit.brief);
    for (const part of partsOf(unit)) {
      tokens += cappedTokens(part.argumentTokens, most) + part.argumentTokens.length * CALL_TOKENS;
      parts.set(part.pageId, toPart(part, { most, brief: unit.brief }));
    }
  }
  return { parts, left, tokens };
}

function toPart(
  { page, wordTokens, argumentTokens, lostTokens, toldCalls }: UnitPart,
  { most, brief }: { readonly most: number; readonly brief: number },
): CallPart {
  // What is not told has its share too, as arguments are cut to one length for all calls of the page.
  const lengths = [...argumentTokens, ...lostTokens];
  const callTokens = cappedTokens(lengths, most);
  // Which are told is to be recorded, however short they are.
  const isAskedWhole = toldCalls === undefined && argumentTokens.every((tokens) => tokens <= most);
  return {
    words: page.words,
    briefTokens: Math.min(wordTokens, brief),
    shown: ({ isWhole, maxTokens }, focus) => {
      const isAllSaid = isWhole || wordTokens <= maxTokens;
      if (isAllSaid && isAskedWhole) return null;
      const words = isAllSaid ? wordTokens : maxTokens;
      const shown = { level: 1, text: null, maxTokens: words, focus, callTokens } as const;
      return toldCalls === undefined ? shown : { ...shown, toldCalls };
    },
  };
}

/** What texts take in so many tokens each at most. */
function cappedTokens(lengths: readonly number[], most: number): number {
  return lengths.reduce((sum, tokens) => sum + Math.min(tokens, most), 0);
}
