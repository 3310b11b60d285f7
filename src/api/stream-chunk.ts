import { InvalidInput } from '../domain/errors.ts';
import { entryOf } from '../domain/entry-of.ts';

const ID_TEXT = ['id', 'text'] as const;
const ID_DELTA = ['id', 'delta'] as const;
const TOOL = ['toolCallId', 'toolName'] as const;
/** What each event of a stream of Anthropic's messages has beside its type. */
const ANTHROPIC_EVENTS: ReadonlyMap<unknown, readonly string[]> = new Map([
  ['message_start', ['message']],
  ['content_block_start', ['index', 'content_block']],
  ['content_block_delta', ['index', 'delta']],
  ['content_block_stop', ['index']],
  ['message_delta', ['delta', 'usage']],
  ['message_stop', []],
]);
/** What each part of a stream of the AI SDK, or of its stream to a browser, has beside its type, in one of the forms of its versions. */
const SDK_PARTS: ReadonlyMap<unknown, readonly (readonly string[])[]> = new Map([
  ['start', [['messageId']]],
  ['start-step', [['request', 'warnings']]],
  ['step-start', [['messageId', 'request']]],
  ['text-start', [['id']]],
  ['text-delta', [ID_TEXT, ID_DELTA, ['textDelta']]],
  ['text-end', [['id']]],
  ['reasoning-start', [['id']]],
  ['reasoning-delta', [ID_TEXT, ID_DELTA]],
  ['reasoning-end', [['id']]],
  ['reasoning-signature', [['signature']]],
  ['source-url', [['sourceId', 'url']]],
  ['source-document', [['sourceId', 'mediaType']]],
  ['tool-input-start', [['id', 'toolName'], TOOL]],
  ['tool-input-delta', [ID_DELTA, ['toolCallId', 'inputTextDelta']]],
  ['tool-input-end', [['id']]],
  ['tool-input-available', [[...TOOL, 'input']]],
  ['tool-input-error', [[...TOOL, 'errorText']]],
  ['tool-output-available', [['toolCallId', 'output']]],
  ['tool-output-error', [['toolCallId', 'errorText']]],
  ['tool-call-streaming-start', [TOOL]],
  ['tool-call-delta', [['toolCallId', 'argsTextDelta']]],
  [
    'tool-call',
    [
      [...TOOL, 'input'],
      [...TOOL, 'args'],
    ],
  ],
  [
    'tool-result',
    [
      [...TOOL, 'output'],
      [...TOOL, 'result'],
    ],
  ],
  ['tool-error', [[...TOOL, 'error']]],
  ['finish-step', [['finishReason', 'usage']]],
  ['step-finish', [['finishReason', 'usage']]],
  ['finish', [['finishReason', 'totalUsage'], ['finishReason', 'usage'], ['messageMetadata']]],
  ['message-metadata', [['messageMetadata']]],
]);
/** Parts of streams that have nothing beside their type, or need not; `start` and `finish` may be all that a model answers. */
const NAMED_ALONE: ReadonlySet<string> = new Set(['ping', 'start-step', 'finish-step']);
/** What the AI SDK gives as a source. */
const SOURCE_TYPES: ReadonlySet<unknown> = new Set(['url', 'document']);
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
  if (isFilterResult(response)) return 'prompt_filter_results';
  const type = entryOf(response, 'type');
  if (typeof type !== 'string') return null;
  // Types that so many things might have, and nothing beside them.
  if (NAMED_ALONE.has(type) && isNamedAlone(response)) return type;
  const forms = [isAnthropicEvent, isResponseEvent, isSdkPart, isSdkSource];
  const isKnown = forms.some((is) => is(response, type));
  return isKnown ? type : null;
}

/** The first chunk of a stream of Azure, which says what its filter found in the prompt. */
function isFilterResult(response: unknown): boolean {
  const choices = entryOf(response, 'choices');
  if (entryOf(response, 'object') !== '' || !Array.isArray(choices)) return false;
  return choices.length === 0 && Array.isArray(entryOf(response, 'prompt_filter_results'));
}

function isSdkPart(response: unknown, type: string): boolean {
  const forms = SDK_PARTS.get(type) ?? [];
  return forms.some((names) => names.every((name) => entryOf(response, name) !== undefined));
}

function isSdkSource(response: unknown, type: string): boolean {
  if (type !== 'source' || entryOf(response, 'id') === undefined) return false;
  return SOURCE_TYPES.has(entryOf(response, 'sourceType'));
}

function isAnthropicEvent(response: unknown, type: string): boolean {
  const names = ANTHROPIC_EVENTS.get(type);
  return names?.every((name) => entryOf(response, name) !== undefined) ?? false;
}

/** Whether a value has nothing beside its type, what it inherits included. */
function isNamedAlone(response: unknown): boolean {
  for (const name in Object(response)) if (name !== 'type') return false;
  return true;
}

function isResponseEvent(response: unknown, type: string): boolean {
  if (!RESPONSE_EVENT.test(type)) return false;
  return BESIDE_RESPONSE_EVENT.some((name) => entryOf(response, name) !== undefined);
}
