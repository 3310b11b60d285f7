import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PROMPT_STRATEGIES } from '../../../src/domain/strategy.ts';
import type { ChatMessage } from '../../../src/memory/chat-message.ts';
import { type PromptCounting, promptTokens } from '../../../src/memory/message-tokens.ts';
import {
  buildPromptFromSession,
  type PromptBuilderOptions,
} from '../../../src/memory/prompt-builder.ts';
import type { PromptSource } from '../../../src/memory/prompt-view.ts';
import { truncatePromptToTokenLimit } from '../../../src/memory/truncate-prompt.ts';
import { createTokenCounter } from '../../../src/tokens/token-counter.ts';
import { attempt } from './attempt.ts';
import { chatProblems } from './chat-validity.ts';
import { histories } from './histories.ts';

const counting: PromptCounting = {
  counter: createTokenCounter({ mode: 'estimate' }),
  model: 'gpt-4o',
};

const sessions: fc.Arbitrary<PromptSource> = fc.record({
  events: histories,
  systemPrompt: fc.constantFrom(null, '', 'Be kind.', 'Rules. '.repeat(20)),
  segments: fc.array(
    fc.record({
      number: fc.nat(9),
      summary: fc.option(fc.record({ text: fc.lorem() })),
    }),
    { maxLength: 3 },
  ),
});

const choices = fc
  .record({
    strategy: fc.constantFrom(...PROMPT_STRATEGIES, 'no such strategy', null),
    includeParentContext: fc.boolean(),
    parentSummaries: fc.array(fc.lorem(), { maxLength: 2 }),
    currentQuery: fc.constantFrom(null, '', 'What now?'),
    maxHistory: fc.nat(12),
  })
  .map((choice): PromptBuilderOptions => ({ ...choice, ...counting }));

describe('buildPromptFromSession', () => {
  test('C-148: gives what a chat interface accepts with every strategy', () => {
    fc.assert(
      fc.property(sessions, choices, (session, options) => {
        expect(chatProblems(buildPromptFromSession(session, options))).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });

  test('W-36: never exceeds maxTokens, and stays valid', () => {
    fc.assert(
      fc.property(sessions, choices, fc.nat(500), (session, options, maxTokens) => {
        const build = (): readonly ChatMessage[] =>
          buildPromptFromSession(session, { ...options, maxTokens });
        const prompt = attempt(build).prompt ?? [];
        expect(promptTokens(prompt, counting)).toBeLessThanOrEqual(maxTokens);
        expect(chatProblems(prompt)).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });

  test('is the same bytes for the same session', () => {
    fc.assert(
      fc.property(sessions, choices, (session, options) => {
        const copy = JSON.parse(JSON.stringify(session)) as PromptSource;
        expect(JSON.stringify(buildPromptFromSession(copy, options))).toBe(
          JSON.stringify(buildPromptFromSession(session, options)),
        );
      }),
    );
  });

  test('C-147: always ends with the current question still open', () => {
    fc.assert(
      fc.property(sessions, choices, (session, options) => {
        const currentQuery = 'What now?';
        const prompt = buildPromptFromSession(session, { ...options, currentQuery });
        const latest = prompt.findLast((message) => message.role === 'user');
        expect(latest?.content).toBe(currentQuery);
      }),
    );
  });
});

describe('truncatePromptToTokenLimit', () => {
  const prompts = fc
    .tuple(sessions, choices)
    .map(([session, options]) => buildPromptFromSession(session, options));

  test('W-34: the result never exceeds the limit and stays valid', () => {
    fc.assert(
      fc.property(prompts, fc.nat(400), (prompt, maxTokens) => {
        const truncate = (): readonly ChatMessage[] =>
          truncatePromptToTokenLimit(prompt, maxTokens, counting);
        const truncated = attempt(truncate).prompt ?? [];
        expect(promptTokens(truncated, counting)).toBeLessThanOrEqual(maxTokens);
        expect(chatProblems(truncated)).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });

  test('W-34: a prompt that fits comes back as it is', () => {
    fc.assert(
      fc.property(prompts, fc.nat(50), (prompt, spare) => {
        const maxTokens = promptTokens(prompt, counting) + spare;
        expect(truncatePromptToTokenLimit(prompt, maxTokens, counting)).toBe(prompt);
      }),
    );
  });

  test('W-35: keeps the first system message and the last user message', () => {
    fc.assert(
      fc.property(prompts, fc.nat(400), (prompt, maxTokens) => {
        const truncate = (): readonly ChatMessage[] =>
          truncatePromptToTokenLimit(prompt, maxTokens, counting);
        const truncated = attempt(truncate).prompt;
        if (truncated === null) return;
        const system = prompt.find((message) => message.role === 'system');
        expect(system === undefined || truncated.includes(system)).toBe(true);
        const hasUser = (messages: readonly ChatMessage[]): boolean =>
          messages.some((message) => message.role === 'user');
        expect(hasUser(truncated)).toBe(hasUser(prompt));
      }),
    );
  });

  test('truncating again with the same limit changes nothing', () => {
    fc.assert(
      fc.property(prompts, fc.nat(400), (prompt, maxTokens) => {
        const truncate = (): readonly ChatMessage[] =>
          truncatePromptToTokenLimit(prompt, maxTokens, counting);
        const once = attempt(truncate).prompt ?? [];
        expect(truncatePromptToTokenLimit(once, maxTokens, counting)).toBe(once);
      }),
    );
  });

  test('drops results without a call once it has to truncate, whatever prompt it is given', () => {
    const messages: fc.Arbitrary<ChatMessage> = fc.oneof(
      fc.lorem().map((content) => ({ role: 'user', content }) as const),
      fc.lorem().map((content) => ({ role: 'assistant', content }) as const),
      fc.lorem().map((content) => ({ role: 'system', content }) as const),
      fc.constantFrom('a', 'b').map((id) => {
        return { role: 'tool', tool_call_id: id, name: 'search', content: 'found' } as const;
      }),
    );
    fc.assert(
      fc.property(fc.array(messages, { minLength: 1 }), fc.nat(300), (prompt, maxTokens) => {
        const truncate = (): readonly ChatMessage[] =>
          truncatePromptToTokenLimit(prompt, maxTokens, counting);
        const truncated = attempt(truncate).prompt;
        if (truncated === null || truncated === prompt) return;
        expect(truncated.length).toBeGreaterThan(0);
        expect(promptTokens(truncated, counting)).toBeLessThanOrEqual(maxTokens);
        expect(chatProblems(truncated)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});
