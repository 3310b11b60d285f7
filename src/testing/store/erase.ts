import { expect } from 'vitest';
import type { SessionKey } from '../../domain/ids.ts';
import type { Store } from '../../store/store.ts';
import { aCount, aKey, anAppend, someRecords } from '../store-builders.ts';
import { recorded, wholeLog } from './outcomes.ts';
import type { StoreCases } from './store-subject.ts';

const { tenant } = aKey();

/** A session with everything a session can have. */
async function createFull(
  store: Store,
  parts: { readonly key: SessionKey; readonly userId: string },
): Promise<void> {
  const { key, userId } = parts;
  const { point } = await recorded(
    store,
    anAppend({
      key,
      labels: { userId, properties: { plan: 'pro' } },
      records: someRecords(3),
      counters: aCount({ events: 3, tokens: 30, costPico: 300n }),
      outbox: { add: [{ id: 'work', dueAtMs: 1 }] },
    }),
  );
  await store.saveSnapshot({ key, snapshot: { point, body: 'state' } });
}

/** Erasure on request of the person concerned. */
export const eraseCases: StoreCases = {
  'erases one session and leaves nothing of it': async ({ store, clock }) => {
    const key = aKey();
    await createFull(store, { key, userId: 'ada' });
    await createFull(store, { key: aKey({ sessionId: 'kept' }), userId: 'ada' });
    expect(await store.erase({ scope: { kind: 'session', key } })).toEqual({
      scope: 'session',
      tenant,
      sessions: 1,
      records: 3,
      snapshots: 1,
      outboxEntries: 1,
      erasedAtMs: clock.nowMs(),
    });
    expect(await store.load({ key })).toEqual({ kind: 'missing' });
    const page = await store.list({ tenant, order: 'created', limit: 10, userId: 'ada' });
    expect(page.heads.map((head) => head.key.sessionId)).toEqual(['kept']);
    expect(await store.dueOutbox({ dueBeforeMs: 10, limit: 10 })).toHaveLength(1);
    expect(await store.tenantUsage({ tenant })).toMatchObject({
      events: 3,
      tokens: 30,
      costPico: 300n,
    });
  },

  'erases everything of a user and nothing else': async ({ store }) => {
    const ids = Array.from({ length: 10 }, (_, index) => `s${index}`);
    await Promise.all(
      ids.map((sessionId, index) =>
        createFull(store, { key: aKey({ sessionId }), userId: index % 2 === 0 ? 'ada' : 'bob' }),
      ),
    );
    const receipt = await store.erase({ scope: { kind: 'user', tenant, userId: 'ada' } });
    expect(receipt).toMatchObject({
      scope: 'user',
      tenant,
      sessions: 5,
      records: 15,
      snapshots: 5,
      outboxEntries: 5,
    });
    const page = await store.list({ tenant, order: 'created', limit: 100 });
    expect(page.heads.every((head) => head.labels.userId === 'bob')).toBe(true);
    expect(page.heads).toHaveLength(5);
    expect(await store.tenantUsage({ tenant })).toMatchObject({ events: 15, costPico: 1500n });
  },

  'leaves sessions of a user that are there where only remnants are to go': async ({ store }) => {
    const ids = Array.from({ length: 250 }, (_, index) => `s${index}`);
    await Promise.all(
      ids.map((sessionId) => createFull(store, { key: aKey({ sessionId }), userId: 'ada' })),
    );
    await store.remove({ key: aKey({ sessionId: 's7' }) });
    const scope = { kind: 'user', tenant, userId: 'ada', remnantsOnly: true } as const;
    expect(await store.erase({ scope })).toMatchObject({ sessions: 0, records: 0 });
    const page = await store.list({ tenant, userId: 'ada', order: 'created', limit: 1000 });
    expect(page.heads).toHaveLength(249);
    expect(await store.load({ key: aKey({ sessionId: 's8' }) })).toMatchObject({ kind: 'found' });
  },

  'erases a tenant with all its sums, deleted sessions included': async ({ store }) => {
    await createFull(store, { key: aKey(), userId: 'ada' });
    await createFull(store, { key: aKey({ sessionId: 'deleted' }), userId: 'ada' });
    await store.remove({ key: aKey({ sessionId: 'deleted' }) });
    expect(await store.tenantUsage({ tenant })).toMatchObject({ events: 6 });
    expect(await store.erase({ scope: { kind: 'tenant', tenant } })).toMatchObject({
      sessions: 1,
      records: 3,
    });
    const nothing = {
      events: 0,
      messages: 0,
      toolCalls: 0,
      unpricedCalls: 0,
      tokens: 0,
      costPico: 0n,
    };
    expect(await store.tenantUsage({ tenant })).toEqual(nothing);
    expect(await store.list({ tenant, order: 'created', limit: 10 })).toEqual({
      heads: [],
      cursor: null,
    });
  },

  'spares a session that grew or was created anew meanwhile': async ({ store }) => {
    const key = aKey();
    const { point } = await recorded(store, anAppend());
    const scope = { kind: 'session', key } as const;
    const { incarnation, version } = point;
    expect(await store.erase({ scope: { ...scope, incarnation: 'other' } })).toMatchObject({
      sessions: 0,
    });
    expect(await store.erase({ scope: { ...scope, version: version + 1 } })).toMatchObject({
      sessions: 0,
    });
    expect(await store.erase({ scope: { ...scope, incarnation, version } })).toMatchObject({
      sessions: 1,
      records: 1,
    });
  },

  'erasing nothing gives a receipt of nothing': async ({ store }) => {
    const nothing = { sessions: 0, records: 0, snapshots: 0, outboxEntries: 0 };
    expect(await store.erase({ scope: { kind: 'session', key: aKey() } })).toMatchObject(nothing);
    expect(await store.erase({ scope: { kind: 'user', tenant, userId: 'ada' } })).toMatchObject(
      nothing,
    );
    expect(await store.erase({ scope: { kind: 'tenant', tenant } })).toMatchObject(nothing);
  },

  'no late write brings an erased session back': async ({ store }) => {
    const created = anAppend();
    const first = await recorded(store, created);
    await store.erase({ scope: { kind: 'tenant', tenant } });
    expect(await store.append(created)).toEqual({ kind: 'gone', wasRecorded: true });
    const late = anAppend({ known: first.point, write: { writer: 'writer-2', operation: 1 } });
    expect(await store.append(late)).toEqual({ kind: 'gone', wasRecorded: false });
    expect(await wholeLog(store, aKey())).toEqual([]);
  },

  'a deleted session stays in the sums of its tenant': async ({ store }) => {
    await createFull(store, { key: aKey(), userId: 'ada' });
    await store.remove({ key: aKey() });
    expect(await store.tenantUsage({ tenant })).toMatchObject({
      events: 3,
      tokens: 30,
      costPico: 300n,
    });
  },
};
