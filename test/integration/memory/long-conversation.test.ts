import { describe, expect, test } from 'vitest';
import type { KernelName } from '../../lib/kernels.ts';
import { makeKernel } from '../../lib/kernels.ts';
import { aMemory } from '../../lib/memories.ts';

const DECISIONS = [
  ['database', 'We decided to use PostgreSQL 16 for the database.', 'PostgreSQL 16'],
  ['cache', 'We decided that the cache is Valkey with a TTL of 90 seconds.', '90 seconds'],
  ['deployment', 'We decided that every deployment goes out on Tuesdays.', 'Tuesdays'],
  ['authentication', 'We decided on passkeys for authentication.', 'passkeys'],
  ['invoicing', 'We decided that invoicing is done in Swiss francs.', 'Swiss francs'],
] as const;
const MAX_TOKENS = 4_000;
const NOISE = 'The weather report says nothing new about lunch, trains and the office plants today';

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
  for (let turn = 1; turn <= 220; turn += 1) {
    await memory.newTurn();
    const decided = DECISIONS[turn - 3];
    const asked = DECISIONS[turn - 216];
    const question =
      asked === undefined
        ? (decided?.[1] ?? `${NOISE}, part ${turn}.`)
        : `Remind me, what did we decide about the ${asked[0]}?`;
    const before = memory.history.summary().faults;
    if (asked !== undefined) await memory.demandPrePass(question);
    await say(question, 'user');
    const built = await memory.buildContext({ maxTokens: MAX_TOKENS, systemPrompt: 'Be brief.' });
    expect(built.tokens).toBeLessThanOrEqual(MAX_TOKENS);
    expect(built.developerTokens).toBeLessThanOrEqual(MAX_TOKENS);
    expect(memory.history.summary().faults - before).toBeLessThanOrEqual(2);
    if (asked !== undefined) contexts.push(JSON.stringify(built.messages));
    await say(`Noted, that was part ${turn}: ${NOISE}.`, 'assistant');
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
