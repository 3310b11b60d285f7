import type { SessionEvent } from '../domain/session-event.ts';
import { CallIds, deriveCallId } from './call-id.ts';
import {
  type ChatContent,
  toAnswerContent,
  toSystemText,
  toUserContent,
} from './message-content.ts';
import {
  declaredCalls,
  type ToolOutcome,
  type ToolRequest,
  type ToolUse,
  toolUseOf,
} from './tool-call.ts';

/** What is read of an event to render it. */
export type TranscriptEvent = Pick<SessionEvent, 'id' | 'message' | 'source' | 'type'>;

/** A tool call and what came of it, if anything did. */
export interface TurnCall {
  /** Unique within its turn. */
  readonly id: string;
  readonly name: string;
  /** JSON text of an object. */
  readonly arguments: string;
  readonly outcome: ToolOutcome | null;
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
  readonly recordedId: string | null;
  outcome: ToolOutcome | null;
}

interface AssistantDraft extends AssistantTurn {
  readonly calls: CallDraft[];
}

class Transcript {
  readonly #turns: Turn[] = [];
  /** The turn that may still take calls or results; nothing was said after it. */
  #open: AssistantDraft | null = null;
  #callIds = new CallIds();
  #waiting: CallDraft[] = [];
  #delayed: Turn[] = [];

  add(event: TranscriptEvent): void {
    if (event.type === 'tool_call') this.#addToolUse(toolUseOf(event.message), event.id);
    if (event.type === 'message') this.#addMessage(event);
  }

  finish(): readonly Turn[] {
    this.#close();
    return this.#turns;
  }

  #addMessage({ id, message, source }: TranscriptEvent): void {
    switch (source) {
      case 'user':
        this.#close();
        this.#turns.push({ kind: 'user', eventId: id, content: toUserContent(message) });
        return;
      case 'system':
        this.#delayed.push({ kind: 'system', eventId: id, content: toSystemText(message) });
        if (this.#waiting.length === 0) this.#close();
        return;
      case 'llm':
        this.#close();
        this.#begin({ eventId: id, content: toAnswerContent(message) });
        for (const [index, call] of declaredCalls(message).entries()) {
          this.#addCall({ ...call, outcome: null }, `${id}#${index}`);
        }
    }
  }

  #addToolUse(use: ToolUse, eventId: string): void {
    const asked = this.#findWaiting(use);
    if (asked === undefined) {
      if (!this.#takesCall()) this.#begin({ eventId: null, content: null });
      this.#addCall(use, eventId);
    } else if (use.outcome !== null) {
      asked.outcome = use.outcome;
      this.#waiting.splice(this.#waiting.indexOf(asked), 1);
    }
  }

  /** The waiting call that a tool use is about: by id, else by name, if possible with the same arguments. */
  #findWaiting(use: ToolUse): CallDraft | undefined {
    if (use.callId !== null) return this.#waiting.find((call) => call.recordedId === use.callId);
    const named = this.#waiting.filter((call) => call.name === use.name);
    return named.find((call) => call.arguments === use.arguments) ?? named[0];
  }

  /** An answer without calls takes the one right after it, and what waits for results takes calls made meanwhile. */
  #takesCall(): boolean {
    return this.#open !== null && (this.#waiting.length > 0 || this.#open.calls.length === 0);
  }

  #begin(turn: Pick<AssistantTurn, 'eventId' | 'content'>): void {
    this.#close();
    this.#open = { kind: 'assistant', ...turn, calls: [] };
    this.#callIds = new CallIds();
    this.#turns.push(this.#open);
  }

  #addCall(request: ToolRequest & Pick<ToolUse, 'outcome'>, origin: string): void {
    const call: CallDraft = {
      id: this.#callIds.take(request.callId ?? deriveCallId(origin)),
      recordedId: request.callId,
      name: request.name,
      arguments: request.arguments,
      outcome: request.outcome,
    };
    this.#open?.calls.push(call);
    if (call.outcome === null) this.#waiting.push(call);
  }

  #close(): void {
    this.#open = null;
    this.#waiting = [];
    for (const turn of this.#delayed) this.#turns.push(turn);
    this.#delayed = [];
  }
}
