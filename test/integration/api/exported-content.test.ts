import { describe, expect, test } from 'vitest';
import {
  type ArtifactStore,
  createMemoryArtifactStore,
  type RuntimeWarning,
  type SessionManager,
  StorageError,
} from '../../../src/index.ts';
import { aPagefold, aStore, collect } from './a-pagefold.ts';

/** Of several lines of an export, with characters of all lengths. */
const LONG = 'größe 数量 🚢 and so on. '.repeat(40_000);
const KEY = { tenant: 'default', sessionId: 's' };

/** The lines of a session that said something long and had something long from a tool, and was then deleted. */
async function anExport(artifacts: ArtifactStore = createMemoryArtifactStore()): Promise<string[]> {
  const pagefold = await aPagefold({ artifacts });
  const session = pagefold.session('s');
  await session.userSays(LONG);
  await session.toolUsed({ toolName: 'rows', result: { rows: [LONG] } });
  const lines = await collect(session.export());
  await session.delete();
  return lines;
}

async function contentsOf(session: SessionManager): Promise<readonly (string | null)[]> {
  const events = await collect(session.events.list());
  return Promise.all(
    events.flatMap(({ archive }) =>
      archive === undefined ? [] : [session.memory.archive.read(archive)],
    ),
  );
}

const isContent = (line: string): boolean => line.startsWith('{"content"');

describe('an export', () => {
  test.each([
    ['under its id', {}],
    ['under another one', { sessionId: 'copy' }],
    ['in another tenant', { tenant: 'other' }],
  ] as const)('brings along what was too large for records: %s', async (_name, target) => {
    const lines = await anExport();
    const parts = lines.filter(isContent);
    expect(parts.length).toBeGreaterThan(8);
    for (const line of parts) {
      const { text } = JSON.parse(line) as { readonly text: string };
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(262_144 + 3);
    }
    const pagefold = await aPagefold({ artifacts: createMemoryArtifactStore() });

    const result = await pagefold.importSession(lines, target);

    expect(result).toEqual({ key: { ...KEY, ...target }, records: 3, missingContents: 0 });
    const session = pagefold.session(result.key.sessionId, { tenant: result.key.tenant });
    expect(await contentsOf(session)).toEqual([LONG, JSON.stringify({ rows: [LONG] })]);
    expect(await pagefold.collectArtifacts({ graceMs: 0 })).toMatchObject({ removed: 0 });
    expect(await session.memory.archive.collect({ graceMs: 0 })).toMatchObject({ removed: 0 });
    const again = await collect(session.export());
    expect(again.filter(isContent)).toHaveLength(parts.length);
  });

  test('of what was imported under its id is the same', async () => {
    const lines = await anExport();
    const pagefold = await aPagefold({ artifacts: createMemoryArtifactStore() });
    await pagefold.importSession(lines);
    expect(await collect(pagefold.session('s').export())).toEqual(lines);
  });

  test('names content that is gone, and an import tells of it', async () => {
    const artifacts = createMemoryArtifactStore();
    const pagefold = await aPagefold({ artifacts });
    const session = pagefold.session('s');
    await session.userSays(LONG);
    await artifacts.deleteSession(KEY);
    const lines = await collect(session.export());
    expect(lines.filter(isContent)).toEqual([expect.stringContaining('"missing":true')]);
    const warnings: RuntimeWarning[] = [];
    const onWarning = (warning: RuntimeWarning): void => void warnings.push(warning);
    const other = await aPagefold({ onWarning });

    expect(await other.importSession(lines)).toMatchObject({ missingContents: 1 });
    expect(warnings).toMatchObject([{ code: 'CONTENT_MISSING', ...KEY }]);
  });

  test('is refused where there is no artifact store, since it would be taken for a whole one', async () => {
    const [store, artifacts] = [aStore(), createMemoryArtifactStore()];
    const pagefold = await aPagefold({ store, artifacts });
    await pagefold.session('s').userSays(LONG);
    const without = await aPagefold({ store });

    await expect(collect(without.session('s').export())).rejects.toMatchObject({
      code: 'INVALID_SESSION_OPERATION',
      message: expect.stringContaining('opened without one'),
    });
    await without.session('short').userSays('Hello.');
    const lines = await collect(without.session('short').export());
    expect(await pagefold.importSession(lines, { sessionId: 'copy' })).toMatchObject({
      missingContents: 0,
    });
  });
});

