import { expect, inject, onTestFinished, test, vi } from 'vitest';
import { toText } from '../../../src/domain/json.ts';
import {
  createExtractClaims,
  createRedisQueue,
  createRedisStore,
  type Job,
  type JobOutcome,
  openPagefold,
} from '../../../src/index.ts';
import { aNamespace } from '../../lib/redis/stores.ts';

const url = inject('redisUrl');

test('a job of a service’s own: claims are found by a model off the path of calls, once however often it is done', async () => {
  const namespace = aNamespace();
  const store = createRedisStore({ url, namespace });
  const pagefold = await openPagefold({ store, tokens: 'estimate' });
  const queue = createRedisQueue({ url, namespace, name: 'claims' });
  onTestFinished(async () => {
    await queue.close();
    await pagefold.close();
    await store.close();
  });
  const extract = createExtractClaims({
    extractFn: () => [{ kind: 'preference', text: 'The user prefers window seats' }],
  });
  const session = pagefold.session('s');
  const { eventId } = await session.recordUser('A window, please: I prefer window seats.');
  // References only; whoever does it reads the log.
  await queue.enqueue({
    id: `claims__${eventId}`,
    kind: 'claims',
    tenant: 'default',
    payload: { sessionId: 's', eventId },
  });

  let tries = 0;
  const findClaims = async ({ payload }: Job, signal: AbortSignal): Promise<JobOutcome> => {
    const own = pagefold.session(toText(payload['sessionId'] ?? null));
    const id = toText(payload['eventId'] ?? null);
    const event = await own.events.find(id);
    const [page] = (await own.memory.pages()).filter(({ pageType }) => pageType === 'transcript');
    if (event === null || page === undefined) return { kind: 'done' };
    const text = toText(event.message);
    const source = { pageId: page.pageId, role: 'user', text, createdAtMs: 0 } as const;
    const { drafts, origin } = await extract(source, signal);
    if (origin !== 'model') return { kind: 'failed', reason: 'the model did not answer' };
    await Promise.all(
      drafts.map((draft, at) =>
        own.memory.write({
          content: draft.text,
          pageType: 'claim',
          provenance: draft.provenance,
          importance: draft.importance,
          idempotencyKey: `claims/${id}/${at}`,
        }),
      ),
    );
    tries += 1;
    // As a process that dies once it has written.
    return tries === 1 ? { kind: 'failed', reason: 'lost' } : { kind: 'done' };
  };
  queue.consume({ concurrency: 4, handle: (job, { signal }) => findClaims(job, signal) });

  await vi.waitFor(() => expect(tries).toBe(2), { timeout: 20_000 });
  const notes = (await session.memory.pages()).filter(({ pageId }) => pageId.startsWith('note_'));
  expect(notes).toMatchObject([{ pageType: 'claim' }]);
  const [found] = await session.memory.search('The user prefers window seats');
  expect(found?.pageId).toBe(notes[0]?.pageId);
});
