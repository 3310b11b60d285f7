import { describe, expect, test } from 'vitest';
import type { MemoryOptions, Pagefold, SessionManager, Store } from '../../../src/index.ts';
import { aPagefold, aStore, collect } from './a-pagefold.ts';
import { aWatchedStore, linkDown } from './a-watched-store.ts';

const LONG = Array.from({ length: 40 }, (_, at) => `Sentence ${at} tells of thing ${at}.`).join(
  ' ',
);

function open(pagefold: Pagefold, memory: MemoryOptions = { maxTokens: 1_200 }): SessionManager {
  return pagefold.session('s', { memory });
}

async function talk(session: SessionManager, turns: number): Promise<void> {
  for (let turn = 1; turn <= turns; turn += 1) {
    // In order: a conversation is one thing after the other.
    await session.userSays(`Question ${turn}?`);
    await session.aiResponds(`Answer ${turn}. ${LONG}`);
  }
}

async function codeOfFault(session: SessionManager, pageId: string): Promise<string> {
  const call = { name: 'page_fault', arguments: { page_id: pageId, target_level: 3 } };
  const told = JSON.parse(await session.memory.callTool(call)) as { readonly code?: string };
  return told.code ?? 'loaded';
}

describe('failed faults of a model', () => {
  test('M-147 M-W08: are counted over all processes, and anew in every turn', async () => {
    const store = aStore();
    const options = { maxTokens: 1_200, faults: { maxFailedFaultsPerTurn: 3 } };
    const [left, right] = [
      open(await aPagefold({ store }), options),
      open(await aPagefold({ store }), options),
    ];
    await talk(left, 3);
    await left.userSays('Go on.');

    const codes: string[] = [];
    for (const session of [left, right, left, right, left]) {
      codes.push(await codeOfFault(session, 'msg_999'));
    }
    await right.userSays('The next turn.');
    codes.push(await codeOfFault(left, 'msg_999'));

    const [missing, limit] = ['PAGE_NOT_FOUND', 'FAILURE_LIMIT_EXCEEDED'];
    expect(codes).toEqual([missing, missing, missing, limit, limit, missing]);
  });

  test('are named in the history, with no more of an id than ids have', async () => {
    const session = open(await aPagefold());
    await talk(session, 1);

    await codeOfFault(session, 'x'.repeat(300));

    const [recorded] = await collect(session.memory.history.list());
    const change = { kind: 'fault-failed', pageId: 'x'.repeat(200), code: 'PAGE_NOT_FOUND' };
    expect(recorded?.change).toEqual(change);
  });

  test('of a service are not counted', async () => {
    const session = open(await aPagefold());
    await talk(session, 1);

    const outcome = await session.memory.fault('msg_999');

    expect(outcome).toMatchObject({ kind: 'failed', code: 'PAGE_NOT_FOUND' });
    expect(await collect(session.memory.history.list())).toEqual([]);
  });
});

describe('what a fault tells', () => {
  test('M-W21: names the pages that left for the loaded one, and no others', async () => {
    const session = open(await aPagefold(), { maxTokens: 100 });
    await talk(session, 30);
    // All that a memory lets wait is full, and what leaves does so in stretches.
    for (let at = 1; at <= 32; at += 1) await session.userSays(`${at}. ${LONG} ${LONG}`);
    let told: Awaited<ReturnType<typeof session.memory.fault>> | null = null;
    let before: readonly string[] = [];
    for (let at = 0; at < 40; at += 1) {
      before = await shownIds(session);
      const missing = (await session.memory.pages()).find(({ tier }) => tier !== 'L0');
      told = await session.memory.fault(missing!.pageId);
      if (told.kind === 'loaded' && told.evictions.length > 0) break;
    }

    const after = new Set(await shownIds(session));
    expect(told).toMatchObject({ kind: 'loaded', tier: 'L0', isPromoted: true });
    const { evictions } = told as { readonly evictions: readonly string[] };
    expect(evictions.length).toBeGreaterThan(0);
    expect(evictions).toEqual(before.filter((pageId) => !after.has(pageId)));
  });

  test('M-W21: says that a page stays out of a context that has no room for it', async () => {
    const session = open(await aPagefold(), { maxTokens: 100 });
    await session.userSays(Array.from({ length: 60 }, () => LONG).join(' '));
    await session.aiResponds('Too long.');

    const [page] = await session.memory.pages();
    const told = await session.memory.fault(page!.pageId);

    expect(page).toMatchObject({ tier: 'L1' });
    expect(told).toMatchObject({ kind: 'loaded', tier: 'L1', isPromoted: false, evictions: [] });
  });
});

async function shownIds(session: SessionManager): Promise<readonly string[]> {
  const pages = await session.memory.pages();
  return pages.filter(({ tier }) => tier === 'L0').map(({ pageId }) => pageId);
}

describe('a memory that stays in a process', () => {
  test('reads only what is new after somebody else changed it, or the store failed', async () => {
    const inner = aStore();
    let failing: string | null = null;
    const reads: string[] = [];
    const store: Store = aWatchedStore(inner, ({ name, run }) => {
      reads.push(name);
      return name === failing ? Promise.reject(linkDown()) : run();
    });
    const [session, other] = [
      open(await aPagefold({ store })),
      open(await aPagefold({ store: inner })),
    ];
    await talk(session, 20);
    await session.memory.buildContext();
    await other.memory.write({ content: 'Written elsewhere.' });
    failing = 'append';
    await expect(session.memory.write({ content: 'Lost.' })).rejects.toMatchObject({
      code: 'STORAGE_ERROR',
    });
    failing = null;
    reads.length = 0;

    const [first, second] = await Promise.all([
      session.memory.write({ content: 'Here.' }),
      other.memory.write({ content: 'There.' }),
    ]);

    expect(first).not.toBe(second);
    // The log itself is read page by page only by a memory that begins.
    expect(reads).not.toContain('read');
    expect(await session.memory.pages()).toEqual(await other.memory.pages());
  });
});
