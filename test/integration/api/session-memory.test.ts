import { describe, expect, test } from 'vitest';
import type { Pagefold, SessionManager, Store } from '../../../src/index.ts';
import { aPagefold, aStore } from './a-pagefold.ts';
import { aWatchedStore, linkDown } from './a-watched-store.ts';

const MEMORY = { maxTokens: 1_200, faults: { maxFaultsPerTurn: 2 } };

function open(pagefold: Pagefold, sessionId = 's'): SessionManager {
  return pagefold.session(sessionId, { systemPrompt: 'Be brief.', memory: MEMORY });
}

async function talkAbout(session: SessionManager, turns: number): Promise<void> {
  for (let turn = 1; turn <= turns; turn += 1) {
    // In order: a conversation is one thing after the other.
    await session.userSays(`Question ${turn}: what is the number of the harbour in year ${turn}?`);
    await session.aiResponds(
      `In year ${turn} it is ${turn * 7}. ${'It was counted twice. '.repeat(9)}`,
    );
  }
}

/** What every process has to agree on. */
async function seen(session: SessionManager): Promise<unknown> {
  const pages = await session.memory.pages();
  const { turn, contextTokens, faultsThisTurn, foldedPages } = await session.memory.stats();
  const shown = pages
    .filter(({ tier }) => tier === 'L0')
    .map(({ pageId, level, tokens, isPinned }) => ({ pageId, level, tokens, isPinned }));
  return { turn, contextTokens, faultsThisTurn, foldedPages, shown };
}

async function outsidePage(session: SessionManager): Promise<string> {
  const page = (await session.memory.pages()).find(
    ({ tier, pageType }) => tier !== 'L0' && pageType === 'transcript',
  );
  return page!.pageId;
}

