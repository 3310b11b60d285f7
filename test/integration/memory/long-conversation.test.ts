import { describe, expect, test } from 'vitest';
import type { KernelName } from '../../lib/kernels.ts';
import { makeKernel } from '../../lib/kernels.ts';
import { aMemory } from '../../lib/memories.ts';
import { DECISIONS, MAX_TOKENS, scenarioTurn, TURNS } from './long-scenario.ts';

interface Told {
  readonly contexts: readonly string[];
  readonly log: unknown;
}

async function converse(name: KernelName): Promise<Told> {
  const memory = aMemory({
    kernel: makeKernel(name),
    mode: 'relaxed',
    config: { maxL0Tokens: 2_400, reservedTokens: 0 },
    prePass: { maxPages: 2 },
  });
  const say = async (text: string, role: 'user' | 'assistant'): Promise<void> => {
    const hint = `[${role}] ${text.slice(0, 120)}`;
    await memory.addToWorkingSet(memory.createPage(text, { role, hint }));
  };
  const contexts: string[] = [];
  for (let turn = 1; turn <= TURNS; turn += 1) {
    await memory.newTurn();
    const { question, answer, isRecall } = scenarioTurn(turn);
    const before = memory.history.summary().faults;
    if (isRecall) await memory.demandPrePass(question);
    await say(question, 'user');
    const built = await memory.buildContext({ maxTokens: MAX_TOKENS, systemPrompt: 'Be brief.' });
    expect(built.tokens).toBeLessThanOrEqual(MAX_TOKENS);
    expect(built.developerTokens).toBeLessThanOrEqual(MAX_TOKENS);
    expect(memory.history.summary().faults - before).toBeLessThanOrEqual(2);
    if (isRecall) contexts.push(JSON.stringify(built.messages));
    await say(answer, 'assistant');
  }
  expect(memory.experience.thrashIndex()).toBeLessThan(0.5);
  expect(memory.health().findings).toEqual([]);
  const log = memory.history.all();
  memory.close();
  return { contexts, log };
}

describe('a conversation of 220 turns', () => {
  test('M-203: every early decision is there when it is asked for, within 4,000 tokens, on both kernels alike', async () => {
    const [js, wasm] = [await converse('js'), await converse('simd')];
    DECISIONS.forEach(([, , answer], at) => expect(js.contexts[at]).toContain(answer));
    // What was recalled once stays as long as it is spoken of: the last context has all five.
    DECISIONS.forEach(([, , answer]) => expect(js.contexts.at(-1)).toContain(answer));
    expect(wasm).toEqual(js);
  });
});
