import { describe, expect, test } from 'vitest';
import { parseChatExport } from '../../../src/cli/chat-export/chat-export.ts';
import { type PlannedFamily, planTracking } from '../../../src/cli/chat-export/tracking-plan.ts';
import { replayAll } from '../../../src/cli/replay/replay.ts';
import { openPagefold, type Pagefold } from '../../../src/index.ts';

/** One session of so many questions for each of the tenants. */
function planned(tenants: readonly string[], questions: number): readonly PlannedFamily[] {
  const chats = tenants.map((tenant) => ({
    tenant,
    messages: Array.from({ length: questions }, () => ({ role: 'user', content: 'Well?' })),
  }));
  const source = { name: 'a.json', stem: 'a', text: JSON.stringify(chats) };
  const exports = [{ stem: 'a', conversations: parseChatExport(source) }];
  return planTracking(exports, { tenant: null, model: 'gpt-4o-mini', provider: null });
}

/** Settings of a replay that nothing disturbs. */
function settings(
  pagefold: Pagefold,
  onStep: () => Promise<void> = async () => undefined,
): Omit<Parameters<typeof replayAll>[1], 'concurrency'> {
  return { pagefold, context: {}, signal: new AbortController().signal, onStep };
}

describe('replayAll', () => {
  test('gives each tenant a turn before one gets its second', async () => {
    await using pagefold = await openPagefold({ tokens: 'estimate' });
    const begun: string[] = [];
    const onStep = async (): Promise<void> => {
      const [a, b] = await Promise.all(['a', 'b'].map((tenant) => pagefold.tenantUsage(tenant)));
      begun.push(`a${a?.messages} b${b?.messages}`);
    };
    const families = planned(['a', 'a', 'a', 'b'], 1);
    await replayAll(families, { ...settings(pagefold, onStep), concurrency: 1 });
    expect(begun).toEqual(['a1 b0', 'a1 b1', 'a2 b1', 'a3 b1']);
  });

  test('waits as long as an overloaded runtime asks for, and loses nothing', async () => {
    const limits = { tenantQueue: 2 };
    await using pagefold = await openPagefold({ tokens: 'estimate', limits });
    const families = planned(
      Array.from({ length: 12 }, () => 'busy'),
      5,
    );
    await replayAll(families, { ...settings(pagefold), concurrency: 12 });
    await expect(pagefold.tenantUsage('busy')).resolves.toMatchObject({ messages: 60 });
  });

  test('fails with the first failure, and records nothing afterwards', async () => {
    const pagefold = await openPagefold({ tokens: 'estimate' });
    let steps = 0;
    const onStep = async (): Promise<void> => {
      steps += 1;
      if (steps === 3) await pagefold.close();
    };
    const replay = replayAll(planned(['a', 'b', 'c'], 50), {
      ...settings(pagefold, onStep),
      concurrency: 3,
    });
    await expect(replay).rejects.toMatchObject({ code: 'CLOSED' });
    expect(steps).toBeLessThan(10);
  });
});
