import { describe, expect, test } from 'vitest';
import {
  type ArchivedContent,
  createMemoryArtifactStore,
  type Pagefold,
  type SessionManager,
} from '../../../src/index.ts';
import { aPagefold, collect } from './a-pagefold.ts';

const RESULT = 'private '.repeat(20_000);

async function referenceOf(session: SessionManager): Promise<ArchivedContent> {
  const events = await collect(session.events.list());
  return events.find(({ archive }) => archive !== undefined)!.archive!;
}

/** A session of ann with a result that was too large for its log, and the reference that its log has of it. */
async function aSession(): Promise<{
  readonly pagefold: Pagefold;
  readonly ann: SessionManager;
  readonly reference: ArchivedContent;
}> {
  const pagefold = await aPagefold({ artifacts: createMemoryArtifactStore() });
  const ann = pagefold.session('s', { userId: 'ann' });
  await ann.userSays('List all rows.');
  await ann.toolUsed({ toolName: 'list_rows', result: RESULT });
  return { pagefold, ann, reference: await referenceOf(ann) };
}

describe('archived content is read', () => {
  test('by nobody who says that the session is of another user', async () => {
    const { pagefold, reference } = await aSession();
    const bob = pagefold.session('s', { userId: 'bob' });
    await expect(bob.memory.archive.read(reference)).rejects.toMatchObject({
      code: 'INVALID_SESSION_OPERATION',
    });
  });

  test('by no session that does not name it', async () => {
    const { pagefold, ann, reference } = await aSession();
    const bob = pagefold.session('of-bob', { userId: 'bob' });
    expect(await bob.memory.archive.read(reference)).toBeNull();
    await bob.userSays('Hello.');
    for (const content of [reference, { ...reference, sessionId: 'gone' }])
      // In order: the second finds what the first read of the log.
      await expect(bob.memory.archive.read(content)).rejects.toMatchObject({
        code: 'INVALID_INPUT',
        message: 'content: expected content that this session names',
      });
    expect(await ann.memory.archive.read(reference)).toBe(RESULT);
  });

  test('by a fork of a fork as far as they share the log', async () => {
    const { pagefold, ann, reference } = await aSession();
    const fork = await (await ann.fork()).fork({ sessionId: 'fork' });
    await ann.toolUsed({ toolName: 'list_rows', result: `${RESULT}more` });
    const events = await collect(ann.events.list());
    const later = events.at(-1)!.archive!;
    expect(later.artifactId).not.toBe(reference.artifactId);

    expect(await fork.memory.archive.read(reference)).toBe(RESULT);
    expect(await fork.memory.archive.read(reference)).toBe(RESULT);
    await expect(fork.memory.archive.read(later)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    const bob = pagefold.session('fork', { userId: 'bob' });
    await expect(bob.memory.archive.read(reference)).rejects.toMatchObject({
      code: 'INVALID_SESSION_OPERATION',
    });
  });

  test('by a session that was imported under another id, and by its forks', async () => {
    const { pagefold, ann, reference } = await aSession();
    await pagefold.importSession(await collect(ann.export()), { sessionId: 'copy' });
    const copy = pagefold.session('copy');
    const own = await referenceOf(copy);
    expect(own).toEqual({ ...reference, sessionId: 'copy' });
    await ann.delete();
    expect(await copy.memory.archive.read(own)).toBe(RESULT);
    const fork = await copy.fork();
    expect(await fork.memory.archive.read(own)).toBe(RESULT);
  });

  test('by nobody once the session is deleted', async () => {
    const { ann, reference } = await aSession();
    await ann.delete();
    await expect(ann.memory.archive.read(reference)).rejects.toMatchObject({
      code: 'SESSION_NOT_FOUND',
    });
  });
});

test.each([
  ['read of archived content', (s, content) => s.memory.archive.read(content)],
  ['collection of archived content', (s) => s.memory.archive.collect()],
  ['correction of nothing', (s) => s.events.correctUsage('e', {})],
  ['call of an unknown tool', (s) => s.memory.callTool({ name: 'nope', arguments: '{}' })],
  ['closing of a segment where there are none', (s) => s.closeSegment()],
] satisfies readonly (readonly [
  string,
  (session: SessionManager, content: ArchivedContent) => Promise<unknown>,
])[])('W-07: a closed runtime answers no %s', async (_name, call) => {
  const { pagefold, ann, reference } = await aSession();
  await pagefold.close();
  await expect(call(ann, reference)).rejects.toMatchObject({ code: 'CLOSED' });
});
