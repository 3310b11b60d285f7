import { describe, expect, test } from 'vitest';
import { openPagefold } from '../../../src/api/pagefold.ts';
import type { SessionContextReceipt } from '../../../src/api/session-context.ts';
import type { SessionManager } from '../../../src/api/session-manager.ts';
import { createMemoryStore } from '../../../src/runtime/memory-store.ts';

const TOPICS = ['the harbour', 'a telescope', 'rye bread', 'the night train', 'an orchard'];

async function talk(session: SessionManager, turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) {
    const topic = TOPICS[turn % TOPICS.length] ?? '';
    // In order: a conversation is one thing after the other.
    await session.userSays(
      `Turn ${turn}: tell me more of ${topic}, and of its number ${turn * 7}.`,
    );
    await session.aiResponds(
      `About ${topic}: ${`it is as long as it is wide. `.repeat(12)}${turn}`,
    );
  }
}

describe('memory.history', () => {
  test('makes every context again from its receipt, byte for byte, in another process (M-171)', async () => {
    const store = createMemoryStore();
    const receipts: { readonly receipt: SessionContextReceipt; readonly messages: unknown }[] = [];
    {
      await using pagefold = await openPagefold({ store });
      const session = pagefold.session('s', {
        systemPrompt: 'Be brief.',
        memory: { maxTokens: 900 },
      });
      for (let round = 0; round < 8; round += 1) {
        await talk(session, 3);
        await session.userSays(`What was the number of rye bread in round ${round}?`);
        const { receipt, messages } = await session.memory.buildContext();
        receipts.push({ receipt, messages });
        await session.aiResponds('I do not know.');
      }
    }
    await using pagefold = await openPagefold({ store });
    const session = pagefold.session('s', { memory: { maxTokens: 900 } });
    const changed = receipts.filter(({ receipt }) => receipt.changePosition !== null);
    expect(changed.length).toBeGreaterThan(3);
    for (const { receipt, messages } of receipts) {
      const again = await session.memory.history.rebuild(JSON.parse(JSON.stringify(receipt)));
      expect(again.check).toEqual({ isSame: true, changed: [] });
      expect(again.messages).toEqual(messages);
    }
    await store.close();
  });

  test('tells what a compaction took out and folded (M-171)', async () => {
    await using pagefold = await openPagefold({});
    const session = pagefold.session('s', { memory: { maxTokens: 900 } });
    await talk(session, 12);
    await session.userSays('Go on.');
    const { receipt } = await session.memory.buildContext();
    const at = receipt.changePosition ?? 0;
    const { added, removed, folded } = await session.memory.history.diff({ from: at - 1, to: at });
    expect(added).toEqual([]);
    expect(removed.length + folded.length).toBeGreaterThan(0);
    const context = await session.memory.history.contextAt(at);
    const now = (await session.memory.pages()).filter(({ tier }) => tier === 'L0');
    expect(context.map(({ pageId }) => pageId).toSorted()).toEqual(
      now.map(({ pageId }) => pageId).toSorted(),
    );
    const kinds: string[] = [];
    for await (const { change } of session.memory.history.list()) kinds.push(change.kind);
    expect(kinds).toEqual(['compacted']);
  });
});

describe('memory and claims', () => {
  test('keeps a decision in the context however much is said after it (M-42, M-W05)', async () => {
    await using pagefold = await openPagefold({});
    const session = pagefold.session('s', { memory: { maxTokens: 900 } });
    await session.userSays('We decided to use PostgreSQL for the ledger.');
    await session.aiResponds('Noted.');
    await talk(session, 20);
    await session.userSays('Please go on with it.');
    const { messages, tokens } = await session.memory.buildContext();
    expect(JSON.stringify(messages)).toContain('PostgreSQL for the ledger');
    expect(tokens).toBeLessThanOrEqual(900);
  });
});
