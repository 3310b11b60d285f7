import { z } from 'zod';
import type { SentPrompt } from '../domain/command.ts';
import { idSchema, segmentId, tenantSchema } from '../domain/ids.ts';
import type { JsonValue } from '../domain/json.ts';
import { parseInput } from '../domain/parse.ts';
import { EVENT_SOURCES, messageContent, type EventSource } from '../domain/session-event.ts';
import { SUMMARIZATION_STRATEGIES, type SummarizationStrategy } from '../domain/strategy.ts';
import { type PromptMessage, toPromptMessages } from '../memory/prompt-message.ts';
import { buildConversationContext } from '../memory/conversation-context.ts';
import { summaryInstruction } from '../memory/summary-request.ts';
import type { Summarize, SummaryMessage } from '../queue/summary-worker.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { Store } from '../store/store.ts';
import { promptSummaries, ROLES } from './conversation.ts';
import { runtimeOpener, storeSchema } from './manager-options.ts';
import { answerInput, userInput } from './record-input.ts';
import { flushBackground } from './flush.ts';
import { SessionHandle } from './session-handle.ts';
import { parseSessionOptions } from './session-options.ts';
import { calibratedCounter } from '../tokens/calibrated-counter.ts';
import { readEvents, readLatestEvents, readSession } from './session-reader.ts';
import type { WaitOptions } from './wait.ts';

/**
 * Asks a model: gets an instruction and the messages of a segment, or summaries of several, and gives the summary, at once or later. A
 * summary of more than `maxTokens` is refused.
 */
export type LlmCallback = (
  messages: readonly SummaryMessage[],
  options: Parameters<Summarize>[1],
) => string | Promise<string>;

/** How conversations are divided and summarised. */
export interface InfiniteConversationOptions {
  /** Default 3000. */
  readonly tokenThreshold?: number | undefined;
  /** Default 20. */
  readonly maxTurnsPerSegment?: number | undefined;
  /** Default `basic`. */
  readonly summarizationStrategy?: SummarizationStrategy | undefined;
  readonly store?: Store | undefined;
  readonly tenant?: string | undefined;
}

/** One more message of a conversation. */
export interface ConversationMessage {
  readonly sessionId: string;
  readonly message: unknown;
  readonly source: EventSource;
  /** Summarises a segment that closed; without it the extractive summary stays. */
  readonly llmCallback?: LlmCallback | null | undefined;
  readonly model?: string | undefined;
  /** A second call with the same key within a day records nothing. */
  readonly idempotencyKey?: string | undefined;
  /**
   * How the context of an answer was built, if otherwise than by default: what the answer is billed for follows from it where
   * nobody reports that.
   */
  readonly context?: ContextOptions | undefined;
}

/** What a context holds. */
export interface ContextOptions {
  /** How many of the latest messages of the open segment. Default 10, 0 for none. */
  readonly maxMessages?: number | undefined;
  /** Whether the summaries of earlier segments stand before them. Default true. */
  readonly includeSummaries?: boolean | undefined;
}

/** A numbered range of a conversation. */
export interface ConversationSegment {
  readonly id: string;
  readonly sessionId: string;
  readonly number: number;
  readonly messages: number;
  /** Null while the segment is open. */
  readonly summary: string | null;
}

/** A message with its origin. */
export type HistoryEntry = readonly [
  role: 'user' | 'assistant' | 'system',
  source: EventSource,
  content: JsonValue,
];

const DEFAULT_THRESHOLD = 3000;
const DEFAULT_MAX_MESSAGES = 10;

const optionsSchema = z.strictObject({
  tokenThreshold: z.number().int().positive().optional(),
  maxTurnsPerSegment: z.number().int().positive().optional(),
  summarizationStrategy: z.enum(SUMMARIZATION_STRATEGIES).optional(),
  store: storeSchema,
  tenant: tenantSchema.optional(),
});
const contextSchema = z.strictObject({
  maxMessages: z.number().int().nonnegative().optional(),
  includeSummaries: z.boolean().optional(),
});
const messageSchema = z.strictObject({
  sessionId: idSchema,
  message: z.unknown(),
  source: z.enum(EVENT_SOURCES),
  llmCallback: z
    .custom<LlmCallback>((value) => typeof value === 'function', { message: 'a function' })
    .nullish(),
  model: z.string().max(200).optional(),
  idempotencyKey: idSchema.optional(),
  context: contextSchema.optional(),
});

/** Endless conversations addressed by session id, for services that keep no object per conversation. */
export class InfiniteConversationManager {
  readonly #options: z.output<typeof optionsSchema>;
  readonly #openRuntime: () => Runtime;

