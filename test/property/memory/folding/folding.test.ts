import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type JsonValue, toText } from '../../../../src/domain/json.ts';
import type { FoldablePage } from '../../../../src/domain/foldable-page.ts';
import type { FoldLevel } from '../../../../src/memory/folding/level-limits.ts';
import { CompressorRegistry } from '../../../../src/memory/folding/compressor-registry.ts';
import { foldText } from '../../../../src/memory/folding/fold-text.ts';
import { aPage, COUNTING, tokens } from '../../../lib/folding.ts';

const registry = CompressorRegistry.default(COUNTING);
const LONE_SURROGATE = /\p{Surrogate}/u;
const LEVELS: readonly FoldLevel[] = [1, 2, 3];

const word = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      'the',
      'server',
      'decided',
      'not',
      'Oslo',
      'userId',
      'is',
      'and',
      'Ämter',
    ),
  },
  { weight: 2, arbitrary: fc.stringMatching(/^[A-Za-z]{1,12}$/) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('3.14', '$1,250.50', '2026-03-14', '12:30', '-40', '99%', 'v2.10.3'),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('https://example.org/a/b?c=1&d=2', 'http://a.io/x', 'src/index.ts'),
  },
  { weight: 1, arbitrary: fc.constantFrom('👩‍👩‍👧‍👦', '🇩🇪', '我们决定', 'e\u0301', '한국어', 'ก็ได้') },
);
const separator = fc.constantFrom(
  ' ',
  ' ',
  ' ',
  ' ',
  '. ',
  '! ',
  '。',
  '\n',
  '\n\n',
  ', ',
  '\r\n',
  '\n- ',
  '\n1. ',
  '\n## ',
  '\n```\n',
  '\n| ',
);
const prose = fc
  .array(fc.tuple(word, separator), { maxLength: 120 })
  .map((parts) => parts.map((part) => part.join('')).join(''));
const anyText = fc.oneof(prose, fc.string({ unit: 'binary', maxLength: 600 }));
const focus = fc.option(prose, { nil: undefined, freq: 1 });

const page: fc.Arbitrary<FoldablePage> = fc.oneof(
  anyText.map((content) => aPage({ content })),
  fc
    .jsonValue({ maxDepth: 6 })
    .map((value) => aPage({ modality: 'structured', content: value as JsonValue })),
  fc
    .array(fc.record({ id: fc.nat(), note: prose, error: fc.option(word) }), { maxLength: 30 })
    .map((content) => aPage({ modality: 'structured', content })),
  fc
    .record({
      modality: fc.constantFrom('image', 'audio', 'video'),
      caption: fc.option(prose),
      transcript: fc.option(prose),
      tokens: fc.option(fc.nat(5_000)),
      durationSeconds: fc.option(fc.nat(9_000)),
      scenes: fc.array(fc.record({ atSeconds: fc.nat(900), description: prose }), { maxLength: 4 }),
    })
    .map((fields) => aPage({ ...fields, content: null })),
);

describe('compressPage', () => {
  test('never makes a page longer, and a higher level never takes more than a lower one', async () => {
    await fc.assert(
      fc.asyncProperty(page, focus, async (original, towards) => {
        let most = Number.POSITIVE_INFINITY;
        for (const level of LEVELS) {
          const folded = await registry.compressPage(original, { level, focus: towards });
          expect(folded.kind === 'kept' ? folded.reason : 'folded').not.toBe('failed');
          expect(folded.compressedTokens).toBeLessThanOrEqual(
            Math.min(most, folded.originalTokens),
          );
          expect(folded.tokensSaved > 0).toBe(folded.kind === 'folded');
          expect(folded.compressedTokens).toBe(
            folded.kind === 'folded' ? tokens(toText(folded.content)) : folded.originalTokens,
          );
          most = folded.compressedTokens;
        }
      }),
      { numRuns: 150 },
    );
  });

  test('changes nothing when it is repeated, neither on the page nor on what it gave', async () => {
    await fc.assert(
      fc.asyncProperty(
        page,
        focus,
        fc.constantFrom(...LEVELS),
        async (original, towards, level) => {
          const folded = await registry.compressPage(original, { level, focus: towards });
          const repeated = await registry.compressPage(original, { level, focus: towards });
          const again = await registry.compressPage(
            { ...original, content: folded.content, level: folded.levelAfter },
            { level: folded.levelAfter },
          );

          expect(repeated).toEqual(folded);
          expect(again).toMatchObject({
            kind: 'kept',
            content: folded.content,
            reason: 'at-level',
          });
        },
      ),
      { numRuns: 100 },
    );
  });

  test('gives JSON for the text of JSON', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.jsonValue({ maxDepth: 6 }),
        fc.constantFrom(...LEVELS),
        async (value, level) => {
          const text = JSON.stringify([value, value]);
          const folded = await registry.compressPage(
            aPage({ modality: 'structured', content: text }),
            { level },
          );

          expect(() => JSON.parse(folded.content as string) as unknown).not.toThrow();
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe('foldText', () => {
  test('keeps to its tokens, tears no character apart, and makes up no number and no link', () => {
    fc.assert(
      fc.property(anyText, focus, fc.nat(120), (text, towards, maxTokens) => {
        const folded = foldText(text, { maxTokens, focus: towards, counting: COUNTING });

        expect(folded.tokens).toBe(tokens(folded.text));
        expect(folded.tokens).toBeLessThanOrEqual(maxTokens);
        expect(LONE_SURROGATE.test(folded.text) && !LONE_SURROGATE.test(text)).toBe(false);
      }),
      { numRuns: 400 },
    );
  });

  test('keeps numbers and links as they stand in the text', () => {
    const exact = /https?:\/\/[\w./?=&-]+|[$-]?\d[\d.,:/%-]*\d%?|\d/gu;
    fc.assert(
      fc.property(prose, focus, fc.integer({ min: 4, max: 120 }), (text, towards, maxTokens) => {
        const { text: folded } = foldText(text, { maxTokens, focus: towards, counting: COUNTING });
        const found = (where: string): readonly string[] =>
          (where.match(exact) ?? []).map((match) => match.replace(/^[$-]|[.,:!?/。-]+$/gu, ''));
        const whole = new Set(found(text));

        for (const kept of found(folded)) expect(whole).toContain(kept);
      }),
      { numRuns: 400 },
    );
  });
});
