import type { PlacedPage } from '../../domain/memory-change.ts';
import type { PackedPage, RecallPacker } from '../search/recall-packer.ts';
import { planCalls, type CallPlan } from './call-plan.ts';
import type { MemoryState } from './memory-state.ts';
import { newestQuestionId } from './open-question.ts';
import {
  MIN_MEDIA_TOKENS,
  mediaTokens,
  packedTokens,
  type PackingRequest,
  packInOrder,
  type PlacedPages,
  placePages,
  toldInWords,
} from './placed-pages.ts';
import { LINE_TOKENS } from './shown-page.ts';

/** How often words are packed anew because a call or a result found no room, until all of them get the least. */
const MAX_TRIES = 12;

/**
 * As {@link packInOrder} for turns: images and the like are shown while there is room for them, and told in words otherwise; the arguments
 * of calls are shortened before any call leaves, and no call is without its result. The newest question is none of the packed, since
 * every context shows it, but it ends the turn before it.
 */
export function packTurns(
  state: MemoryState,
  packer: RecallPacker,
  { pageIds: told, maxTokens, focus }: PackingRequest,
): PlacedPages {
  const question = newestQuestionId(state);
  const pageIds = told.filter((id) => id !== question);
  const { inWords, tokens: media } = placeMedia(state, pageIds, maxTokens);
  const room = Math.max(0, Math.floor(maxTokens) - media);
  const plan = planCalls(state, told, room);
  const packed = packWords(
    { state, packer, plan },
    { pageIds, maxTokens: room - plan.tokens, focus },
  );
  const pages = packed.flatMap((page): readonly PlacedPage[] => {
    const asked = plan.parts.get(page.id);
    if (asked !== undefined)
      return [{ pageId: page.id, form: 'turn', shown: asked.shown(page, focus) }];
    return placePages([page], { form: 'turn', focus }).map((place) =>
      place.shown === null && inWords.has(page.id) ? toldInWords(state, place) : place,
    );
  });
  return { pages, tokens: packedTokens(packed) + plan.tokens + media };
}

function placeMedia(
  state: MemoryState,
  pageIds: readonly string[],
  maxTokens: number,
): { readonly inWords: ReadonlySet<string>; readonly tokens: number } {
  let room = maxTokens;
  const inWords = new Set<string>();
  for (const pageId of pageIds) {
    const tokens = mediaTokens(state, pageId);
    if (tokens < MIN_MEDIA_TOKENS) continue;
    // At most half of what is left, so that the words of other turns find room.
    if (tokens > room / 2) inWords.add(pageId);
    else room -= tokens;
  }
  return { inWords, tokens: maxTokens - room };
}

interface WordsPacking {
  readonly state: MemoryState;
  readonly packer: RecallPacker;
  readonly plan: CallPlan;
}

/** Words in the room that calls leave; those of calls that would find none get the least that they need. */
function packWords(
  { state, packer, plan }: WordsPacking,
  { pageIds, maxTokens, focus }: PackingRequest,
): readonly PackedPage[] {
  const staying = pageIds.filter((id) => !plan.left.has(id));
  const textOf = (id: string): string | null =>
    plan.parts.get(id)?.words ?? state.contents.get(id)?.text ?? null;
  const brief = new Set<string>();
  for (let tries = 0; ; tries += 1) {
    const held = staying.filter((id) => brief.has(id)).map((id) => briefly(id, plan));
    const room = maxTokens - packedTokens(held);
    const others = staying.filter((id) => !brief.has(id));
    const packed = packInOrder(state, packer, { pageIds: others, maxTokens: room, focus, textOf });
    const found = new Set(packed.map(({ id }) => id));
    const missing = others.filter((id) => plan.parts.has(id) && !found.has(id));
    if (missing.length === 0) return [...held, ...packed];
    for (const id of tries < MAX_TRIES ? missing : plan.parts.keys()) brief.add(id);
  }
}

function briefly(id: string, { parts }: CallPlan): PackedPage {
  const maxTokens = parts.get(id)?.briefTokens ?? 0;
  return { id, text: '', tokens: maxTokens + LINE_TOKENS, isWhole: false, maxTokens };
}
