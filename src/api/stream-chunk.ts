import { InvalidInput } from '../domain/errors.ts';
import { entryOf } from './entry-of.ts';

/** What each event of a stream of Anthropic's messages has beside its type. */
const ANTHROPIC_EVENTS: ReadonlyMap<unknown, readonly string[]> = new Map([
  ['message_start', ['message']],
  ['content_block_start', ['index', 'content_block']],
  ['content_block_delta', ['index', 'delta']],
  ['content_block_stop', ['index']],
  ['message_delta', ['delta', 'usage']],
  ['message_stop', []],
]);
/** Every event of a stream of OpenAI's responses has one of them, newer ones the first. */
const BESIDE_RESPONSE_EVENT = ['sequence_number', 'item_id', 'output_index', 'response'];
const RESPONSE_EVENT = /^response\.[a-z_.]{1,64}$/;

/**
 * Refuses a piece of a stream that is given as an answer: prompts would show its JSON as something the model said. By the forms of
 * providers alone, since an answer may be any data.
 * @throws INVALID_INPUT
 */
export function assertNoChunk(response: unknown): void {
  const name = chunkName(response);
  if (name === null) return;
  throw new InvalidInput({
    field: 'response',
    expected: `a whole answer; a chunk of a stream (${name}) is none, so record what its chunks come to once the last one is there`,
  });
}

/** What a provider calls a chunk; null for anything else. */
function chunkName(response: unknown): string | null {
  if (entryOf(response, 'object') === 'chat.completion.chunk') {
    return Array.isArray(entryOf(response, 'choices')) ? 'chat.completion.chunk' : null;
  }
  const type = entryOf(response, 'type');
  if (typeof type !== 'string') return null;
  return isAnthropicEvent(response, type) || isResponseEvent(response, type) ? type : null;
}

function isAnthropicEvent(response: unknown, type: string): boolean {
  const names = ANTHROPIC_EVENTS.get(type);
  return names?.every((name) => entryOf(response, name) !== undefined) ?? false;
}

function isResponseEvent(response: unknown, type: string): boolean {
  if (!RESPONSE_EVENT.test(type)) return false;
  return BESIDE_RESPONSE_EVENT.some((name) => entryOf(response, name) !== undefined);
}
