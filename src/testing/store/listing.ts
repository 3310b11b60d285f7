import { expect } from 'vitest';
import type { ListParams, SessionLabels, Store } from '../../store/store.ts';
import { aKey, anAppend } from '../store-builders.ts';
import { recorded, refusal } from './outcomes.ts';
import type { StoreCases, StoreSubject } from './store-subject.ts';

const tenant = aKey().tenant;

/** Creates sessions one millisecond apart, so that every store has the same order. */
async function createInOrder(
  { store, advance }: StoreSubject,
  sessions: Readonly<Record<string, Partial<SessionLabels>>>,
): Promise<void> {
  for (const [sessionId, labels] of Object.entries(sessions)) {
    // In order: listings are sorted by the time of creation.
    await advance(1);
    const params = anAppend({
      key: aKey({ sessionId }),
      labels: { userId: null, properties: {}, ...labels },
    });
    await recorded(store, params);
  }
}

/** Writes to a session once more, one millisecond after everything before. */
async function touch({ store, advance }: StoreSubject, sessionId: string): Promise<void> {
  const key = aKey({ sessionId });
  const loaded = await store.load({ key });
  if (loaded.kind !== 'found') throw new TypeError(`no session ${sessionId}`);
  await advance(1);
  const write = { writer: `toucher-${loaded.point.version}`, operation: 1 };
  await recorded(store, anAppend({ key, known: loaded.point, write }));
}

async function idsOf(store: Store, params: Partial<ListParams>): Promise<readonly string[]> {
  const page = await store.list({ tenant, order: 'created', limit: 1000, ...params });
  return page.heads.map((head) => head.key.sessionId);
}

/** Follows the cursors to the end. */
async function pagesOf(
  store: Store,
  params: Omit<ListParams, 'cursor'>,
): Promise<readonly (readonly string[])[]> {
  const pages: string[][] = [];
  for (let cursor: string | null | undefined; cursor !== null;) {
    // In order: each page says where the next one begins.
    const page = await store.list({ ...params, ...(cursor === undefined ? {} : { cursor }) });
    pages.push(page.heads.map((head) => head.key.sessionId));
    cursor = page.cursor;
  }
  return pages;
}

function numbered(count: number): Readonly<Record<string, Partial<SessionLabels>>> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`s${String(index).padStart(3, '0')}`, {}]),
  );
}

