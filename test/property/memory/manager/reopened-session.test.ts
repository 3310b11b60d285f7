import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type ArtifactStore,
  createMemoryArtifactStore,
  createMemoryStore,
  openPagefold,
  type Pagefold,
  PagefoldError,
  type SessionManager,
  type Store,
} from '../../../../src/index.ts';

type Step =
  | {
      readonly kind: 'user' | 'picture' | 'answer' | 'ask' | 'result' | 'note';
      readonly words: number;
    }
  | { readonly kind: 'pin' | 'unpin' | 'fault' | 'lookUp'; readonly page: number }
  | { readonly kind: 'build'; readonly share: number };

const KEY = { tenant: 'default', sessionId: 's' } as const;
const MAX_TOKENS = 2_500;
const PICTURE = `data:image/png;base64,${'A'.repeat(200)}`;
const VOCABULARY =
  'rose garden north wall budget plan Kyoto hotel Paris invoice 4711 error ledger cache queue deadline decided must never naïve 日本語 index vector pizza allergy Anna Bob contract 99.50'.split(
    ' ',
  );

const aStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 11,
    arbitrary: fc.record({
      kind: fc.constantFrom('user', 'user', 'picture', 'answer', 'ask', 'result', 'note'),
      words: fc.constantFrom(1, 6, 30, 120, 500),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constantFrom('pin', 'unpin', 'fault', 'lookUp'),
      page: fc.nat({ max: 99 }),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('build'),
      share: fc.constantFrom(1, 1, 1, 0.7, 0.4),
    }),
  },
);

/** Words that depend on their number alone. */
function textOf(number: number, words: number): string {
  let seed = (number * 2654435761) >>> 0;
  return Array.from({ length: words }, (_, index) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    const word = VOCABULARY[(seed >>> 8) % VOCABULARY.length] ?? '';
    return index % 9 === 8 ? `${word}.` : word;
  }).join(' ');
}

/** A session whose runtime is opened anew before each context, or stays. */
class Subject {
  readonly #store: Store = createMemoryStore();
  readonly #artifacts: ArtifactStore = createMemoryArtifactStore();
  readonly #isReopened: boolean;
  #pagefold: Pagefold | null = null;
  #calls = 0;
  #open: string[] = [];

  constructor(isReopened: boolean) {
    this.#isReopened = isReopened;
  }

  /** What a step gives, in so far as a model or a caller sees it. */
  async take(step: Step, number: number): Promise<unknown> {
    try {
      return await this.#take(step, number);
    } catch (error) {
      if (!PagefoldError.isInstance(error)) throw error;
      return error.code;
    }
  }

  async close(): Promise<void> {
    await this.#pagefold?.close();
  }

  async #take(step: Step, number: number): Promise<unknown> {
    const session = await this.#session(step.kind === 'build' && this.#isReopened);
    switch (step.kind) {
      case 'user': {
        await session.userSays(`${textOf(number, step.words)}?`);
        return null;
      }
      case 'picture': {
        const text = textOf(number, Math.min(step.words, 30));
        await session.userSays([
          { type: 'text', text },
          { type: 'image_url', image_url: { url: PICTURE } },
        ]);
        return null;
      }
      case 'answer': {
        await session.aiResponds(textOf(number, step.words), { model: 'm' });
        return null;
      }
      case 'ask': {
        const id = `call-${(this.#calls += 1)}`;
        this.#open.push(id);
        const call = { id, name: 'look', arguments: { of: textOf(number, 2) } };
        await session.aiResponds('', { model: 'm', toolCalls: [call] });
        return null;
      }
      case 'result': {
        const callId = this.#open.shift();
        if (callId === undefined) return null;
        // Long ones are put into the artifact store.
        const result = textOf(number, step.words * 6);
        await session.toolUsed({ callId, toolName: 'look', arguments: {}, result });
        return null;
      }
      case 'note': {
        await session.memory.write({
          content: textOf(number, step.words),
          isPinned: step.words === 6,
        });
        return null;
      }
      case 'build': {
        const options = { maxTokens: Math.floor(MAX_TOKENS * step.share) };
        const { messages, tools, tokens } = await session.memory.buildContext(options);
        const records = (await this.#store.head({ key: KEY }))?.version;
        const again = await session.memory.buildContext(options);
        const isAsBefore =
          plain(again.messages) === plain(messages) &&
          (await this.#store.head({ key: KEY }))?.version === records;
        return { messages, tools, tokens, isAsBefore };
      }
      default: {
        return this.#change(session, step.kind, step.page);
      }
    }
  }

  async #change(
    { memory }: SessionManager,
    kind: 'pin' | 'unpin' | 'fault' | 'lookUp',
    page: number,
  ): Promise<unknown> {
    const pages = await memory.pages();
    const pageId = pages[page % Math.max(1, pages.length)]?.pageId ?? 'none';
    if (kind === 'lookUp')
      return memory.callTool({ name: 'page_fault', arguments: { page_id: pageId } });
    if (kind === 'fault') return (await memory.fault(pageId)).kind;
    await memory[kind](pageId);
    return null;
  }

  async #session(isAnew: boolean): Promise<SessionManager> {
    if (isAnew) await this.#pagefold?.close();
    if (isAnew || this.#pagefold === null)
      this.#pagefold = await openPagefold({
        store: this.#store,
        artifacts: this.#artifacts,
        tokens: 'estimate',
      });
    return this.#pagefold.session(KEY.sessionId, {
      memory: { maxTokens: MAX_TOKENS, artifactBytes: 8_192 },
      infiniteContext: true,
      tokenThreshold: 1_500,
    });
  }
}

/** Ids that a store makes up are not the same twice. */
function plain(answer: unknown): string {
  return JSON.stringify(answer ?? null).replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'id');
}

test('a process that opens a session anew shows a model what one that went on with it does, and both the same again', async () => {
  const property = fc.asyncProperty(
    fc.array(aStep, { minLength: 20, maxLength: 90 }),
    async (steps) => {
      const [kept, reopened] = [new Subject(false), new Subject(true)];
      for (const [number, step] of steps.entries()) {
        // In order: they are steps.
        const [here, there] = [await kept.take(step, number), await reopened.take(step, number)];
        expect(here).not.toMatchObject({ isAsBefore: false });
        expect(plain(there), `step ${number}, ${JSON.stringify(step)}`).toBe(plain(here));
      }
      await kept.close();
      await reopened.close();
    },
  );

  await expect(fc.assert(property, { numRuns: 25, endOnFailure: true })).resolves.toBeUndefined();
}, 120_000);
