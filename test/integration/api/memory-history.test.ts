import { describe, expect, test } from 'vitest';
import { openPagefold } from '../../../src/api/pagefold.ts';
import type { SessionContextReceipt } from '../../../src/api/session-context.ts';
import type { SessionManager } from '../../../src/api/session-manager.ts';
import { createMemoryStore } from '../../../src/runtime/memory-store.ts';
import { aPagefold, aStore, collect } from './a-pagefold.ts';

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
  test('gives every caller a receipt of its own', async () => {
    const session = (await aPagefold()).session('s');
    await talk(session, 2);
    const { receipt } = await session.memory.buildContext();
    const kept = structuredClone(receipt);
    const entries = receipt.entries as unknown as { pageIds: string[] }[]; // as whoever trims it does
    entries[0]!.pageIds.length = 0;
    entries.length = 1;

    const next = await session.memory.buildContext();

    expect(next.receipt).toEqual(kept);
  });

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

describe('a history that is asked for what there is not', () => {
  test('names the position that the log does not reach', async () => {
    const session = (await aPagefold()).session('s');
    await talk(session, 2);
    const { history } = session.memory;
    const { position } = (await session.memory.buildContext()).receipt;

    expect(await history.contextAt(position)).toHaveLength(4);
    await expect(history.contextAt(position + 1)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      field: 'position',
    });
    await expect(history.diff({ from: 2, to: 1_000 })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      field: 'range.to',
    });
  });

  test('M-171: names what is wrong with a damaged receipt', async () => {
    const session = (await aPagefold()).session('s');
    await talk(session, 2);
    const { receipt } = await session.memory.buildContext();
    const [entry] = receipt.entries;
    const damaged: readonly (readonly [string, unknown])[] = [
      ['receipt.entries[0]', [null]],
      ['receipt.entries[0].hash', [{ ...entry, hash: 1 }]],
      ['receipt.entries[1].kind', [entry, { ...entry, kind: 'page' }]],
    ];

    for (const [field, entries] of damaged) {
      const again = { ...receipt, hash: 'x', entries } as SessionContextReceipt;
      await expect(session.memory.history.rebuild(again)).rejects.toMatchObject({
        code: 'INVALID_INPUT',
        field,
      });
    }
    const other = await session.memory.history.rebuild({ ...receipt, hash: 'x' });
    expect(other.check).toEqual({ isSame: false, changed: [] });
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

  test('M-191: what is kept by what it is may be unpinned, in every process and whatever follows', async () => {
    const store = aStore();
    const memory = { maxTokens: 900 };
    const sessions = [
      (await aPagefold({ store })).session('s', { memory }),
      (await aPagefold({ store })).session('s', { memory }),
    ] as const;
    const [session] = sessions;
    await session.userSays('We decided to use PostgreSQL for the ledger.');
    await session.aiResponds('Noted.');
    const claim = (await session.memory.pages()).find(({ isPinned }) => isPinned);
    expect(claim).toMatchObject({ pageType: 'claim' });
    const pageId = claim?.pageId ?? '';

    await session.memory.unpin(pageId);
    await session.memory.unpin(pageId);
    await session.userSays('We decided to use PostgreSQL for the ledger.');
    await talk(session, 20);
    await session.userSays('Please go on with it.');
    const { receipt } = await session.memory.buildContext();

    for (const one of sessions) {
      const page = (await one.memory.pages()).find((each) => each.pageId === pageId);
      expect(page).toMatchObject({ isPinned: false });
      expect(page?.tier).not.toBe('L0');
      expect((await one.memory.history.rebuild(receipt)).check.isSame).toBe(true);
    }
    const pins = (await collect(session.memory.history.list())).filter(
      ({ change }) => change.kind === 'pinned',
    );
    expect(pins).toHaveLength(1);
    await session.memory.pin(pageId);
    await session.memory.pin(pageId);
    expect(await collect(session.memory.history.list())).toHaveLength(3);
  });
});
