import { describe, expect, test } from 'vitest';
import {
  type ArtifactStore,
  createMemoryArtifactStore,
  createMemoryStore,
  type Pagefold,
  type RuntimeWarning,
} from '../../../src/index.ts';
import { partId } from '../../../src/domain/archived-content.ts';
import { aPagefold, collect } from './a-pagefold.ts';

const LONG = 'Ann was born in 1970. '.repeat(8000);
const TENANT = { tenant: 't' } as const;
const REFUSAL = { code: 'INVALID_SESSION_OPERATION', data: { sessionId: 'long' } };

/** Two runtimes over one store of sessions, one of which has the artifact store. */
async function runtimes(): Promise<{
  readonly withStore: Pagefold;
  readonly without: Pagefold;
  readonly artifacts: ArtifactStore;
}> {
  const [store, artifacts] = [createMemoryStore(), createMemoryArtifactStore()];
  const withStore = await aPagefold({ store, artifacts });
  const user = { ...TENANT, userId: 'ann' };
  await withStore.session('long', user).userSays(LONG);
  await withStore.session('short', user).userSays('Hello.');
  return { withStore, without: await aPagefold({ store }), artifacts };
}

async function heldBy(artifacts: ArtifactStore): Promise<readonly string[]> {
  return (await collect(artifacts.listSessions())).map(({ sessionId }) => sessionId);
}

describe('a runtime without the artifact store that others have', () => {
  test('neither deletes nor erases a session with content there, and changes nothing', async () => {
    const { withStore, without, artifacts } = await runtimes();
    const session = without.session('long', TENANT);

    await expect(session.delete()).rejects.toMatchObject(REFUSAL);
    await expect(session.erase()).rejects.toMatchObject(REFUSAL);

    expect(await session.getConversation()).toHaveLength(1);
    expect(await heldBy(artifacts)).toEqual(['long']);
    await withStore.session('long', TENANT).delete();
    expect(await heldBy(artifacts)).toEqual([]);
  });

  test('deletes a fork, whose content is that of its origin, and no tree with such content in it', async () => {
    const { withStore, without } = await runtimes();
    const fork = await withStore.session('long', TENANT).fork();
    const child = { ...TENANT, userId: 'ann', parentId: 'short' };
    await withStore.session('below', child).userSays(LONG);

    await without.session(fork.sessionId, TENANT).delete();
    await expect(
      without.session('short', TENANT).delete({ children: 'cascade' }),
    ).rejects.toMatchObject({ ...REFUSAL, data: { sessionId: 'below' } });

    const rest = await collect(without.sessions(TENANT));
    expect(rest.map(({ key }) => key.sessionId).toSorted()).toEqual(['below', 'long', 'short']);
    expect((await without.session('short', TENANT).getSession()).childIds).toEqual(['below']);
  });

  test('erases what it can of a user and says what stands in the way', async () => {
    const { withStore, without } = await runtimes();
    const user = { ...TENANT, userId: 'ann' };

    await expect(without.erase(user)).rejects.toMatchObject(REFUSAL);

    const rest = await collect(without.sessions(TENANT));
    expect(rest.map(({ key }) => key.sessionId)).toEqual(['long']);
    expect(await withStore.erase(user)).toMatchObject({ sessions: 1, artifacts: 1 });
  });

  test('says in the receipt of a tenant that it has looked at no artifacts', async () => {
    const { withStore, without, artifacts } = await runtimes();

    expect(await without.erase(TENANT)).toMatchObject({
      sessions: 2,
      artifacts: null,
      youngArtifacts: null,
    });

    expect(await heldBy(artifacts)).toEqual(['long']);
    expect(await withStore.erase(TENANT)).toMatchObject({ sessions: 0, artifacts: 1 });
  });

  test('knows of content also from a snapshot of the session', async () => {
    const { withStore, without } = await runtimes();
    const session = withStore.session('long', TENANT);
    for (let count = 0; count < 300; count += 1) await session.userSays(`Line ${count}.`);

    await expect(without.session('long', TENANT).delete()).rejects.toMatchObject(REFUSAL);
  });

  test('says why a part of such content cannot be loaded, to the caller and in a warning', async () => {
    const [store, artifacts] = [createMemoryStore(), createMemoryArtifactStore()];
    await (await aPagefold({ store, artifacts })).session('long', TENANT).userSays(LONG);
    const warnings: RuntimeWarning[] = [];
    const onWarning = (warning: RuntimeWarning): void => void warnings.push(warning);
    const session = (await aPagefold({ store, onWarning })).session('long', TENANT);
    const [event] = await collect(session.events.list());
    const pageId = partId({ content: event!.archive!, number: 1 });

    expect(await session.memory.fault(pageId)).toMatchObject({
      kind: 'failed',
      code: 'LOAD_FAILED',
      cause: { message: expect.stringContaining('without an artifact store') },
    });

    expect(warnings).toMatchObject([{ code: 'CONTENT_UNREACHABLE', sessionId: 'long' }]);
  });

  test('is not kept from removing a session by what its caller wrote into metadata', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s');
    await session.userSays('Hello.', { metadata: { guards: { snapshot: 'mine' } } });

    await session.delete();

    expect(await session.exists()).toBe(false);
  });

  test('does not pass over a fork whose origin is gone when it erases a user', async () => {
    const [store, artifacts] = [createMemoryStore(), createMemoryArtifactStore()];
    const withStore = await aPagefold({ store, artifacts });
    const user = { ...TENANT, userId: 'ann' };
    const origin = withStore.session('origin', user);
    await origin.userSays('Hello.');
    const fork = await origin.fork({ sessionId: 'long' });
    await fork.userSays(LONG);
    await store.erase({
      scope: { kind: 'session', key: { ...TENANT, sessionId: 'origin' } },
    } as never);

    await expect((await aPagefold({ store })).erase(user)).rejects.toMatchObject(REFUSAL);

    expect(await heldBy(artifacts)).toEqual(['long']);
    expect(await withStore.erase(user)).toMatchObject({ artifacts: 1 });
  });

  test('removes nothing of a tree in which content is out of reach', async () => {
    const { withStore, without } = await runtimes();
    const root = withStore.session('short', TENANT);
    for (const sessionId of ['a', 'b', 'c']) await root.fork({ sessionId });
    await withStore.session('b', TENANT).userSays(LONG);

    await expect(
      without.session('short', TENANT).delete({ children: 'cascade' }),
    ).rejects.toMatchObject({ ...REFUSAL, data: { sessionId: 'b' } });

    const rest = await collect(without.sessions(TENANT));
    expect(rest.map(({ key }) => key.sessionId).toSorted()).toEqual([
      'a',
      'b',
      'c',
      'long',
      'short',
    ]);
  });
});
