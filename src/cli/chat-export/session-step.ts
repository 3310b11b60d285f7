import {
  answerInput,
  type AnswerOptions,
  type RecordInput,
  type RecordOptions,
  toolInput,
  type ToolUse,
  userInput,
} from '../../api/record-input.ts';
import { MAX_RECORD_LENGTH } from '../../domain/record-limit.ts';
import { checkedAt, invalidAt, type Place } from './place.ts';

/** One thing to record in a session. */
export type SessionStep =
  | { readonly kind: 'system-prompt'; readonly systemPrompt: string }
  | { readonly kind: 'user'; readonly content: unknown; readonly options: RecordOptions }
  | { readonly kind: 'answer'; readonly content: unknown; readonly options: AnswerOptions }
  | { readonly kind: 'tool'; readonly use: ToolUse };

/** What a stored record holds beside content and metadata, with a margin. */
const MAX_CONTENT_LENGTH = MAX_RECORD_LENGTH - 10_000;

/** The fields of an export behind those that recording knows, where they have another name. */
const FIELD_NAMES: Readonly<Record<string, string>> = {
  message: 'content',
  response: 'content',
  result: 'content',
  eventId: 'id',
  toolCalls: 'tool_calls',
  toolName: 'name',
  callId: 'tool_call_id',
};

/**
 * Finds out whether recording the step would be refused, so that nothing is recorded when anything is wrong.
 * @throws INVALID_INPUT naming file, line and field.
 */
export function checkStep(step: SessionStep, place: Place): void {
  const length = checkedAt(place, () => contentLength(step), exportedName);
  if (length <= MAX_CONTENT_LENGTH) return;
  throw invalidAt(place, `at most ${MAX_CONTENT_LENGTH} characters`);
}

function contentLength(step: SessionStep): number {
  switch (step.kind) {
    case 'system-prompt':
      return JSON.stringify(step.systemPrompt).length;
    case 'user':
      return lengthOf(userInput(step.content, step.options));
    case 'answer':
      return lengthOf(answerInput(step.content, step.options));
    case 'tool':
      return lengthOf(toolInput(step.use));
  }
}

function lengthOf({ event }: RecordInput): number {
  return JSON.stringify([event.message, event.metadata]).length;
}

/** `options.usage.input_tokens` is `usage.input_tokens` in an export. */
function exportedName(field: string): string {
  const [first = '', ...rest] = field.replace(/^(?:options|toolUse|use)\./, '').split(/(?=[.[])/);
  return [FIELD_NAMES[first] ?? first, ...rest].join('');
}
