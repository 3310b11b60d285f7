import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  createEncryptedStore,
  createKeyRing,
  createMemoryStore,
  type KeyProvider,
  openPagefold,
  type Store,
} from '../../../src/index.ts';
import { toText } from '../../../src/domain/json.ts';
import { aKey, anAppend } from '../../../src/testing/index.ts';
import { collect } from '../api/a-pagefold.ts';

const SECRET = new Uint8Array(32).fill(1);
const OTHER_SECRET = new Uint8Array(32).fill(2);

function aStore(): Store {
  const store = createMemoryStore();
  onTestFinished(() => store.close());
  return store;
}

function ring(keys: Readonly<Record<string, Uint8Array>>, current: string): KeyProvider {
  return createKeyRing({ keys, current, labels: Object.keys(keys)[0] });
}

const KEYS = ring({ k1: SECRET }, 'k1');

/** What a store really keeps of a session. */
async function storedIn(store: Store, key = aKey()): Promise<readonly string[]> {
  return (await store.read({ key, fromPosition: 1, limit: 100 }))?.records ?? [];
}

/** A store that answers some calls otherwise. */
function changed(store: Store, methods: Partial<Store>): Store {
  return new Proxy(store, {
    get: (target, name) => {
      const member: unknown = Reflect.get(methods, name) ?? Reflect.get(target, name, target);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}

/** A store of which a page of records was exchanged. */
function tampered(store: Store, change: (records: readonly string[]) => readonly string[]): Store {
  return changed(store, {
    read: async (params) => {
      const page = await store.read(params);
      return page === null ? null : { ...page, records: change(page.records) };
    },
  });
}

function readAll(store: Store, key = aKey()): Promise<unknown> {
  return store.read({ key, fromPosition: 1, limit: 100 });
}

describe('an encrypted store', () => {
  test('gives back any text, and hands none of it on', async () => {
    const text = fc.string({ minLength: 8, maxLength: 400, unit: 'grapheme' });
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 5 }), async (records) => {
        const inner = createMemoryStore();
        const store = createEncryptedStore(inner, KEYS);
        await store.append(anAppend({ records }));
        expect(await readAll(store)).toMatchObject({ records });
        const stored = await storedIn(inner);
        expect(records.filter((record, index) => stored[index]?.includes(record))).toEqual([]);
        await inner.close();
      }),
      { numRuns: 40 },
    );
  });

  test('stores equal records differently each time', async () => {
    const inner = aStore();
    await createEncryptedStore(inner, KEYS).append(anAppend({ records: ['same', 'same'] }));
    expect(new Set(await storedIn(inner)).size).toBe(2);
  });

  test.each([
    ['exchanged', (records: readonly string[]) => records.toReversed(), 1],
    ['put in place of another', ([first = '']: readonly string[]) => [first, first], 2],
    ['changed', ([first = '', second = '']: readonly string[]) => [first, bent(second)], 2],
    ['cut off', ([first = '']: readonly string[]) => [first, 'e1.k1.AAAA'], 2],
    ['written in the clear', ([first = '']: readonly string[]) => [first, '1{"type":"x"}'], 2],
  ])('does not give out a record that was %s', async (_how, change, position) => {
    const inner = aStore();
    await createEncryptedStore(inner, KEYS).append(anAppend({ records: ['one', 'two'] }));
    await expect(
      readAll(createEncryptedStore(tampered(inner, change), KEYS)),
    ).rejects.toMatchObject({
      code: 'DECRYPTION_FAILED',
      message: expect.stringContaining(`record ${position} `),
    });
  });

  test.each([
    ['session', aKey({ sessionId: 'other' })],
    ['tenant', aKey({ tenant: 'other' })],
  ])('does not give out a record of another %s', async (_what, other) => {
    const inner = aStore();
    const store = createEncryptedStore(inner, KEYS);
    await store.append(anAppend({ records: ['mine'] }));
    await store.append(anAppend({ key: other, records: ['theirs'] }));
    const theirs = await storedIn(inner, other);
    const moved = createEncryptedStore(
      tampered(inner, () => theirs),
      KEYS,
    );
    await expect(readAll(moved)).rejects.toMatchObject({ code: 'DECRYPTION_FAILED' });
  });

  test('tells a wrong key from one that is gone, and names neither secret nor content', async () => {
    const inner = aStore();
    await createEncryptedStore(inner, KEYS).append(anAppend({ records: ['confidential'] }));
    const wrong = createEncryptedStore(inner, ring({ k1: OTHER_SECRET }, 'k1'));
    await expect(readAll(wrong)).rejects.toMatchObject({ code: 'DECRYPTION_FAILED' });
    const without = createEncryptedStore(inner, ring({ k2: OTHER_SECRET }, 'k2'));
    await expect(readAll(without)).rejects.toMatchObject({
      code: 'KEY_NOT_FOUND',
      message: 'The stored record 1 cannot be read: there is no key k1',
    });
  });

  test('reads what was written before a rotation, and finds sessions by their labels', async () => {
    const inner = aStore();
    const labels = { userId: 'ada', properties: { plan: 'gold' } };
    await createEncryptedStore(inner, KEYS).append(anAppend({ records: ['old'], labels }));
    const rotated = createEncryptedStore(inner, ring({ k1: SECRET, k2: OTHER_SECRET }, 'k2'));
    const second = aKey({ sessionId: 'second' });
    await rotated.append(anAppend({ key: second, records: ['new'], labels }));

    expect(await readAll(rotated)).toMatchObject({ records: ['old'] });
    expect(await readAll(rotated, second)).toMatchObject({ records: ['new'] });
    expect((await storedIn(inner, second))[0]).toMatch(/^e1\.k2\./);
    const asked = { tenant: 'acme', order: 'created', limit: 10 } as const;
    const found = await rotated.list({ ...asked, userId: 'ada', properties: { plan: 'gold' } });
    expect(found.heads.map((head) => head.labels)).toEqual([labels, labels]);
    const stored = (await inner.list(asked)).heads.map((head) => head.labels);
    expect(JSON.stringify(stored)).not.toMatch(/ada|gold/);
    const receipt = await rotated.erase({ scope: { kind: 'user', tenant: 'acme', userId: 'ada' } });
    expect(receipt.sessions).toBe(2);
  });

  test('lists sessions whose key was destroyed, without what it encrypted', async () => {
    const inner = aStore();
    const labels = { userId: 'ada', properties: { plan: 'gold' } };
    await createEncryptedStore(inner, KEYS).append(anAppend({ labels }));
    const left = createEncryptedStore(inner, ring({ k2: OTHER_SECRET }, 'k2'));
    const page = await left.list({ tenant: 'acme', order: 'created', limit: 10 });
    expect(page.heads.map((head) => head.labels)).toEqual([{ userId: null, properties: {} }]);
  });

  test('erases a user of whose sessions some cannot be read any more', async () => {
    const inner = aStore();
    const write = async (keys: KeyProvider, sessionId: string): Promise<void> => {
      const store = createEncryptedStore(inner, keys);
      await using pagefold = await openPagefold({ store, tokens: 'estimate' });
      await pagefold.session(sessionId, { userId: 'ada' }).userSays('hello');
    };
    const secrets = { labels: SECRET, old: OTHER_SECRET, new: new Uint8Array(32).fill(3) };
    await write(createKeyRing({ keys: secrets, current: 'old', labels: 'labels' }), 'a');
    const { old: _destroyed, ...left } = secrets;
    const keys = createKeyRing({ keys: left, current: 'new', labels: 'labels' });
    await write(keys, 'b');

    const store = createEncryptedStore(inner, keys);
    await using pagefold = await openPagefold({ store, tokens: 'estimate' });
    const receipt = await pagefold.erase({ tenant: 'default', userId: 'ada' });
    expect(receipt).toMatchObject({ sessions: 2 });
    expect((await inner.stats()).sessions).toBe(0);
  });

  test('starts from the log when a snapshot cannot be read', async () => {
    const inner = aStore();
    const limits = { snapshotEvents: 2 };
    const write = async (store: Store, texts: readonly string[]): Promise<number> => {
      await using pagefold = await openPagefold({ store, tokens: 'estimate', limits });
      const session = pagefold.session('s');
      for (const text of texts) {
        // In order: they are a conversation.
        await session.userSays(text);
      }
      return (await session.getStats()).totalMessages;
    };
    await write(createEncryptedStore(inner, KEYS), ['a', 'b', 'c']);
    const load: Store['load'] = async (params) => {
      const loaded = await inner.load(params);
      if (loaded.kind !== 'found' || loaded.snapshot === null) return loaded;
      return { ...loaded, snapshot: { ...loaded.snapshot, body: bent(loaded.snapshot.body) } };
    };
    const damaged = changed(inner, { load });
    expect(await write(createEncryptedStore(damaged, KEYS), ['d'])).toBe(4);
  });

  test('says that its provider of keys failed, before anything is recorded', async () => {
    const inner = aStore();
    const fail = (): never => {
      throw new Error('the vault is sealed');
    };
    const store = createEncryptedStore(inner, { current: fail, forLabels: fail, find: fail });
    await expect(store.append(anAppend())).rejects.toMatchObject({
      code: 'STORAGE_ERROR',
      message: 'The provider of keys failed',
    });
    expect(await storedIn(inner)).toEqual([]);
  });

  test('loses nothing when several runtimes write one session at once', async () => {
    const inner = aStore();
    const shared = changed(inner, { isShared: true });
    const writers = ['a', 'b', 'c'];
    await Promise.all(
      writers.map(async (name) => {
        const store = createEncryptedStore(shared, KEYS);
        await using pagefold = await openPagefold({ store, tokens: 'estimate' });
        const session = pagefold.session('s');
        for (let turn = 0; turn < 30; turn += 1) {
          // In order: each is a call of its own.
          await session.userSays(`${name} ${turn}`);
        }
      }),
    );
    await using pagefold = await openPagefold({
      store: createEncryptedStore(shared, KEYS),
      tokens: 'estimate',
    });
    const said = (await pagefold.session('s').getConversation()).map(({ content }) => content);
    for (const name of writers) {
      const own = said.filter((text) => toText(text).startsWith(name));
      expect(own).toEqual(Array.from({ length: 30 }, (_, turn) => `${name} ${turn}`));
    }
  });

  test('exports and imports as any other', async () => {
    await using first = await openPagefold({
      store: createEncryptedStore(aStore(), KEYS),
      tokens: 'estimate',
    });
    await first.session('s').userSays('hello');
    const lines = await collect(first.session('s').export());
    await using second = await openPagefold({ store: aStore(), tokens: 'estimate' });
    const { key } = await second.importSession(lines);
    const copy = second.session(key.sessionId);
    expect((await copy.getConversation()).map(({ content }) => content)).toEqual(['hello']);
  });
});