/** Order, pages and cursors. */
export const listingOrderCases: StoreCases = {
  'C-80: lists in order of creation, page by page': async (subject) => {
    await createInOrder(subject, numbered(7));
    const pages = await pagesOf(subject.store, { tenant, order: 'created', limit: 3 });
    expect(pages).toEqual([['s000', 's001', 's002'], ['s003', 's004', 's005'], ['s006']]);
  },

  'lists by latest activity, page by page': async (subject) => {
    await createInOrder(subject, numbered(5));
    await touch(subject, 's001');
    await touch(subject, 's003');
    const pages = await pagesOf(subject.store, { tenant, order: 'updated', limit: 2 });
    expect(pages).toEqual([['s003', 's001'], ['s004', 's002'], ['s000']]);
  },

  'ends with the page that is exactly full': async (subject) => {
    await createInOrder(subject, numbered(4));
    const created = await pagesOf(subject.store, { tenant, order: 'created', limit: 2 });
    const updated = await pagesOf(subject.store, { tenant, order: 'updated', limit: 2 });
    expect([created, updated].map((pages) => pages.length)).toEqual([2, 2]);
  },

  'an empty listing is one empty page': async ({ store }) => {
    expect(await store.list({ tenant, order: 'created', limit: 1 })).toEqual({
      heads: [],
      cursor: null,
    });
    expect(await store.list({ tenant, order: 'updated', limit: 1 })).toEqual({
      heads: [],
      cursor: null,
    });
  },

  'by creation, every session that stays is seen exactly once while others come and go': async (
    subject,
  ) => {
    const { store } = subject;
    await createInOrder(subject, numbered(40));
    const first = await store.list({ tenant, order: 'created', limit: 10 });
    await store.remove({ key: aKey({ sessionId: 's003' }) });
    await store.remove({ key: aKey({ sessionId: 's009' }) });
    await store.remove({ key: aKey({ sessionId: 's015' }) });
    await touch(subject, 's001');
    await touch(subject, 's020');
    await createInOrder(subject, { late: {} });
    const rest = await pagesOf(store, { tenant, order: 'created', limit: 1000 });
    const second = await store.list({
      tenant,
      order: 'created',
      limit: 1000,
      cursor: first.cursor ?? '',
    });
    const seen = [...first.heads, ...second.heads].map((head) => head.key.sessionId);
    const stayed = Object.keys(numbered(40)).filter((id) => !['s003', 's009', 's015'].includes(id));
    expect(seen.filter((id) => stayed.includes(id))).toEqual(stayed);
    expect(rest[0]).toEqual([...stayed, 'late']);
  },

  'by activity, no session is seen twice while sessions are written': async (subject) => {
    await createInOrder(subject, numbered(6));
    const params = { tenant, order: 'updated', limit: 2 } as const;
    const first = await subject.store.list(params);
    await touch(subject, 's001');
    await touch(subject, 's005');
    const second = await subject.store.list({ ...params, limit: 10, cursor: first.cursor ?? '' });
    const seen = [first, second].map((page) => page.heads.map((head) => head.key.sessionId));
    expect(seen).toEqual([
      ['s005', 's004'],
      ['s003', 's002', 's000'],
    ]);
  },

  'refuses cursors that were not made for the listing': async (subject) => {
    await createInOrder(subject, numbered(3));
    const page = await subject.store.list({ tenant, order: 'created', limit: 1 });
    const cursor = page.cursor ?? '';
    const list = (params: Partial<ListParams>): Promise<unknown> =>
      refusal(subject.store.list({ tenant, order: 'created', limit: 1, cursor, ...params }));
    const refused = { code: 'INVALID_INPUT', field: 'cursor' };
    expect(await list({ cursor: '' })).toEqual(refused);
    expect(await list({ cursor: 'nonsense' })).toEqual(refused);
    expect(await list({ cursor: `${cursor}0` })).toEqual(refused);
    expect(await list({ order: 'updated' })).toEqual(refused);
    expect(await list({ tenant: 'other' })).toEqual(refused);
    expect(await list({ userId: 'ada' })).toEqual(refused);
    expect(await list({ properties: { plan: 'pro' } })).toEqual(refused);
    expect(await list({ sessionIdPrefix: 's' })).toEqual(refused);
    expect(await list({ createdFromMs: 0 })).toEqual(refused);
    // Another limit is no other listing.
    expect(await list({ limit: 2 })).toMatchObject({ answered: { cursor: null } });
  },

  'refuses limits out of range': async ({ store }) => {
    const refused = { code: 'INVALID_INPUT', field: 'limit' };
    const limits = [0, 1001, 1.5, Number.NaN];
    const answers = await Promise.all(
      limits.map((limit) => refusal(store.list({ tenant, order: 'created', limit }))),
    );
    expect(answers).toEqual(limits.map(() => refused));
  },
};

