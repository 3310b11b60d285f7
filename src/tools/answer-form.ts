import { entryOf } from '../domain/entry-of.ts';
import { isMessages, partsOfMessages } from './answer-messages.ts';
import { isGeminiContent } from './part-kinds.ts';

/** What stands beside the message of a choice: OpenAI, its deployments by others, gateways. */
const CHOICE_KEYS: ReadonlySet<string> = new Set([
  'index',
  'finish_reason',
  'finishReason',
  'native_finish_reason',
  'logprobs',
  'content_filter_results',
  'stop_reason',
  'matched_stop',
  'token_ids',
  'seed',
  'delta',
]);

/**
 * An answer without what an interface wraps around it: of an OpenAI choice its message, of a Gemini candidate its content, and of a
 * list of the messages of an answer, as the AI SDK gives, the parts of all of them, without calls that they answer themselves.
 * Anything else as it is.
 */
export function unwrapAnswer(answer: unknown): unknown {
  if (Array.isArray(answer)) return isMessages(answer) ? partsOfMessages(answer) : answer;
  const message = entryOf(answer, 'message');
  if (entryOf(message, 'role') === 'assistant' && isChoice(answer)) return message;
  const content = entryOf(answer, 'content');
  return isGeminiContent(content) ? content : answer;
}

/** Whether an object has what a choice has beside its message, and nothing else. */
function isChoice(answer: unknown): boolean {
  if (typeof answer !== 'object' || answer === null) return false;
  const others = Object.keys(answer).filter((key) => key !== 'message');
  return others.length > 0 && others.every((key) => CHOICE_KEYS.has(key));
}
