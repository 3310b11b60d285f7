import type { EventRecorded } from './log-event.ts';
import { messageText } from './message-content.ts';
import type { OpenTurn } from './open-turn.ts';
import { type Growth, growthOf, standInTokens } from './prompt-growth.ts';
import { withOtherMessage, withUserMessage } from './segment-digest.ts';
import {
  type Exchange,
  MAX_CARRIED_EXCHANGES,
  type OpenSegment,
  openSegment,
  type SegmentDigest,
  type SegmentPolicy,
} from './segment.ts';
import type { SessionEvent } from './session-event.ts';

/** Groups of {@link OpenSegment.turnTokens} that are kept apart; the oldest are added up. */
const MAX_TURN_GROUPS = 33;

/**
 * The conversation always gets this share of the threshold: where a long system prompt leaves less, closing segment after
 * segment would not make the prompt smaller, only the memory shorter.
 */
const MIN_CONVERSATION_SHARE = 0.5;

/** Whether the segment has to close before another user message; an empty one never does. */
export function isSegmentDue(
  segment: OpenSegment,
  params: { readonly policy: SegmentPolicy; readonly standingTokens: number },
): boolean {
  if (segment.messages === 0) return false;
  if (segment.messages >= params.policy.maxTurnsPerSegment) return true;
  const { tokenThreshold } = params.policy;
  const room = Math.max(
    tokenThreshold - params.standingTokens,
    tokenThreshold * MIN_CONVERSATION_SHARE,
  );
  return openPromptTokens(segment) >= room;
}

/** Tokens of the conversation in the next prompt, summaries apart. */
export function openPromptTokens(segment: OpenSegment): number {
  return segment.carriedTokens + segment.tokens + standInTokens(segment.promptTurn);
}

/** The segment that follows, with the latest whole exchanges of the old one that fit into `carryTokens`. */
export function nextSegment(
  old: OpenSegment,
  params: { readonly closedAtPosition: number; readonly carryTokens: number },
): OpenSegment {
  const next = openSegment(old.number + 1, params.closedAtPosition + 1);
  const waiting = standInTokens(old.ownTurn);
  let carried = 0;
  let from = next.promptFromPosition;
  for (const exchange of [...old.exchanges].reverse()) {
    if (waiting + carried + exchange.tokens > params.carryTokens) break;
    carried += exchange.tokens;
    from = exchange.fromPosition;
  }
  const promptTurn = from < next.fromPosition ? old.ownTurn : null;
  return { ...next, promptFromPosition: from, carriedTokens: carried, promptTurn };
}

/** The open segment with one more event. `whole` is what the event does to a prompt of all segments that ends in `turn`. */
export function withRecordedEvent(
  open: OpenSegment,
  recorded: EventRecorded,
  at: { readonly position: number; readonly turn: OpenTurn | null; readonly whole: Growth },
): OpenSegment {
  const { event } = recorded;
  const isMessage = event.type === 'message';
  // The ends of the three prompts differ only after a segment was closed in the middle of a turn.
  const own = open.ownTurn === at.turn ? at.whole : growthOf(open.ownTurn, recorded);
  const shown = open.promptTurn === open.ownTurn ? own : growthOf(open.promptTurn, recorded);
  return {
    number: open.number,
    fromPosition: open.fromPosition,
    tokens: open.tokens + shown.closingTokens + shown.tokens,
    messages: open.messages + Number(isMessage),
    promptFromPosition: open.promptFromPosition,
    carriedTokens: open.carriedTokens,
    promptTurn: shown.turn,
    ownTurn: own.turn,
    turnTokens: withTurnTokens(open, event, own),
    exchanges: withExchange(open.exchanges, event, { position: at.position, growth: own }),
    digest: isMessage ? withMessage(open.digest, event) : open.digest,
  };
}

/**
 * Tokens of the latest `messages` messages of the segment with the tool calls that follow them, as they stand in a prompt
 * of this segment alone. Exact up to 32 messages; of a segment with more, a larger number means all of it.
 */
export function latestTokens(open: OpenSegment, messages: number): number {
  const { turnTokens, ownTurn } = open;
  const isAll = messages >= turnTokens.length;
  const groups = isAll ? turnTokens : turnTokens.slice(turnTokens.length - messages);
  const isTurnShown = isAll || (ownTurn !== null && ownTurn.delayed < messages);
  return groups.reduce((sum, tokens) => sum + tokens, isTurnShown ? standInTokens(ownTurn) : 0);
}

function withTurnTokens(
  { turnTokens, ownTurn }: OpenSegment,
  event: SessionEvent,
  growth: Growth,
): readonly number[] {
  const closed =
    growth.closingTokens === 0
      ? turnTokens
      : addAt(turnTokens, ownTurn?.delayed ?? 0, growth.closingTokens);
  if (event.type !== 'message')
    return growth.tokens === 0 ? closed : addAt(closed, growth.place, growth.tokens);
  if (closed.length < MAX_TURN_GROUPS) return [...closed, growth.tokens];
  const [oldest = 0, next = 0, ...rest] = closed;
  return [oldest + next, ...rest, growth.tokens];
}

/** The groups with more tokens in one, counted from the end; in the oldest where it has been added up. */
function addAt(groups: readonly number[], fromEnd: number, tokens: number): readonly number[] {
  const index = Math.max(0, groups.length - 1 - fromEnd);
  return groups.map((group, at) => (at === index ? group + tokens : group));
}

function withExchange(
  exchanges: readonly Exchange[],
  event: SessionEvent,
  { position, growth }: { readonly position: number; readonly growth: Growth },
): readonly Exchange[] {
  const { closingTokens, tokens } = growth;
  const latest = exchanges.at(-1);
  if (latest === undefined) return [{ fromPosition: position, tokens }];
  if (event.type !== 'message' || event.source !== 'user')
    return [...exchanges.slice(0, -1), grown(latest, closingTokens + tokens)];
  const before =
    closingTokens === 0 ? exchanges : [...exchanges.slice(0, -1), grown(latest, closingTokens)];
  return [...before.slice(-MAX_CARRIED_EXCHANGES + 1), { fromPosition: position, tokens }];
}

function grown({ fromPosition, tokens }: Exchange, more: number): Exchange {
  return { fromPosition, tokens: tokens + more };
}

function withMessage(digest: SegmentDigest, event: SessionEvent): SegmentDigest {
  const text = messageText(event);
  return event.source === 'user' ? withUserMessage(digest, text) : withOtherMessage(digest, text);
}