/** Conditions of a listing. */
export const listingFilterCases: StoreCases = {
  'C-81: finds the sessions of a user in both orders': async (subject) => {
    await createInOrder(subject, {
      a: { userId: 'ada' },
      b: { userId: 'bob' },
      c: { userId: 'ada' },
      d: {},
      e: { userId: 'ada' },
    });
    await touch(subject, 'a');
    expect(await idsOf(subject.store, { userId: 'ada' })).toEqual(['a', 'c', 'e']);
    expect(await idsOf(subject.store, { userId: 'ada', order: 'updated' })).toEqual([
      'a',
      'e',
      'c',
    ]);
    expect(await idsOf(subject.store, { userId: 'eve' })).toEqual([]);
    const pages = await pagesOf(subject.store, {
      tenant,
      userId: 'ada',
      order: 'updated',
      limit: 1,
    });
    expect(pages).toEqual([['a'], ['e'], ['c']]);
  },

  'C-82: follows a session to its new user, and back into order': async (subject) => {
    await createInOrder(subject, {
      a: { userId: 'ada' },
      b: { userId: 'bob' },
      c: { userId: 'bob' },
    });
    const key = aKey({ sessionId: 'a' });
    const loaded = await subject.store.load({ key });
    if (loaded.kind !== 'found') throw new TypeError('no session a');
    await recorded(
      subject.store,
      anAppend({
        key,
        known: loaded.point,
        write: { writer: 'x', operation: 1 },
        labels: { userId: 'bob', properties: {} },
      }),
    );
    expect(await idsOf(subject.store, { userId: 'ada' })).toEqual([]);
    expect(await idsOf(subject.store, { userId: 'bob' })).toEqual(['a', 'b', 'c']);
  },

  'finds sessions by exact properties': async (subject) => {
    await createInOrder(subject, {
      a: { properties: { plan: 'pro', region: 'eu' } },
      b: { properties: { plan: 'pro' } },
      c: { properties: { plan: 'free', region: 'eu' } },
    });
    expect(await idsOf(subject.store, { properties: { plan: 'pro' } })).toEqual(['a', 'b']);
    expect(await idsOf(subject.store, { properties: { plan: 'pro', region: 'eu' } })).toEqual([
      'a',
    ]);
    expect(await idsOf(subject.store, { properties: { plan: 'pr' } })).toEqual([]);
    expect(await idsOf(subject.store, { properties: { toString: 'x' } })).toEqual([]);
  },

  'finds sessions by the beginning of their id': async (subject) => {
    await createInOrder(subject, { 'web-1': {}, 'app-1': {}, 'web-2': {}, 'we*': {} });
    expect(await idsOf(subject.store, { sessionIdPrefix: 'web-' })).toEqual(['web-1', 'web-2']);
    expect(await idsOf(subject.store, { sessionIdPrefix: 'we*' })).toEqual(['we*']);
    expect(await idsOf(subject.store, { sessionIdPrefix: '' })).toHaveLength(4);
  },

  'finds sessions by time, from inclusive to exclusive': async (subject) => {
    const startMs = subject.clock.nowMs();
    await createInOrder(subject, { a: {}, b: {}, c: {}, d: {} });
    await touch(subject, 'b');
    const { store } = subject;
    expect(
      await idsOf(store, { createdFromMs: startMs + 2, createdBeforeMs: startMs + 4 }),
    ).toEqual(['b', 'c']);
    expect(await idsOf(store, { updatedFromMs: startMs + 4 })).toEqual(['b', 'd']);
    expect(await idsOf(store, { updatedBeforeMs: startMs + 4, order: 'updated' })).toEqual([
      'c',
      'a',
    ]);
    expect(await idsOf(store, { updatedFromMs: startMs + 4, order: 'updated' })).toEqual([
      'b',
      'd',
    ]);
    expect(await idsOf(store, { createdFromMs: startMs + 3, order: 'updated' })).toEqual([
      'd',
      'c',
    ]);
  },

  'joins conditions with and, across pages': async (subject) => {
    const sessions = Object.fromEntries(
      Array.from({ length: 30 }, (_, index) => [
        `${index % 2 === 0 ? 'web' : 'app'}-${index}`,
        {
          userId: index % 3 === 0 ? 'ada' : 'bob',
          properties: { plan: index % 5 === 0 ? 'pro' : 'free' },
        },
      ]),
    );
    await createInOrder(subject, sessions);
    const params = {
      tenant,
      sessionIdPrefix: 'web',
      userId: 'ada',
      properties: { plan: 'free' },
      limit: 1,
    };
    const byCreation = await pagesOf(subject.store, { ...params, order: 'created' });
    expect(byCreation).toEqual([['web-6'], ['web-12'], ['web-18'], ['web-24']]);
    const byActivity = await pagesOf(subject.store, { ...params, order: 'updated' });
    expect(byActivity).toEqual([['web-24'], ['web-18'], ['web-12'], ['web-6']]);
  },
};
