import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  createMemoryArtifactStore,
  openPagefold,
  type Pagefold,
  type SessionManager,
} from '../../../src/index.ts';

const MEMORY = { artifactBytes: 8_192 };

/** Any UTF-16 units, so halves of characters stand in it, at its ends and where its parts are cut. */
const texts = fc
  .tuple(
    fc.array(
      fc.oneof(
        fc.constantFrom(
          'row ',
          '\n',
          '"',
          '\\',
          'größe',
          '数量',
          '🚢',
          '\ud83d',
          '\udea2',
          '\u0000',
        ),
        fc.integer({ min: 0, max: 0xff_ff }).map((unit) => String.fromCharCode(unit)),
      ),
      { minLength: 1, maxLength: 40 },
    ),
    fc.integer({ min: 0, max: 30_000 }),
    fc.nat(3),
  )
  .map(([pieces, length, cut]) => {
    const piece = pieces.join('');
    return piece.repeat(Math.ceil((length + 1) / piece.length)).slice(cut);
  });

interface ReadValue {
  readonly value: unknown;
  readonly isArchived: boolean;
}

/** What was said, and what a tool gave, as they are read back. */
async function readBack(session: SessionManager): Promise<readonly ReadValue[]> {
  const values: ReadValue[] = [];
  for await (const { message, archive } of session.events) {
    const { result = message } = message as { readonly result?: unknown };
    if (archive === undefined) values.push({ value: result, isArchived: false });
    else {
      const text = (await session.memory.archive.read(archive))!;
      const isJson = archive.mimeType === 'application/json';
      values.push({ value: isJson ? JSON.parse(text) : text, isArchived: true });
    }
  }
  return values;
}

async function copyOf(pagefold: Pagefold, session: SessionManager): Promise<SessionManager> {
  await pagefold.importSession(session.export(), { sessionId: 'copy' });
  return pagefold.session('copy', { memory: MEMORY });
}

describe('a text of any length', () => {
  test('is read back as it was, also half characters in it and where it was imported', async () => {
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        const open = { tokens: 'estimate', artifacts: createMemoryArtifactStore() } as const;
        await using pagefold = await openPagefold(open);
        const session = pagefold.session('s', { memory: MEMORY });
        await session.userSays(text);
        await session.toolUsed({ toolName: 'read', arguments: {}, result: text });
        await session.toolUsed({ toolName: 'read', arguments: {}, result: { text } });

        const recorded = [text, text, { text }].map((value) => {
          const written = typeof value === 'string' ? value : JSON.stringify(value);
          return { value, isArchived: written.length > MEMORY.artifactBytes };
        });
        expect(await readBack(session)).toEqual(recorded);
        expect(await readBack(await copyOf(pagefold, session))).toEqual(recorded);
      }),
      { numRuns: 60 },
    );
  });
});
