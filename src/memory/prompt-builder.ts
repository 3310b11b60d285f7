import { assertNever } from '../domain/assert.ts';
import type { JsonValue } from '../domain/json.ts';
import { PROMPT_STRATEGIES, type PromptStrategy } from '../domain/strategy.ts';
import type { ChatMessage } from './chat-message.ts';
import { conversationPrompt } from './conversation-prompt.ts';
import { hierarchyNotes } from './hierarchical-prompt.ts';
import { contentText } from '../domain/message-content.ts';
import type { PromptCounting } from './message-tokens.ts';
import { minimalPrompt } from './minimal-prompt.ts';
import { assemblePrompt } from './prompt-assembly.ts';
import { type PromptSource, type PromptView, viewOf } from './prompt-view.ts';
import { taskPrompt } from './task-prompt.ts';
import { toolPrompt } from './tool-prompt.ts';

/** Something that was asked for and could not be done as asked. */
export interface PromptWarning {
  readonly code: 'UNKNOWN_PROMPT_STRATEGY';
  readonly asked: string;
  readonly used: PromptStrategy;
}

/** What the prompt shall hold. */
export interface PromptBuilderOptions extends PromptCounting {
  /** Default `minimal`, which also stands in for an unknown one. */
  readonly strategy?: string | null | undefined;
  /** The result never has more tokens; no limit when not given. */
  readonly maxTokens?: number | undefined;
  /** With `hierarchical`: default true; false leaves out what the session builds on. */
  readonly includeParentContext?: boolean | undefined;
  /** Summaries of the sessions this one comes from, of any level, oldest first: text, or objects that hold it. */
  readonly parentSummaries?: readonly JsonValue[] | undefined;
  /** The question to be answered now, put last unless it is there already. */
  readonly currentQuery?: string | null | undefined;
  /** With `conversation`: how many of the latest messages; default 5, 0 for none. */
  readonly maxHistory?: number | undefined;
  readonly onWarning?: ((warning: PromptWarning) => void) | undefined;
}

const DEFAULT_HISTORY = 5;

/**
 * A prompt made from a session by one of five strategies: its system prompt, then the turns that the strategy chooses in the
 * order of the log. A session without events gives no messages, unless there is a question or parents to speak of.
 * @throws INVALID_INPUT when a number is negative or not a number.
 * @throws TOKEN_LIMIT_EXCEEDED when system prompt and last user message do not fit.
 */
export function buildPromptFromSession(
  session: PromptSource,
  options: PromptBuilderOptions,
): readonly ChatMessage[] {
  const strategy = chooseStrategy(options);
  const isHierarchical = strategy === 'hierarchical' && (options.includeParentContext ?? true);
  const notes = isHierarchical ? hierarchyNotes(session, options.parentSummaries ?? []) : [];
  const view = viewOf(session.events);
  const chosen = chooseMessages(view, strategy, options);
  const canBeAsked = showsLatestQuestion(view, strategy);
  const messages = withQuery(chosen, options.currentQuery ?? '', { canBeAsked });
  const isEmpty = session.events.length === 0 && notes.length === 0 && messages.length === 0;
  return assemblePrompt({
    counter: options.counter,
    model: options.model,
    systemPrompt: isEmpty ? null : session.systemPrompt,
    notes,
    messages,
    maxTokens: options.maxTokens,
  });
}

function chooseStrategy({ strategy, onWarning }: PromptBuilderOptions): PromptStrategy {
  if (strategy === undefined || strategy === null) return 'minimal';
  const known = PROMPT_STRATEGIES.find((candidate) => candidate === strategy);
  if (known !== undefined) return known;
  onWarning?.({ code: 'UNKNOWN_PROMPT_STRATEGY', asked: strategy, used: 'minimal' });
  return 'minimal';
}

function chooseMessages(
  view: PromptView,
  strategy: PromptStrategy,
  { maxHistory = DEFAULT_HISTORY }: PromptBuilderOptions,
): readonly ChatMessage[] {
  switch (strategy) {
    case 'minimal':
    case 'hierarchical':
      return minimalPrompt(view);
    case 'task':
      return taskPrompt(view);
    case 'tool':
      return toolPrompt(view);
    case 'conversation':
      return conversationPrompt(view, { maxHistory });
    default:
      return assertNever(strategy);
  }
}

/** The prompt with the question last, unless it may be, and is, there already. */
function withQuery(
  messages: readonly ChatMessage[],
  query: string,
  { canBeAsked }: { readonly canBeAsked: boolean },
): readonly ChatMessage[] {
  if (query === '' || (canBeAsked && isOpen(messages, query))) return messages;
  return [...messages, { role: 'user', content: query }];
}

/** Whether the last question of the prompt can be the latest of the session; what was asked first may have the same words. */
function showsLatestQuestion(view: PromptView, strategy: PromptStrategy): boolean {
  const isMinimal = strategy === 'minimal' || strategy === 'hierarchical';
  return !isMinimal || view.firstQuestion === view.latestQuestion;
}

/** Whether the prompt ends with this question at work. One that has been answered counts as asked again. */
function isOpen(messages: readonly ChatMessage[], query: string): boolean {
  const latest = messages.findLastIndex((message) => message.role === 'user');
  return contentOf(messages[latest]) === query && !messages.slice(latest + 1).some(isAnswer);
}

function contentOf(message: ChatMessage | undefined): string | null {
  return message === undefined ? null : contentText(message.content);
}

/** A message that calls tools, whatever it says beside them, is still work on the question: its results are yet to be read. */
function isAnswer(message: ChatMessage): boolean {
  return message.role === 'assistant' && message.tool_calls === undefined;
}