  /** @throws INVALID_INPUT naming the option. */
  constructor(options: InfiniteConversationOptions = {}) {
    this.#options = parseInput(optionsSchema, options, 'options');
    this.#openRuntime = runtimeOpener(this.#options.store);
  }

  /**
   * Records a message in an existing session and returns the id to use for the next one, which is always the same one.
   * @throws SESSION_NOT_FOUND, INVALID_INPUT
   */
  async processMessage(params: ConversationMessage): Promise<string> {
    const parsed = parseInput(messageSchema, params, 'params');
    const { message, source, model, idempotencyKey } = parsed;
    const key = idempotencyKey === undefined ? {} : { idempotencyKey };
    const input =
      source === 'llm'
        ? answerInput(message, { ...key, ...(model === undefined ? {} : { model }) })
        : userInput(message, key);
    const event = { ...input.event, source, model: model || input.event.model };
    const handle = this.#handle(parsed.sessionId, parsed.llmCallback ?? null);
    await handle.runtime.operation(async () => {
      await handle.requireState();
      await handle.record({ ...input, event, sent: sentPrompt(parsed.context) });
    });
    return handle.key.sessionId;
  }

  /**
   * Summaries of the earlier segments, oldest first, then the latest `maxMessages` (default 10, 0 for none) messages of the
   * open one with the tool calls that follow them.
   * @throws SESSION_NOT_FOUND, INVALID_INPUT
   */
  async buildContextForLlm(
    sessionId: string,
    options: ContextOptions = {},
  ): Promise<PromptMessage[]> {
    const parsed = parseInput(contextSchema, options, 'options');
    const { maxMessages, includeSummaries } = sentPrompt(parsed);
    const handle = this.#handle(sessionId);
    const state = await handle.requireState();
    const { fromPosition } = state.open;
    const range = { state, fromPosition, factor: 1, maxTokens: null };
    const messages = buildConversationContext({
      systemPrompt: null,
      includeSystem: false,
      summaries: includeSummaries ? promptSummaries(handle, state) : [],
      events: await readLatestEvents(handle.source, range),
      maxMessages,
      model: handle.model,
      counter: calibratedCounter(handle.runtime.counter, state.calibrations),
    });
    return toPromptMessages(messages);
  }

  /** The segments, oldest first. @throws SESSION_NOT_FOUND */
  async getSessionChain(sessionId: string): Promise<readonly ConversationSegment[]> {
    const handle = this.#handle(sessionId);
    const state = await handle.requireState();
    const { segments } = await readSession(handle.source, state);
    return segments.map(({ number, messages, summary }) => ({
      id: segmentId(sessionId, number),
      sessionId,
      number,
      messages,
      summary: summary?.text ?? null,
    }));
  }

  /** Every message from the first segment to the last as role, source and content. @throws SESSION_NOT_FOUND */
  async getFullConversationHistory(sessionId: string): Promise<readonly HistoryEntry[]> {
    const handle = this.#handle(sessionId);
    const { version } = await handle.requireState();
    const history: HistoryEntry[] = [];
    const range = { fromPosition: 1, toPosition: version };
    for await (const event of readEvents(handle.source, range)) {
      if (event.type === 'message')
        history.push([ROLES[event.source], event.source, messageContent(event.message)]);
    }
    return history;
  }

  /** Waits until background work on summaries is done, see {@link Pagefold.flush}. @throws INVALID_INPUT, CLOSED, ABORTED, DEADLINE_EXCEEDED */
  async flush(options: WaitOptions = {}): Promise<void> {
    await flushBackground(this.#openRuntime(), options);
  }

  #handle(sessionId: string, llmCallback: LlmCallback | null = null): SessionHandle {
    const { tokenThreshold = DEFAULT_THRESHOLD, maxTurnsPerSegment, tenant } = this.#options;
    const options = parseSessionOptions({
      sessionId: parseInput(idSchema, sessionId, 'sessionId'),
      infiniteContext: true,
      tokenThreshold,
      ...(tenant === undefined ? {} : { tenant }),
      ...(maxTurnsPerSegment === undefined ? {} : { maxTurnsPerSegment }),
      summarize: llmCallback === null ? null : this.#summarizer(llmCallback),
    });
    return new SessionHandle(options, this.#openRuntime);
  }

  #summarizer(llmCallback: LlmCallback): Summarize {
    const content = summaryInstruction(this.#options.summarizationStrategy ?? 'basic');
    return (messages, options) => {
      const limit = `Use at most ${options.maxTokens} tokens.`;
      const instruction = { role: 'system', content: `${content} ${limit}` } as const;
      return llmCallback([instruction, ...messages], options);
    };
  }
}

function sentPrompt(options: ContextOptions = {}): SentPrompt {
  const { maxMessages = DEFAULT_MAX_MESSAGES, includeSummaries = true } = options;
  return { maxMessages, includeSummaries };
}
