import { type AnswerFlaw, ModelCallError } from '../domain/model-call-error.ts';
import type { ChatMessage } from '../memory/chat-message.ts';
import type { PromptCounting } from '../memory/message-tokens.ts';
import { mergeRequests, type SummaryRequest, summaryRequests } from '../memory/summary-request.ts';
import type { SummaryAnswer } from '../queue/summary-answer.ts';
import type { Summarize, SummaryMessage, SummaryOptions } from '../queue/summary-worker.ts';
import { askModel, type ModelEndpoint } from './model-endpoint.ts';

/** How a model is asked for summaries. */
export interface HttpSummarizerSettings {
  readonly endpoint: ModelEndpoint;
  readonly strategy: string;
  readonly provider: string;
  /** Tokens that a request and its answer have together. */
  readonly contextTokens: number;
  /** Counts for the model. */
  readonly counting: PromptCounting;
}

/** Parts of one material that are asked for at once. */
const PARTS_AT_ONCE = 4;

/**
 * What an answer may have beyond what a summary may: models count in tokens of their own, and some think before they write. It
 * leaves the limits of models alone that write 4,096 tokens at most.
 */
const ROOM_TOKENS = 1000;
/** Of a small window, the part of what is left that goes to it. */
const ROOM_SHARE = 1 / 8;

const FLAW_WORDS: Readonly<Record<AnswerFlaw, string>> = {
  unfinished: 'its answer was cut off',
  declined: 'it would not write one',
};

/** A summariser that asks a model: once where the material fits into its window, else part by part and then for all parts. */
export function createHttpSummarizer(settings: HttpSummarizerSettings): Summarize {
  const summarize: Summarize = (messages, options) =>
    new Writing(settings, options).write(messages);
  // Each of its calls has a limit, and a long text takes many of them.
  return Object.assign(summarize, { timeoutMs: null });
}

/** The writing of one summary. */
class Writing {
  readonly #settings: HttpSummarizerSettings;
  readonly #options: SummaryOptions;
  /** Tokens that an answer may have. */
  readonly #answerTokens: number;

  constructor(settings: HttpSummarizerSettings, options: SummaryOptions) {
    this.#settings = settings;
    this.#options = options;
    const leftTokens = Math.max(0, settings.contextTokens - options.maxTokens);
    this.#answerTokens =
      options.maxTokens + Math.min(ROOM_TOKENS, Math.floor(leftTokens * ROOM_SHARE));
  }

  async write(messages: readonly SummaryMessage[]): Promise<SummaryAnswer> {
    const { strategy, contextTokens, counting } = this.#settings;
    const maxTokens = contextTokens - this.#answerTokens;
    const how = { ...counting, strategy, maxTokens, summaryTokens: this.#options.maxTokens };
    const { segment, fromSegment } = this.#options;
    // Of several segments, what is given are summaries already.
    let texts =
      fromSegment < segment && messages.length > 1
        ? messages.map(({ content }) => content)
        : await this.#askAll(summaryRequests(messages.map(toChatMessage), how));
    while (texts.length > 1) {
      // In order: summaries of summaries need the ones below them. There are fewer each time.
      texts = await this.#askAll(mergeRequests(texts, how));
    }
    return { text: texts[0] ?? '' };
  }

  async #askAll(requests: readonly SummaryRequest[]): Promise<readonly string[]> {
    const texts: string[] = [];
    for (let at = 0; at < requests.length; at += PARTS_AT_ONCE) {
      const some = requests.slice(at, at + PARTS_AT_ONCE);
      // In order: a few at once are kind to rate limits.
      texts.push(...(await Promise.all(some.map((request) => this.#ask(request)))));
    }
    return texts;
  }

  async #ask(request: SummaryRequest): Promise<string> {
    const { endpoint, provider } = this.#settings;
    const { signal, charge } = this.#options;
    const call = { request, maxTokens: this.#answerTokens, signal };
    const { text, flaw, usage } = await askModel(endpoint, call);
    if (usage !== null) charge({ model: endpoint.model, provider, usage });
    if (flaw === null) return text;
    throw new ModelCallError({ code: 'MODEL_CALL_FAILED', reason: FLAW_WORDS[flaw], flaw });
  }
}

/** What a tool gave was written down with its name; here it is material like everything else. */
function toChatMessage({ role, content }: SummaryMessage): ChatMessage {
  if (role !== 'tool') return { role, content };
  return { role, content, tool_call_id: 'call', name: 'a tool' };
}
