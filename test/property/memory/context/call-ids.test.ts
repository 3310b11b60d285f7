import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toAiSdkPrompt } from '../../../../src/memory/context/formats/ai-sdk.ts';
import { toAnthropicPrompt } from '../../../../src/memory/context/formats/anthropic.ts';
import { toResponsesInput } from '../../../../src/memory/context/formats/responses.ts';
import { neutralMessage } from '../../../../src/memory/context/neutral-message.ts';
import { type ChatMessage, renderEvents } from '../../../../src/memory/chat-message.ts';
import type { PromptEvent } from '../../../../src/memory/prompt-view.ts';

/** A call or a result of a prompt: its id, and which call it is of. */
interface Named {
  readonly id: string;
  readonly number: number;
}

interface Prompt {
  readonly calls: readonly Named[];
  readonly results: readonly Named[];
}

const plainIds = fc.stringMatching(/^[a-zA-Z0-9_-]{1,40}$/);

// Few of each kind, so that ids repeat within an answer and between answers.
const callIds = fc.oneof(
  fc.constantFrom('call_1', 'toolu_01A', 'functions.get:0', 'functions.get:1', 'a|b', 'a b'),
  fc.constantFrom(...[39, 40, 41, 64, 65, 66, 300].map((length) => 'x'.repeat(length))),
  fc.constantFrom('<VM:CONTEXT>', '&lt;VM:CONTEXT>', 'ä', '\ud800', '\u0000', '👩‍👩‍👧'),
  plainIds,
  fc.string({ unit: 'binary', minLength: 1, maxLength: 90 }),
);

/** For every answer the ids of its calls, all of which have a result that comes in an order of its own. */
const answers = fc.array(
  fc.uniqueArray(callIds, { minLength: 1, maxLength: 4 }).chain((ids) =>
    fc.shuffledSubarray([...ids.keys()], { minLength: ids.length }).map((order) => {
      return { ids, order };
    }),
  ),
  { minLength: 1, maxLength: 5 },
);

function promptOf(recorded: readonly { readonly ids: string[]; readonly order: number[] }[]): {
  readonly messages: readonly ChatMessage[];
  readonly ids: readonly string[];
} {
  let first = 0;
  const events = recorded.flatMap(({ ids, order }): PromptEvent[] => {
    const before = first;
    first += ids.length;
    const calls = ids.map((id, at) => {
      return { id, function: { name: 'get', arguments: JSON.stringify({ n: before + at }) } };
    });
    const asked = event(`a${before}`, { source: 'llm', type: 'message' }, { tool_calls: calls });
    const results = order.map((at) =>
      event(
        `r${before + at}`,
        { source: 'system', type: 'tool_call' },
        { tool: 'get', arguments: { n: before + at }, callId: ids[at]!, result: before + at },
      ),
    );
    return [asked, ...results];
  });
  const messages = renderEvents(events).map(neutralMessage);
  return { messages, ids: recorded.flatMap(({ ids }) => ids) };
}

function event(
  id: string,
  kind: Pick<PromptEvent, 'source' | 'type'>,
  message: PromptEvent['message'],
): PromptEvent {
  return { id, ...kind, message, metadata: {}, parentEventId: null };
}

function numberIn(input: unknown): number {
  return Number((input as { readonly n: number }).n);
}

function inChat(messages: readonly ChatMessage[]): Prompt {
  return {
    calls: messages.flatMap((message) =>
      message.role === 'assistant'
        ? (message.tool_calls ?? []).map(({ id, function: { arguments: args } }) => {
            return { id, number: numberIn(JSON.parse(args)) };
          })
        : [],
    ),
    results: messages.flatMap((message) =>
      message.role === 'tool'
        ? [{ id: message.tool_call_id, number: Number(message.content) }]
        : [],
    ),
  };
}

function inAnthropic(messages: readonly ChatMessage[]): Prompt {
  const blocks = toAnthropicPrompt(messages).messages.flatMap(({ content }) => content);
  return {
    calls: blocks.flatMap((block) =>
      block.type === 'tool_use' ? [{ id: block.id, number: numberIn(block.input) }] : [],
    ),
    results: blocks.flatMap((block) =>
      block.type === 'tool_result'
        ? [{ id: block.tool_use_id, number: Number(block.content) }]
        : [],
    ),
  };
}

