import { z } from 'zod';
import { calibrationFactor, MAX_RATIO } from '../domain/calibration.ts';
import type { JsonValue } from '../domain/json.ts';
import { parseInput } from '../domain/parse.ts';
import { messageContent, type SessionEvent } from '../domain/session-event.ts';
import type { SessionState } from '../domain/session-state.ts';
import { summariesWithin } from '../domain/told-summaries.ts';
import { type PromptMessage, toPromptMessages } from '../memory/prompt-message.ts';
import { buildConversationContext, type ContextSummary } from '../memory/conversation-context.ts';
import { calibratedCounter } from '../tokens/calibrated-counter.ts';
import type { SessionHandle } from './session-handle.ts';
import { readEvents, readLatestEvents } from './session-reader.ts';

/** One message of a conversation as people see it. */
export interface ConversationTurn {
  readonly role: 'user' | 'assistant' | 'system';
  readonly content: JsonValue;
  /** ISO 8601, UTC. */
  readonly timestamp: string;
  readonly model?: string;
  readonly provider?: string;
}

/** What the next prompt holds, and how large it may be. */
export interface PromptOptions {
  /** Default true. */
  readonly includeSystem?: boolean | undefined;
  /** The result never has more tokens than this; without it there is no limit. */
  readonly maxTokens?: number | undefined;
  /** The model that will read it. */
  readonly model?: string | undefined;
}

const promptSchema = z.strictObject({
  includeSystem: z.boolean().optional(),
  maxTokens: z.int().nonnegative().optional(),
  model: z.string().min(1).max(200).optional(),
});

/** Whose words a prompt says a message is. */
export const ROLES = { user: 'user', llm: 'assistant', system: 'system' } as const;

/** The messages of the open segment, or of all of them. */
export async function readConversation(
  handle: SessionHandle,
  params: { readonly includeAllSegments: boolean },
): Promise<readonly ConversationTurn[]> {
  const state = await handle.findState();
  if (state === null) return handle.emptyUnlessKnown([]);
  const source = { store: handle.runtime.store, key: handle.key, lifeId: state.lifeId };
  const fromPosition = params.includeAllSegments ? 1 : state.open.fromPosition;
  const turns: ConversationTurn[] = [];
  for await (const event of readEvents(source, { fromPosition, toPosition: state.version })) {
    if (event.type === 'message') turns.push(toTurn(event));
  }
  return turns;
}

/** The messages to send to a model next: system prompt, summaries of earlier segments, recent turns. */
export async function readMessagesForLlm(
  handle: SessionHandle,
  options: PromptOptions,
): Promise<PromptMessage[]> {
  const parsed = parseInput(promptSchema, options, 'options');
  const { maxTokens = null, includeSystem = true, model = handle.model } = parsed;
  const state = await handle.findState();
  const common = {
    systemPrompt: state === null ? handle.systemPrompt : state.systemPrompt,
    includeSystem,
    model,
    counter: calibratedCounter(handle.runtime.counter, state?.calibrations ?? []),
    ...(maxTokens === null ? {} : { maxTokens }),
  };
  if (state === null) {
    return handle.emptyUnlessKnown(
      toPromptMessages(buildConversationContext({ ...common, summaries: [], events: [] })),
    );
  }
  const messages = buildConversationContext({
    ...common,
    summaries: promptSummaries(handle, state),
    events: await promptEvents(handle, state, { model, maxTokens }),
  });
  return toPromptMessages(messages);
}

/** What a prompt says of earlier segments, oldest first: their summaries, or what there is room for. */
export function promptSummaries(
  handle: SessionHandle,
  state: SessionState,
): readonly ContextSummary[] {
  const budget = handle.policy?.summaryTokens ?? 0;
  return summariesWithin(state, budget).summaries.map(
    ({ fromSegment, toSegment, text, tokens }) => ({
      fromSegment,
      segment: toSegment,
      text,
      tokens,
    }),
  );
}

async function promptEvents(
  handle: SessionHandle,
  state: SessionState,
  prompt: { readonly model: string; readonly maxTokens: number | null },
): Promise<readonly SessionEvent[]> {
  const source = { store: handle.runtime.store, key: handle.key, lifeId: state.lifeId };
  // A manager without segments of its own sends everything, whoever divided the session before.
  const fromPosition = handle.policy === null ? 1 : state.open.promptFromPosition;
  const factor = recountFactor(handle, state, prompt.model);
  return readLatestEvents(source, { state, fromPosition, factor, maxTokens: prompt.maxTokens });
}

/** What was recorded as one token counts at least so many for a model, whatever it was corrected by then. */
function recountFactor(handle: SessionHandle, state: SessionState, model: string): number {
  const { calibrations } = state;
  if (calibrations.length === 0) return 1;
  const isExact = handle.runtime.counter.isExactFor(model);
  return (isExact ? 1 : calibrationFactor(calibrations, model)) / MAX_RATIO;
}

function toTurn(event: SessionEvent): ConversationTurn {
  const { model, provider } = event.metadata;
  return {
    role: ROLES[event.source],
    content: messageContent(event.message),
    timestamp: new Date(event.timestampMs).toISOString(),
    ...(event.source === 'llm' && typeof model === 'string' ? { model } : {}),
    ...(event.source === 'llm' && typeof provider === 'string' ? { provider } : {}),
  };
}