describe('the memory of a session', () => {
  test('M-180 M-201 M-W63 M-W70: is the same in a process that starts later', async () => {
    const store = aStore();
    const session = open(await aPagefold({ store }));
    await talkAbout(session, 20);
    await session.userSays('And what was it in year 3?');
    const { messages } = await session.memory.buildContext();
    await session.memory.pin(await outsidePage(session));

    const later = open(await aPagefold({ store }));

    expect(await seen(later)).toEqual(await seen(session));
    expect(messages.length).toBeGreaterThan(2);
    const again = await later.memory.buildContext();
    expect(await seen(later)).toEqual(await seen(session));
    expect(again.tokens).toBeLessThanOrEqual(MEMORY.maxTokens);
  });

  test('M-196 M-W33: two processes that build contexts at once come to the same one', async () => {
    const store = aStore();
    const sessions = [open(await aPagefold({ store })), open(await aPagefold({ store }))] as const;
    await talkAbout(sessions[0], 20);

    for (let round = 1; round <= 5; round += 1) {
      await sessions[round % 2]!.userSays(`And what was it in year ${round}, once more?`);
      const built = await Promise.all(sessions.map((session) => session.memory.buildContext()));
      expect(built.every(({ tokens }) => tokens <= MEMORY.maxTokens)).toBe(true);
      expect(await seen(sessions[1])).toEqual(await seen(sessions[0]));
    }
  });

  test('contexts are the callers own: what they do to one changes none that comes after it', async () => {
    const store = aStore();
    const [kept, later] = [await aPagefold({ store }), await aPagefold({ store })];
    const session = open(kept);
    await talkAbout(session, 3);
    const call = { id: 'c1', name: 'look', arguments: { of: 'harbour' } };
    await session.aiResponds('', { toolCalls: [call] });
    await session.toolUsed({ callId: 'c1', toolName: 'look', arguments: {}, result: 'It is 7.' });
    const { messages, receipt } = await session.memory.buildContext();
    for (const message of messages) Object.assign(message, { content: 'changed', role: 'system' });
    for (const entry of receipt.entries) Object.assign(entry, { pageIds: [], message: -1 });
    await session.userSays('And now?');

    expect(await session.memory.buildContext()).toEqual(await open(later).memory.buildContext());
  });

  test('a fork shares it up to where it leaves, and the origin does not notice', async () => {
    const pagefold = await aPagefold();
    const origin = open(pagefold, 'origin');
    await talkAbout(origin, 20);
    await origin.memory.buildContext();
    const before = await seen(origin);

    const fork = await origin.fork();
    const first = await seen(fork);
    await fork.userSays('Which year had the number 21?');
    await fork.memory.buildContext();
    await fork.memory.pin(await outsidePage(fork));

    expect(first).toMatchObject({ turn: 20 });
    expect(await seen(origin)).toEqual(before);
    expect(await seen(fork)).not.toEqual(before);
  });

  test.each(['s', 'user:anna.schmidt@example.org:7f0c2a52', 'long-'.repeat(36)])(
    'the first context of a fork is that of its origin to the byte, and does not name %s',
    async (id) => {
      const pagefold = await aPagefold();
      const options = { memory: { maxTokens: 3_000 } };
      const sessions = [pagefold.session(id, options), pagefold.session('other', options)] as const;
      for (const session of sessions) {
        await talkAbout(session, 120);
        await session.userSays('And what was it in year 3?');
      }
      const { messages, tools } = await sessions[0].memory.buildContext();

      const first = await (await sessions[0].fork()).memory.buildContext();

      expect(messages[1]?.content).toContain('"available_pages":[{');
      expect(first.messages).toEqual(messages);
      expect(first.tools).toEqual(tools);
      expect((await sessions[1].memory.buildContext()).messages).toEqual(messages);
    },
  );

  test('M-147 M-W08: what the model may load in a turn is counted over all processes', async () => {
    const store = aStore();
    const sessions = [open(await aPagefold({ store })), open(await aPagefold({ store }))] as const;
    await talkAbout(sessions[0], 30);
    await sessions[0].userSays('Please go on.');
    await sessions[0].memory.buildContext();
    const answers: string[] = [];

    for (const session of [sessions[0], sessions[1], sessions[0]]) {
      const page_id = await outsidePage(session);
      const call = { name: 'page_fault', arguments: { page_id, target_level: 2 } };
      answers.push(await session.memory.callTool(call));
    }

    const codes = answers.map((text) => (JSON.parse(text) as { code?: string }).code ?? 'loaded');
    expect(codes).toEqual(['loaded', 'loaded', 'FAULT_LIMIT_EXCEEDED']);
    await sessions[1].userSays('The next turn.');
    expect(await sessions[0].memory.stats()).toMatchObject({ faultsThisTurn: 0 });
  });

  test('another life of an id remembers nothing of the one before, and no tenant another', async () => {
    const pagefold = await aPagefold();
    const session = open(pagefold);
    await talkAbout(session, 5);
    await session.memory.buildContext();
    const other = pagefold.session('s', { tenant: 'other', memory: MEMORY });
    await other.userSays('Hello');

    expect(await other.memory.pages()).toHaveLength(1);
    expect(await other.memory.search('harbour')).toEqual([]);
    await session.delete();
    const reborn = open(pagefold);
    await expect(reborn.memory.pages()).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' });
    await reborn.userSays('Anew');
    expect(await reborn.memory.pages()).toHaveLength(1);
    await expect(session.memory.fault('msg_2')).rejects.toMatchObject({ retryable: false });
  });

  test('a store that fails leaves nothing half done: the next call is right', async () => {
    const inner = aStore();
    let failing: string | null = null;
    const store: Store = aWatchedStore(inner, ({ name, run }) =>
      name === failing ? Promise.reject(linkDown()) : run(),
    );
    const session = open(await aPagefold({ store }));
    const witness = open(await aPagefold({ store: inner }));
    await talkAbout(session, 25);
    await session.userSays('And what was it in year 2?');

    for (const name of ['read', 'append']) {
      failing = name;
      await expect(session.memory.buildContext()).rejects.toMatchObject({ code: 'STORAGE_ERROR' });
      failing = null;
      expect(await seen(session)).toEqual(await seen(witness));
    }
    await session.memory.buildContext();

    expect(await seen(session)).toEqual(await seen(witness));
  });

  test('M-200 M-W62: of an endless session the latest summaries stay, older ones may leave', async () => {
    const session = (await aPagefold()).session('s', {
      infiniteContext: true,
      maxTurnsPerSegment: 4,
      memory: MEMORY,
    });
    await talkAbout(session, 24);
    await session.userSays('Go on.');

    const { tokens } = await session.memory.buildContext();

    const summaries = (await session.memory.pages()).filter(
      ({ pageType }) => pageType === 'summary',
    );
    expect(summaries.length).toBeGreaterThan(5);
    expect(summaries.filter(({ isPinned }) => isPinned)).toEqual(summaries.slice(-2));
    expect(tokens).toBeLessThanOrEqual(MEMORY.maxTokens);
  });

  test('M-191: a pinned page comes into the context and stays until it is unpinned', async () => {
    const session = open(await aPagefold());
    await talkAbout(session, 25);
    await session.memory.buildContext();
    const pageId = await outsidePage(session);
    const tierOf = async (): Promise<unknown> =>
      (await session.memory.pages()).find((page) => page.pageId === pageId)?.tier;

    await session.memory.pin(pageId);
    const tiers: unknown[] = [];
    for (let round = 1; round <= 4; round += 1) {
      await talkAbout(session, 4);
      await session.memory.buildContext();
      tiers.push(await tierOf());
    }

    expect(tiers).toEqual(['L0', 'L0', 'L0', 'L0']);
    await expect(session.memory.pin('msg_99999')).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await session.memory.unpin(pageId);
    const page = (await session.memory.pages()).find((one) => one.pageId === pageId);
    expect(page).toMatchObject({ isPinned: false });
  });
});
