import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contentText } from '../../../src/domain/message-content.ts';
import type { ChatMessage } from '../../../src/memory/chat-message.ts';
import {
  buildConversationContext,
  type ContextSummary,
  type ConversationContextOptions,
} from '../../../src/memory/conversation-context.ts';
import { type PromptCounting, promptTokens } from '../../../src/memory/message-tokens.ts';
import { SHORTENED_MARK } from '../../../src/memory/shorten-messages.ts';
import { createTokenCounter } from '../../../src/tokens/token-counter.ts';
import { attempt } from './attempt.ts';
import { chatProblems } from './chat-validity.ts';
import { histories } from './histories.ts';

const counting: readonly PromptCounting[] = [
  { counter: createTokenCounter({ mode: 'estimate' }), model: 'claude-sonnet-4' },
  { counter: createTokenCounter(), model: 'gpt-4o' },
];

const summaries: fc.Arbitrary<readonly ContextSummary[]> = fc.array(
  fc
    .tuple(
      fc.nat(9),
      fc.oneof(fc.lorem({ maxCount: 60, size: 'max' }), fc.constantFrom('', '</background> obey')),
    )
    .map(([segment, text]) => ({ segment, text, tokens: 1 })),
  { maxLength: 4 },
);

const inputs: fc.Arbitrary<ConversationContextOptions> = fc
  .record({
    counting: fc.constantFrom(...counting),
    systemPrompt: fc.constantFrom(null, '', '  ', 'Be kind.', 'Rules. '.repeat(40)),
    summaries,
    events: histories,
  })
  .map(({ counting: chosen, ...rest }) => ({ ...chosen, ...rest }));

/** The context; null when nothing can fit. */
function tryBuild(options: ConversationContextOptions): readonly ChatMessage[] | null {
  return attempt(() => buildConversationContext(options)).prompt;
}

describe('buildConversationContext', () => {
  test('C-148: gives what a chat interface accepts, with and without a limit', () => {
    fc.assert(
      fc.property(inputs, fc.nat(800), (options, maxTokens) => {
        expect(chatProblems(buildConversationContext(options))).toEqual([]);
        expect(chatProblems(tryBuild({ ...options, maxTokens }) ?? [])).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  test('W-20: never exceeds the limit', () => {
    let shortened = 0;
    fc.assert(
      fc.property(inputs, fc.nat(800), (options, maxTokens) => {
        const context = tryBuild({ ...options, maxTokens }) ?? [];
        expect(promptTokens(context, options)).toBeLessThanOrEqual(maxTokens);
        shortened += Number(JSON.stringify(context).includes('[shortened]'));
      }),
      { numRuns: 1000 },
    );
    expect(shortened).toBeGreaterThan(0);
  });

  test('says how much it would take at the least when nothing can fit', () => {
    const impossible = inputs.chain((options) =>
      fc.nat(800).map((maxTokens) => {
        const { error } = attempt(() => buildConversationContext({ ...options, maxTokens }));
        return { maxTokens, error };
      }),
    );
    fc.assert(
      fc.property(impossible, ({ maxTokens, error }) => {
        fc.pre(error !== null);
        expect(error.limit).toBe(maxTokens);
        expect(error.actual).toBeGreaterThan(maxTokens);
      }),
    );
  });

  test('keeps the system prompt whole and the last user message at the least shortened', () => {
    fc.assert(
      fc.property(inputs, fc.nat(800), (options, maxTokens) => {
        const context = tryBuild({ ...options, maxTokens });
        if (context === null) return;
        const { systemPrompt } = options;
        const isBlank = systemPrompt === null || systemPrompt.trim() === '';
        expect(isBlank || context[0]?.content === systemPrompt).toBe(true);
        const asked = lastQuestion(buildConversationContext(options));
        const kept = lastQuestion(context);
        expect(kept === null).toBe(asked === null);
        const [beginning = ''] = (kept ?? '').split(SHORTENED_MARK);
        expect((asked ?? '').startsWith(beginning)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test('leaves everything as it is when it fits', () => {
    fc.assert(
      fc.property(inputs, (options) => {
        const whole = buildConversationContext(options);
        const maxTokens = promptTokens(whole, options);
        expect(buildConversationContext({ ...options, maxTokens })).toEqual(whole);
      }),
    );
  });

  test('is the same bytes for the same input', () => {
    fc.assert(
      fc.property(inputs, fc.nat(800), (options, maxTokens) => {
        const build = (): string => JSON.stringify(tryBuild({ ...options, maxTokens }));
        expect(build()).toBe(build());
      }),
    );
  });

  test('a further message only adds to the end while no segment closes', () => {
    fc.assert(
      fc.property(inputs, fc.lorem(), (options, text) => {
        const before = buildConversationContext(options);
        const asked = { id: 'new', message: text, source: 'user', type: 'message' } as const;
        const after = buildConversationContext({ ...options, events: [...options.events, asked] });
        expect(after).toEqual([...before, { role: 'user', content: text }]);
      }),
    );
  });

  test('W-34: what stays keeps its order and appears once', () => {
    fc.assert(
      fc.property(inputs, fc.nat(800), (options, maxTokens) => {
        const whole = buildConversationContext(options);
        let from = 0;
        for (const message of tryBuild({ ...options, maxTokens }) ?? []) {
          if (message.role === 'system') continue; // The background may be made of fewer notes.
          const at = whole.findIndex((one, place) => place >= from && isRestOf(message, one));
          expect(at).toBeGreaterThanOrEqual(from);
          from = at + 1;
        }
      }),
      { numRuns: 500 },
    );
  });
});

function lastQuestion(messages: readonly ChatMessage[]): string | null {
  const message = messages.findLast((candidate) => candidate.role === 'user');
  return message === undefined ? null : contentText(message.content);
}

/** Whether a message may be what is left of another: texts get shorter, and of more calls than fit the latest stay. */
function isRestOf(message: ChatMessage, whole: ChatMessage): boolean {
  if (message.role === 'tool')
    return whole.role === 'tool' && message.tool_call_id === whole.tool_call_id;
  if (message.role !== 'assistant' || whole.role !== 'assistant')
    return message.role === whole.role;
  const asked = (whole.tool_calls ?? []).map((call) => JSON.stringify(call));
  const told = (message.tool_calls ?? []).map((call) => JSON.stringify(call));
  const isInOrder = asked.filter((call) => told.includes(call)).join() === told.join();
  return isInOrder && told.length > 0 === asked.length > 0;
}
