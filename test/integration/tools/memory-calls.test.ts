import { describe, expect, test } from 'vitest';
import {
  createMemoryArtifactStore,
  openPagefold,
  SessionAwareToolProcessor,
  type SessionManager,
} from '../../../src/index.ts';

/** An answer of a model that asks for one call. */
function asking(name: string, args: object, id = 'c'): object {
  const called = { name, arguments: JSON.stringify(args) };
  return {
    role: 'assistant',
    content: null,
    tool_calls: [{ id, type: 'function', function: called }],
  };
}

async function aSession(pagefold: {
  session: (id: string) => SessionManager;
}): Promise<SessionManager> {
  const session = pagefold.session('s');
  await session.userSays('My roses grow by the north wall.');
  await session.aiResponds('Then choose kinds that like shade.', { model: 'm' });
  await session.userSays('Where do my roses grow?');
  return session;
}

describe('calls for the memory of a session', () => {
  test('are answered by it and recorded, with the tools of a processor beside it or with none', async () => {
    await using pagefold = await openPagefold();
    const session = await aSession(pagefold);
    const each = [{ tools: { other: () => 1 } }, {}];
    for (const [index, options] of each.entries()) {
      const processor = await SessionAwareToolProcessor.create(session, options);
      // In order: each answer is recorded.
      const [result] = await processor.processLlmMessage(
        asking('search_pages', { query: 'roses' }, `c${index}`),
      );

      expect(result).toMatchObject({ status: 'succeeded', toolName: 'search_pages' });
      expect(JSON.stringify(result?.value)).toContain('north wall');
    }
    expect(await session.getStats()).toMatchObject({ toolCalls: 2 });
  });

  test.each([
    ['a tool of that name', { tools: { search_pages: () => 'mine' } }],
    ['what carries out whatever has no name', { execute: () => 'mine' }],
  ])('are answered by %s where it was given', async (_what, options) => {
    await using pagefold = await openPagefold();
    const processor = await SessionAwareToolProcessor.create(await aSession(pagefold), options);

    const [result] = await processor.processLlmMessage(asking('search_pages', { query: 'roses' }));

    expect(result?.value).toBe('mine');
  });

  test('take nothing of the budget of tools', async () => {
    await using pagefold = await openPagefold();
    const guards = { limits: { executionBudget: 2, toolBudgetTotal: 2 } };
    const processor = await SessionAwareToolProcessor.create(await aSession(pagefold), {
      guards,
      tools: { look: () => 1 },
    });
    for (const query of ['roses', 'wall', 'shade', 'north'])
      // In order: each answer is recorded.
      await processor.processLlmMessage(asking('search_pages', { query }, query));

    const [result] = await processor.processLlmMessage(asking('look', {}, 'l'));

    expect(result?.status).toBe('succeeded');
  });

  test('keep what they have loaded, however long it is', async () => {
    await using pagefold = await openPagefold({ artifacts: createMemoryArtifactStore() });
    const session = await aSession(pagefold);
    const text = 'A line of a long report. '.repeat(200);
    const pageId = await session.memory.write({ content: text });
    const processor = await SessionAwareToolProcessor.create(session, { maxResultLength: 2_048 });

    const [result] = await processor.processLlmMessage(
      asking('page_fault', { page_id: pageId, target_level: 0 }),
    );

    expect(result).toMatchObject({ status: 'succeeded', storedAs: null });
    expect(JSON.stringify(result?.shown)).toContain(text.trim());
  });
});