describe('an import', () => {
  test('tells of content that was taken before its records came, and brings it back when it is repeated', async () => {
    const lines = await anExport();
    const warnings: string[] = [];
    const onWarning = ({ code }: RuntimeWarning): void => void warnings.push(code);
    const pagefold = await aPagefold({ artifacts: createMemoryArtifactStore(), onWarning });
    async function* slowly(): AsyncGenerator<string> {
      yield* lines.slice(0, -1);
      await pagefold.collectArtifacts({ graceMs: 0 });
      yield* lines.slice(-1);
    }

    expect(await pagefold.importSession(slowly())).toMatchObject({ missingContents: 1 });
    expect(warnings).toEqual(['CONTENT_MISSING']);
    const session = pagefold.session('s');
    expect((await contentsOf(session))[0]).toBeNull();

    await expect(pagefold.importSession(lines)).rejects.toMatchObject({
      code: 'SESSION_ALREADY_EXISTS',
      data: { importedRecords: 3 },
    });
    expect(await contentsOf(session)).toEqual([LONG, JSON.stringify({ rows: [LONG] })]);
  });

  test('stays when nobody can say whether its content is there', async () => {
    const lines = await anExport();
    const artifacts: ArtifactStore = Object.assign(createMemoryArtifactStore(), {
      has: () => Promise.reject(new StorageError({ operation: 'has', message: 'no disk' })),
    });
    const pagefold = await aPagefold({ artifacts });

    await expect(pagefold.importSession(lines)).rejects.toMatchObject({
      code: 'UNKNOWN_OUTCOME',
      cause: { code: 'STORAGE_ERROR' },
    });

    expect(await collect(pagefold.session('s').events.list())).toHaveLength(2);
  });

  test('leaves no content with a session that has the id', async () => {
    const lines = await anExport();
    const artifacts = createMemoryArtifactStore();
    const pagefold = await aPagefold({ artifacts });
    await pagefold.session('s').userSays('Hello.');

    await expect(pagefold.importSession(lines)).rejects.toMatchObject({
      code: 'SESSION_ALREADY_EXISTS',
    });

    expect(await collect(artifacts.listSessions())).toEqual([]);
  });

  test('is refused without a place for the content, and records nothing', async () => {
    const pagefold = await aPagefold();
    await expect(pagefold.importSession(await anExport())).rejects.toMatchObject({
      code: 'INVALID_SESSION_OPERATION',
      message: expect.stringContaining('without an artifact store'),
    });
    expect(await pagefold.session('s').exists()).toBe(false);
  });

  test.each([
    ['a part is missing', (parts) => parts.toSpliced(1, 1), 'part: expected part 2'],
    ['the rest is cut off', (parts) => parts.slice(0, -1), 'contents: expected lines of all'],
    ['all of it is cut off', () => [], 'contents: expected lines of all'],
    ['it comes twice', (parts) => [...parts, ...parts], 'content: expected content that a record'],
    [
      'a character is another',
      (parts) => [parts[0]!.replace('größe', 'Größe'), ...parts.slice(1)],
      'text: expected the content that its id',
    ],
    [
      'there is more of it than the record says',
      (parts) => [parts[0]!.replace('größe', 'größe'.repeat(400_000)), ...parts.slice(1)],
      'text: expected',
    ],
    ['it is of no record', (parts) => [parts[0]!.replace('"s"', '"t"')], 'content: expected'],
    ['it has another shape', () => ['{"content":{}}'], 'line 5'],
  ] satisfies readonly (readonly [string, (parts: string[]) => string[], string])[])(
    'is refused where %s',
    async (_name, change, message) => {
      const lines = await anExport();
      const pagefold = await aPagefold({ artifacts: createMemoryArtifactStore() });
      const records = lines.filter((line) => !isContent(line));
      const changed = [...records, ...change(lines.filter(isContent))];

      await expect(pagefold.importSession(changed)).rejects.toMatchObject({
        code: 'INVALID_INPUT',
        message: expect.stringContaining(message),
      });

      expect(await pagefold.session('s').exists()).toBe(false);
      expect(await pagefold.collectArtifacts({ graceMs: 0 })).toMatchObject({ young: 0 });
    },
  );
});
