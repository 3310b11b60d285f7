import type { SessionEvent } from '../domain/session-event.ts';
import { type AssistantTurn, toTurns, type Turn } from './transcript.ts';

/** What is read of an event to build a prompt. */
export type PromptEvent = Pick<
  SessionEvent,
  'id' | 'message' | 'source' | 'type' | 'metadata' | 'parentEventId'
>;

/** What is read of a session to build a prompt. */
export interface PromptSource {
  /** In the order of the log. */
  readonly events: readonly PromptEvent[];
  readonly systemPrompt: string | null;
  /** Oldest first. */
  readonly segments?: readonly {
    readonly number: number;
    /** Null while the segment is open. */
    readonly summary: { readonly text: string } | null;
  }[];
}

/** A session's turns and the places in them that strategies choose from; places are indices, null when there is none. */
export interface PromptView {
  readonly events: readonly PromptEvent[];
  readonly turns: readonly Turn[];
  readonly firstQuestion: number | null;
  readonly latestQuestion: number | null;
  /** The latest answer of a model; tool calls that no answer asked for are none. */
  readonly latestAnswer: number | null;
}

/** Looks a session over, once for all strategies. */
export function viewOf(events: readonly PromptEvent[]): PromptView {
  const turns = toTurns(events);
  const isQuestion = (turn: Turn): boolean => turn.kind === 'user';
  return {
    events,
    turns,
    firstQuestion: place(turns.findIndex(isQuestion)),
    latestQuestion: place(turns.findLastIndex(isQuestion)),
    latestAnswer: place(
      turns.findLastIndex((turn) => turn.kind === 'assistant' && turn.eventId !== null),
    ),
  };
}

/** The places of the turns with tool calls in the exchange around a place: from its question to the next one. */
export function toolTurnsAround({ turns }: PromptView, around: number | null): readonly number[] {
  if (around === null) return [];
  const places: number[] = [];
  for (let at = exchangeStart(turns, around); at < turns.length; at += 1) {
    const turn = turns[at];
    if (at > around && turn?.kind === 'user') break;
    if (turn?.kind === 'assistant' && turn.calls.length > 0) places.push(at);
  }
  return places;
}

/** The turns at these places, each once, in the order of the log. */
export function turnsAt({ turns }: PromptView, places: Iterable<number | null>): readonly Turn[] {
  const chosen = new Set(places);
  return turns.filter((_, at) => chosen.has(at));
}

/** The latest answer itself, or null. */
export function answerOf(view: PromptView): AssistantTurn | null {
  const turn = view.turns[view.latestAnswer ?? -1];
  return turn?.kind === 'assistant' ? turn : null;
}

function exchangeStart(turns: readonly Turn[], around: number): number {
  let start = around;
  while (start > 0 && turns[start]?.kind !== 'user') start -= 1;
  return start;
}

function place(index: number): number | null {
  return index < 0 ? null : index;
}