describe('createKeyRing', () => {
  test.each([
    ['options.keys', { keys: { k: new Uint8Array(31) }, current: 'k' }],
    ['options.keys', { keys: { 'a.b': SECRET }, current: 'a.b' }],
    ['options.keys.<key 0>', { keys: { k: 'not base64!' }, current: 'k' }],
    ['options.current', { keys: { k: SECRET }, current: 'other' }],
    ['options.labels', { keys: { k: SECRET, l: OTHER_SECRET }, current: 'k' }],
    ['options.labels', { keys: { k: SECRET }, current: 'k', labels: 'other' }],
  ])('names %s when it cannot be used', (field, options) => {
    expect(() => createKeyRing(options)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', field }),
    );
  });

  test('asks which of several keys is that of labels', () => {
    const keys = { k: SECRET, l: OTHER_SECRET };
    expect(() => createKeyRing({ keys, current: 'l' })).toThrow(
      'the key that labels were encrypted with first, since there are several keys',
    );
  });

  test('keeps the secret that it was given, in bytes or base64', async () => {
    const bytes = Uint8Array.from(SECRET);
    const keys = createKeyRing({ keys: { k: bytes }, current: 'k' });
    bytes.fill(0);
    const text = createKeyRing({
      keys: { k: Buffer.from(SECRET).toString('base64') },
      current: 'k',
    });
    expect(await keys.find('t', 'k')).toEqual(SECRET);
    expect(await text.find('t', 'k')).toEqual(SECRET);
  });
});

/** The text with another last character but one. */
function bent(text: string): string {
  const at = text.length - 2;
  return `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`;
}
