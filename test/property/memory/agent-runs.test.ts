import { describe, expect, test } from 'vitest';
import { PROMPT_STRATEGIES } from '../../../src/domain/strategy.ts';
import { type ChatMessage, renderEvents } from '../../../src/memory/chat-message.ts';
import { buildConversationContext } from '../../../src/memory/conversation-context.ts';
import { type PromptCounting, promptTokens } from '../../../src/memory/message-tokens.ts';
import { buildPromptFromSession } from '../../../src/memory/prompt-builder.ts';
import { truncatePromptToTokenLimit } from '../../../src/memory/truncate-prompt.ts';
import { createTokenCounter } from '../../../src/tokens/token-counter.ts';
import { eventsOf, hasAgentRuns, loadAgentRuns, type RecordedMessage } from './agent-runs.ts';
import { attempt } from './attempt.ts';
import { chatProblems } from './chat-validity.ts';

const runs = loadAgentRuns();
const counting: PromptCounting = { counter: createTokenCounter(), model: 'gpt-4o' };
const LIMITS = [300, 1000, 3000, 6000];

/** A recorded message in the form that rendering gives. */
function expected(message: RecordedMessage): unknown {
  if (message.role === 'tool') {
    const { role, content, name, tool_call_id: callId } = message;
    return { role, content, name, tool_call_id: callId };
  }
  const calls = message.tool_calls ?? [];
  const plain = { role: message.role, content: message.content };
  if (calls.length === 0) return plain;
  return { ...plain, tool_calls: calls.map((call) => ({ ...call, type: 'function' })) };
}

describe.skipIf(!hasAgentRuns)('100 real agent runs', () => {
  test('C-148: come back from the log as they were sent', () => {
    for (const messages of runs) {
      expect(renderEvents(eventsOf(messages))).toEqual(messages.map(expected));
    }
  });

  test('every prompt of a run begins with the one before', () => {
    for (const messages of runs) {
      let before: readonly ChatMessage[] = [];
      for (let end = 1; end <= messages.length; end += 1) {
        if (messages[end]?.role !== 'assistant') continue;
        const context = buildConversationContext({
          ...counting,
          systemPrompt: 'Policy.',
          summaries: [],
          events: eventsOf(messages.slice(0, end)),
        });
        expect(context.slice(0, before.length)).toEqual(before);
        before = context;
      }
      expect(before.length).toBeGreaterThan(1);
    }
  });

  test('fit every limit or say that they cannot, as context, as prompt and truncated', () => {
    let cut = 0;
    for (const messages of runs) {
      const events = eventsOf(messages.slice(1));
      const session = { events, systemPrompt: 'Policy.' };
      const whole = buildConversationContext({ ...counting, ...session, summaries: [] });
      for (const maxTokens of LIMITS) {
        const fitted = [
          attempt(() =>
            buildConversationContext({ ...counting, ...session, summaries: [], maxTokens }),
          ),
          attempt(() => truncatePromptToTokenLimit(whole, maxTokens, counting)),
          ...PROMPT_STRATEGIES.map((strategy) =>
            attempt(() => buildPromptFromSession(session, { ...counting, strategy, maxTokens })),
          ),
        ];
        const prompts = fitted.flatMap(({ prompt }) => (prompt === null ? [] : [prompt]));
        for (const prompt of prompts) {
          expect(promptTokens(prompt, counting)).toBeLessThanOrEqual(maxTokens);
          expect(chatProblems(prompt)).toEqual([]);
        }
        cut += Number(promptTokens(whole, counting) > maxTokens);
      }
    }
    expect(cut).toBeGreaterThan(100);
  });
});
