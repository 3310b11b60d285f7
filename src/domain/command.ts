import type { ArchivedContent } from './archived-content.ts';
import type { MapChange } from './event-metadata.ts';
import type { SessionManagerError } from './errors.ts';
import type { JsonObject, JsonValue } from './json.ts';
import type { EventFigures, ForkOrigin, LogEvent } from './log-event.ts';
import type { MemoryChange } from './memory-change.ts';
import type { PicoUsd } from './money.ts';
import type { RunStatus } from './run.ts';
import type { SegmentPolicy } from './segment.ts';
import type { EventSource, EventType } from './session-event.ts';
import type { TokenUsage } from './token-usage.ts';
import type { UsageBuckets } from './usage.ts';

/** What a new session begins with. */
export interface NewSession {
  readonly parentId: string | null;
  readonly fork: ForkOrigin | null;
  readonly properties: JsonObject;
  readonly systemPrompt: string | null;
  /** The model whose tokens are counted until one is named. */
  readonly model: string;
}

/** What a new event is made from; the rest (id, time, tokens, cost, links) is decided. */
export interface NewEvent {
  /** Fresh when null. */
  readonly id: string | null;
  readonly message: JsonValue;
  readonly source: EventSource;
  readonly type: EventType;
  readonly metadata: JsonObject;
  /** `undefined` links a tool call to the message it belongs to. */
  readonly parentEventId: string | null | undefined;
  readonly taskId: string | null;
  /** The model that counts, or that answered. */
  readonly model: string;
  readonly provider: string | null;
  /** Figures the provider reported for the call that made this event. */
  readonly reportedUsage: UsageBuckets | null;
  /** What the provider says the call cost; beats every price list. */
  readonly reportedCostPico: PicoUsd | null;
  /** Replaces the counted usage when the caller knows better. */
  readonly tokenUsage: TokenUsage | null;
  /** Where the content is of which `message` holds an excerpt. */
  readonly archive?: ArchivedContent | undefined;
  /** Tokens of all of that content, where a model wrote it: those it is paid for. */
  readonly archivedTokens?: number | undefined;
  /** Calls of tools that the model wrote besides, and is paid for, which this event does not ask for. */
  readonly heldCalls?: readonly JsonValue[] | undefined;
  /** Part of an answer that is recorded already: nobody is paid for it once more. */
  readonly isPart?: boolean | undefined;
}

/** A prompt of the open segment alone, without system prompt. */
export interface SentPrompt {
  /** How many of the latest messages it shows, with the tool calls that follow them. */
  readonly maxMessages: number;
  readonly includeSummaries: boolean;
}

/** Records one event. */
export interface RecordEvent {
  readonly type: 'record-event';
  readonly event: NewEvent;
  /** Null keeps one segment for ever. */
  readonly policy: SegmentPolicy | null;
  /** What to create when there is no session yet; null makes that SESSION_NOT_FOUND. */
  readonly create: NewSession | null;
  readonly idempotencyKey: string | null;
  /** What of the conversation a model was shown; what the policy says when not given. */
  readonly sent?: SentPrompt | undefined;
}

/** Asks a session's actor for something; a command that is refused or repeated changes nothing. */
export type Command =
  | { readonly type: 'create'; readonly session: NewSession }
  | RecordEvent
  /** Records a question and its answer, both or neither. */
  | { readonly type: 'record-turn'; readonly question: RecordEvent; readonly answer: RecordEvent }
  | {
      readonly type: 'change-event-usage';
      readonly eventId: string;
      /** Where the event is in the log. */
      readonly eventPosition: number;
      readonly before: EventFigures;
      readonly after: EventFigures;
      /** The version the figures were read at; a correction of them since then makes the command SESSION_CONFLICT. */
      readonly basisVersion: number;
    }
  | { readonly type: 'change-event-metadata'; readonly eventId: string; readonly change: MapChange }
  | { readonly type: 'close-segment'; readonly policy: SegmentPolicy; readonly model: string }
  | {
      readonly type: 'apply-summary';
      readonly segment: number;
      /** The first of several segments that it stands for together; the segment alone when not given. */
      readonly fromSegment?: number;
      readonly text: string;
      readonly model: string;
      /** The revision that it is to become; nothing changes where the segment has it already. The next one when not given. */
      readonly revision?: number;
    }
  | {
      readonly type: 'set-system-prompt';
      readonly systemPrompt: string | null;
      readonly model: string;
      readonly create: NewSession | null;
    }
  | { readonly type: 'change-properties'; readonly change: MapChange }
  | { readonly type: 'change-values'; readonly change: MapChange }
  | { readonly type: 'start-run'; readonly runId: string | null; readonly metadata: JsonObject }
  | {
      readonly type: 'move-run';
      readonly runId: string;
      readonly to: RunStatus;
      readonly reason: string | undefined;
    }
  | { readonly type: 'add-run-tool-call'; readonly runId: string; readonly eventId: string }
  | { readonly type: 'change-run-metadata'; readonly runId: string; readonly change: MapChange }
  | {
      readonly type: 'set-parent';
      readonly parentId: string | null;
      /** The parent that is to be replaced; another one that was named meanwhile stays. Any when not given. */
      readonly from?: string | null;
    }
  | {
      readonly type: 'link-child';
      readonly childId: string;
      readonly isFork: boolean;
      /** Whose session the child is; nobody's when null or not given. */
      readonly owner?: string | null;
    }
  | {
      readonly type: 'change-memory';
      readonly changes: readonly MemoryChange[];
      /** Changes of the memory that were known; more of them make the command SESSION_CONFLICT. */
      readonly basisRevision: number;
    }
  | { readonly type: 'unlink-child'; readonly childId: string };

/** What a caller wants a session to have that is there already. */
export interface Wanted {
  /** Laid over the properties that the session has. */
  readonly properties: JsonObject;
  /** Null leaves the prompt as it is. */
  readonly systemPrompt: string | null;
  /** The model that counts the prompt. */
  readonly model: string;
}

/** What has to come before a command, in the same commit, so that it is recorded with the command or not at all. */
export interface Opening {
  /** What to create when there is no session yet; null leaves that to the command. */
  readonly create: NewSession | null;
  /** What to bring to a session that is there; null for nothing. */
  readonly wanted: Wanted | null;
}

/** Work that must follow the commit, see the store's outbox. */
export interface FollowUp {
  readonly id: string;
  readonly dueAtMs: number;
}

/** What a decision comes to. */
export type Decision =
  | {
      readonly kind: 'accepted';
      readonly events: readonly LogEvent[];
      /** `any`: true wherever it lands in the log. `expected`: only right after the state it was made from. */
      readonly mode: 'any' | 'expected';
      /** With `any`: still only while the same segment is open. */
      readonly needsOpenSegment: boolean;
      readonly addFollowUps: readonly FollowUp[];
      readonly removeFollowUps: readonly string[];
    }
  | { readonly kind: 'unchanged' }
  /** The idempotency key was seen before: this is what was recorded then. */
  | { readonly kind: 'repeated'; readonly eventId: string; readonly position: number }
  | { readonly kind: 'rejected'; readonly error: SessionManagerError };
