import { assertNever } from '../domain/assert.ts';
import type { ChatContent } from '../domain/message-content.ts';
import { type ArgumentsMeaning, findAsked, takesCall } from '../domain/open-turn.ts';
import type { SessionEvent } from '../domain/session-event.ts';
import { type ShownEvent, shownOf } from '../domain/shown-event.ts';
import {
  rememberedMeanings,
  type ToolOutcome,
  type ToolRequest,
  type ToolUse,
} from '../domain/tool-call.ts';
import { CallIds, deriveCallId } from './call-id.ts';
import { isChatCallId } from './call-id-rule.ts';

/** What is read of an event to render it. */
export type TranscriptEvent = Pick<SessionEvent, 'id' | 'message' | 'source' | 'type'> &
  Partial<Pick<SessionEvent, 'metadata'>>;

/** A tool call and what came of it, if anything did. */
export interface TurnCall {
  /** Unique within its turn. */
  readonly id: string;
  readonly name: string;
  /** JSON text of an object. */
  readonly arguments: string;
  readonly outcome: ToolOutcome | null;
  /** Whether the answer of its turn asked for it. */
  readonly isDeclared: boolean;
  /** The event that the outcome was recorded with, or the call where no answer asked for it; null while neither is there. */
  readonly eventId: string | null;
}

/** What a model said, asked tools for, and was given back. */
export interface AssistantTurn {
  readonly kind: 'assistant';
  /** Null when the turn only carries tool calls that were recorded without an answer asking for them. */
  readonly eventId: string | null;
  readonly content: ChatContent | null;
  readonly calls: readonly TurnCall[];
}

/** One step of a conversation. A call and its result are one thing, so no selection of turns can part them. */
export type Turn =
  | { readonly kind: 'user'; readonly eventId: string; readonly content: ChatContent }
  | { readonly kind: 'system'; readonly eventId: string; readonly content: string }
  | AssistantTurn;

/**
 * The conversation that events make up, in the order of the log; events that are neither messages nor tool calls are left out.
 *
 * A tool call belongs to the answer right before it. One that no answer asked for makes a turn of its own, so that a later
 * call never changes a turn that a model has seen. While calls wait for their results, further calls join them, and what the
 * system says comes after them: nothing may stand between a call and its result. A result that comes after the next question
 * or answer is too late for its call, which says that it has none, and is shown where it came.
 */
export function toTurns(events: Iterable<TranscriptEvent>): readonly Turn[] {
  const transcript = new Transcript();
  for (const event of events) transcript.add(event);
  return transcript.finish();
}

interface CallDraft extends TurnCall {
  /** The id it was recorded with. */
  readonly callId: string | null;
  outcome: ToolOutcome | null;
  eventId: string | null;
}

interface AssistantDraft extends AssistantTurn {
  readonly calls: CallDraft[];
}

class Transcript {
  readonly #turns: Turn[] = [];
  /** The turn that may still take calls or results; nothing was said after it. */
  #open: AssistantDraft | null = null;
  #callIds = new CallIds(isChatCallId);
  #waiting: CallDraft[] = [];
  #meaningOf: ArgumentsMeaning = rememberedMeanings();
  #delayed: Turn[] = [];

  add(event: TranscriptEvent): void {
    const shown = shownOf(event);
    if (shown === null) return;
    if (shown.kind === 'tool') this.#addToolUse(shown.use, event.id);
    else this.#addMessage(shown, event.id);
  }

  finish(): readonly Turn[] {
    this.#close();
    return this.#turns;
  }

  #addMessage(shown: Exclude<ShownEvent, { kind: 'tool' }>, eventId: string): void {
    switch (shown.kind) {
      case 'user':
        this.#close();
        this.#turns.push({ kind: 'user', eventId, content: shown.content });
        return;
      case 'system':
        this.#delayed.push({ kind: 'system', eventId, content: shown.content });
        if (this.#waiting.length === 0) this.#close();
        return;
      case 'answer':
        this.#close();
        this.#begin({ eventId, content: shown.content });
        for (const [index, call] of shown.calls.entries()) {
          const asked = { ...call, isDeclared: true, outcome: null, eventId: null };
          this.#addCall(asked, `${eventId}#${index}`);
        }
        return;
      default:
        assertNever(shown);
    }
  }

  #addToolUse(use: ToolUse, eventId: string): void {
    const asked = findAsked(this.#waiting, use, this.#meaningOf);
    if (asked === undefined) {
      if (!this.#takesCall()) this.#begin({ eventId: null, content: null });
      this.#addCall({ ...use, isDeclared: false, eventId }, eventId);
    } else if (use.outcome !== null) {
      asked.outcome = use.outcome;
      asked.eventId = eventId;
      this.#waiting.splice(this.#waiting.indexOf(asked), 1);
    }
  }

  #takesCall(): boolean {
    const open = this.#open;
    return open !== null && takesCall({ hasCalls: open.calls.length > 0, waiting: this.#waiting });
  }

  #begin(turn: Pick<AssistantTurn, 'eventId' | 'content'>): void {
    this.#close();
    this.#open = { kind: 'assistant', ...turn, calls: [] };
    this.#callIds = new CallIds(isChatCallId);
    this.#turns.push(this.#open);
  }

  #addCall(
    request: ToolRequest & Pick<TurnCall, 'isDeclared' | 'outcome' | 'eventId'>,
    origin: string,
  ): void {
    const call: CallDraft = {
      id: this.#callIds.take(request.callId ?? deriveCallId(origin)),
      callId: request.callId,
      name: request.name,
      arguments: request.arguments,
      outcome: request.outcome,
      isDeclared: request.isDeclared,
      eventId: request.eventId,
    };
    this.#open?.calls.push(call);
    if (call.outcome === null) this.#waiting.push(call);
  }

  #close(): void {
    this.#open = null;
    this.#waiting = [];
    this.#meaningOf = rememberedMeanings();
    for (const turn of this.#delayed) this.#turns.push(turn);
    this.#delayed = [];
  }
}