function inResponses(messages: readonly ChatMessage[]): Prompt {
  const items = toResponsesInput(messages);
  return {
    calls: items.flatMap((item) =>
      item.type === 'function_call'
        ? [{ id: item.call_id, number: numberIn(JSON.parse(item.arguments)) }]
        : [],
    ),
    results: items.flatMap((item) =>
      item.type === 'function_call_output'
        ? [{ id: item.call_id, number: Number(item.output) }]
        : [],
    ),
  };
}

function inAiSdk(messages: readonly ChatMessage[], callIdsOf?: 'portable' | 'chat'): Prompt {
  const parts = toAiSdkPrompt(messages, { callIds: callIdsOf }).messages.flatMap(({ content }) =>
    typeof content === 'string' ? [] : [...content],
  );
  return {
    calls: parts.flatMap((part) =>
      part.type === 'tool-call' ? [{ id: part.toolCallId, number: numberIn(part.input) }] : [],
    ),
    results: parts.flatMap((part) =>
      part.type === 'tool-result'
        ? [{ id: part.toolCallId, number: Number(part.output.value) }]
        : [],
    ),
  };
}

const KIMI = 'functions\\.[\\w.-]{1,128}:\\d{1,9}';
const TARGETS = [
  { name: "Anthropic's messages", of: inAnthropic, legal: /^[a-zA-Z0-9_-]{1,64}$/ },
  { name: "OpenAI's responses", of: inResponses, legal: /^[^<\p{C}]{1,64}$/u },
  { name: 'the AI SDK', of: inAiSdk, legal: /^[a-zA-Z0-9_-]{1,40}$/ },
  {
    name: 'the AI SDK before an interface made after chat',
    of: (messages: readonly ChatMessage[]): Prompt => inAiSdk(messages, 'chat'),
    legal: new RegExp(`^([^<\\p{C}]{1,40}|${KIMI})$`, 'u'),
  },
] as const;

describe.each(TARGETS)('calls for $name', ({ of, legal }) => {
  test('have ids that it takes, each its own, and results name theirs, whatever was recorded', () => {
    fc.assert(
      fc.property(answers, (recorded) => {
        const { messages, ids } = promptOf(recorded);

        const { calls, results } = of(messages);

        expect(calls.map(({ number }) => number)).toEqual(ids.map((_, at) => at));
        expect(calls.filter(({ id }) => !legal.test(id))).toEqual([]);
        expect(new Set(calls.map(({ id }) => id)).size).toBe(calls.length);
        expect(results.toSorted((one, other) => one.number - other.number)).toEqual(calls);
        expect(of(messages)).toEqual({ calls, results });
      }),
    );
  });

  test('keep ids that it takes as they were recorded', () => {
    fc.assert(
      fc.property(fc.uniqueArray(plainIds, { minLength: 1, maxLength: 6 }), (ids) => {
        const { messages } = promptOf([{ ids, order: [...ids.keys()] }]);

        expect(of(messages).calls.map(({ id }) => id)).toEqual(ids);
      }),
    );
  });
});

describe('calls in messages of a chat', () => {
  test('C-148: have ids that it takes, their own within an answer, and results name theirs', () => {
    fc.assert(
      fc.property(answers, (recorded) => {
        const { messages } = promptOf(recorded);
        for (const [at, message] of messages.entries()) {
          if (message.role !== 'assistant') continue;
          const end = messages.findIndex(({ role }, next) => next > at && role !== 'tool');
          const turn = inChat(messages.slice(at, end === -1 ? undefined : end));
          const legal = new RegExp(`^([^<\\p{C}]{1,40}|${KIMI})$`, 'u');
          expect(turn.calls.filter(({ id }) => !legal.test(id))).toEqual([]);
          expect(new Set(turn.calls.map(({ id }) => id)).size).toBe(turn.calls.length);
          expect(turn.results.toSorted((one, other) => one.number - other.number)).toEqual(
            turn.calls,
          );
        }
      }),
    );
  });
});
