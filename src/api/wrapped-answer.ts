import { InvalidInput } from '../domain/errors.ts';
import { entryOf } from '../domain/entry-of.ts';

/** Lists that whole answers of OpenAI and Gemini have, and nothing else does. */
const LISTS = ['choices', 'candidates'] as const;
/** What OpenAI's responses and Anthropic's messages are called, by the entry that says so, and the list that they have. */
const NAMED = [
  ['object', 'response', 'output'],
  ['type', 'message', 'content'],
] as const;

/**
 * Refuses what an HTTP client wraps an answer in (`data` of axios, of a client's `withResponse()`): prompts would show its JSON as
 * something the model said, and model, usage and tool calls would be left out.
 * @throws INVALID_INPUT
 */
export function assertUnwrapped(response: unknown): void {
  if (isAnswer(response) || !isAnswer(entryOf(response, 'data'))) return;
  throw new InvalidInput({
    field: 'response',
    expected: 'an answer; what an HTTP client gives is none, so give its `data`',
  });
}

/** By the forms of providers alone, since an answer may be any data. */
function isAnswer(body: unknown): boolean {
  if (LISTS.some((list) => Array.isArray(entryOf(body, list)))) return true;
  return NAMED.some(
    ([entry, name, list]) => entryOf(body, entry) === name && Array.isArray(entryOf(body, list)),
  );
}
