import { expect, test } from 'vitest';
import {
  buildPromptFromSession,
  PROMPT_STRATEGIES,
  type PromptMessage,
  type SessionManager,
  truncatePromptToTokenLimit,
} from '../../../src/index.ts';
import { oracleOf } from '../../lib/tokens/oracle.ts';
import { aPagefold } from './a-pagefold.ts';

const MODEL = 'gpt-4o';
const TOOLS = ['find_orders_of_customer_by_address', 'wetter', '検索_ツール', 'x'];
const LIMITS = [500, 1000, 2000];
const encode = oracleOf('o200k_base', 'js-tiktoken');

/** Forty calls of tools between some questions, as many of them in each answer as are asked for. */
async function anAgentRun({ callsInAnswer }: { callsInAnswer: number }): Promise<SessionManager> {
  const pagefold = await aPagefold({ tokens: 'exact' });
  const session = pagefold.session('s', { systemPrompt: 'Be kind.' });
  await session.userSays('Which orders are late?');
  for (let call = 0; call < 40; call += callsInAnswer) {
    const calls = Array.from({ length: callsInAnswer }, (_, at) => {
      const name = TOOLS[(call + at) % TOOLS.length] ?? 'x';
      return { id: `c${call + at}`, type: 'function', function: { name, arguments: '{"n":1}' } };
    });
    // In order: it is one conversation.
    await session.aiResponds(null, { model: MODEL, toolCalls: calls });
    for (const { id, function: called } of calls)
      await session.toolUsed({
        toolName: called.name,
        callId: id,
        result: 'late '.repeat(call + 20),
      });
    if (call % 8 === 4) await session.userSays(`And those of week ${call}?`);
  }
  return session;
}

/** Three for each message and three for the reply, and of a name one more than its tokens: `num_tokens_from_messages` of OpenAI. */
function tokensOf(messages: readonly PromptMessage[]): number {
  const texts = messages.flatMap((message) => {
    const calls = message.role === 'assistant' ? (message.tool_calls ?? []) : [];
    const asked = calls.flatMap(({ function: called }) => [called.name, called.arguments]);
    const name = message.role === 'tool' ? [message.name] : [];
    return [message.role, (message.content ?? '') as string, ...name, ...asked];
  });
  const names = messages.filter(({ role }) => role === 'tool').length;
  const tokens = texts.reduce((sum, text) => sum + encode(text).length, 0);
  return 3 + 3 * messages.length + names + tokens;
}

test.each([1, 2, 4])(
  'no prompt is longer than its limit, the names of its results included: %i calls in an answer',
  async (callsInAnswer) => {
    const manager = await anAgentRun({ callsInAnswer });
    const session = await manager.getSession();
    const whole = await manager.getMessagesForLlm({ model: MODEL });
    const options = { model: MODEL };
    let named = 0;
    for (let maxTokens = 500; maxTokens <= 2000; maxTokens += 13) {
      const prompt = truncatePromptToTokenLimit(whole, maxTokens, options);
      named += prompt.filter(({ role }) => role === 'tool').length;
      expect(tokensOf(prompt)).toBeLessThanOrEqual(maxTokens);
    }
    for (const maxTokens of LIMITS) {
      const prompts = PROMPT_STRATEGIES.map((strategy) =>
        buildPromptFromSession(session, { ...options, strategy, maxTokens }),
      );
      prompts.push(await manager.getMessagesForLlm({ ...options, maxTokens }));
      for (const prompt of prompts) expect(tokensOf(prompt)).toBeLessThanOrEqual(maxTokens);
    }

    expect(named).toBeGreaterThan(0);
    expect(tokensOf(whole)).toBeGreaterThan(2000);
  },
);

test.each(LIMITS)(
  'a context of %i tokens is not longer, the names of its results included',
  async (maxTokens) => {
    const manager = await anAgentRun({ callsInAnswer: 2 });
    await manager.userSays('What have you found?');

    const context = await manager.memory.buildContext({ maxTokens, model: MODEL });
    const tools = context.tools.length === 0 ? '' : JSON.stringify(context.tools);

    const taken = tokensOf(context.messages) + encode(tools).length;
    expect(taken).toBeLessThanOrEqual(maxTokens);
    expect(context.tokens).toBe(taken);
  },
);
