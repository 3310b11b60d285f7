import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MODALITIES, PAGE_LEVELS } from '../../../../src/domain/page.ts';
import { DEFAULT_FAULT_POLICY } from '../../../../src/domain/paging-policy.ts';
import type { AvailablePage } from '../../../../src/memory/context/context-plan.ts';
import { fitManifest } from '../../../../src/memory/context/fit-manifest.ts';
import {
  buildManifest,
  type Manifest,
  manifestBlock,
  type ManifestSource,
} from '../../../../src/memory/context/manifest.ts';
import { ManifestText } from '../../../../src/memory/context/manifest-text.ts';
import { textHead } from '../../../../src/memory/context/text-head.ts';
import { createTokenCounter } from '../../../../src/tokens/token-counter.ts';
import { hostileText } from './hostile.ts';

const counter = createTokenCounter();

function countTokens(text: string): number {
  return counter.countText(text, 'gpt-4o');
}

const hint = fc.oneof(hostileText, fc.string({ minLength: 20, maxLength: 150 }));
const pages = { maxLength: 30, size: 'max' } as const;

const available: fc.Arbitrary<readonly AvailablePage[]> = fc
  .uniqueArray(fc.tuple(fc.oneof(hostileText, fc.string({ minLength: 1 })), hint), {
    ...pages,
    selector: ([pageId]) => pageId,
  })
  .map((named) =>
    named.map(([pageId, text], at) => ({
      page: {
        pageId: `a${at} ${pageId}`,
        pageType: 'transcript',
        modality: 'text',
        hint: text,
        importance: 0.5,
      },
      tier: 'L2',
      levels: [0, 2],
      tokens: 40,
    })),
  );

const workingSet = fc
  .array(
    fc.record({
      modality: fc.constantFrom(...MODALITIES),
      level: fc.constantFrom(...PAGE_LEVELS),
      tokens: fc.nat(5_000),
      importance: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    pages,
  )
  .map((shown) => shown.map((page, at) => ({ pageId: `msg_${at}`, ...page })));

const sources: fc.Arbitrary<ManifestSource> = fc.record({
  sessionId: hostileText,
  workingSet,
  available,
  policy: fc.constant(DEFAULT_FAULT_POLICY),
});

const limits = fc.record({ maxEntries: fc.integer({ min: 1, max: 40 }), maxTokens: fc.nat(2_500) });

interface Part {
  readonly working: number;
  readonly available: number;
  readonly hintLength: number;
}

function partOf(manifest: Manifest, part: Part): Manifest {
  const free = manifest.available_pages.slice(0, part.available);
  return {
    ...manifest,
    working_set: manifest.working_set.slice(0, part.working),
    available_pages: free.map((page) => ({ ...page, hint: textHead(page.hint, part.hintLength) })),
  };
}

/** What `fitManifest` does, by trying every number of pages, each time with a manifest that is written anew. */
function plainlyFitted(
  source: ManifestSource,
  { maxEntries, maxTokens }: { readonly maxEntries: number; readonly maxTokens: number },
): Manifest | null {
  const whole = buildManifest(source, { maxEntries });
  const fits = (part: Part): boolean =>
    countTokens(manifestBlock(partOf(whole, part))) <= maxTokens;
  const all = { working: whole.working_set.length, available: whole.available_pages.length };
  let working = all.available === 0 ? all.working : 0;
  const cost = (count: number): number =>
    whole.working_set
      .slice(0, count)
      .reduce(
        (sum, page) => sum + countTokens(`${JSON.stringify(page).replaceAll('<', '\\u003c')},`),
        0,
      );
  while (
    working < Math.min(all.working, Math.ceil(maxEntries / 4)) &&
    cost(working + 1) <= Math.floor(maxTokens / 4)
  )
    working += 1;
  const parts: Part[] = [{ ...all, hintLength: 120 }];
  for (const hintLength of [120, 60, 24]) parts.push({ ...all, working, hintLength });
  for (let free = all.available; free > 0; free -= 1) {
    parts.push({ working, available: free, hintLength: 24 });
  }
  for (const free of all.available > 0 ? [1, 0] : [0]) {
    for (let count = all.working; count >= 0; count -= 1) {
      parts.push({ working: count, available: free, hintLength: 24 });
    }
  }
  const found = parts.find((part) => part.working + part.available > 0 && fits(part));
  return found === undefined ? null : partOf(whole, found);
}

describe('fitManifest', () => {
  test('gives what trying every number of pages gives, and its bytes', () => {
    fc.assert(
      fc.property(sources, limits, (source, limit) => {
        const fitted = fitManifest(source, { ...limit, countTokens });

        const plain = plainlyFitted(source, limit);

        expect(fitted?.manifest ?? null).toEqual(plain);
        if (plain === null) return;
        expect(fitted?.text).toBe(manifestBlock(plain));
        expect(fitted?.tokens).toBe(countTokens(manifestBlock(plain)));
      }),
    );
  });

  test('M-W11: names a page that can be loaded wherever one entry fits', () => {
    fc.assert(
      fc.property(sources, fc.nat(400), (source, spare) => {
        fc.pre(source.available.length > 0);
        const least = partOf(buildManifest(source), { working: 0, available: 1, hintLength: 24 });
        const maxTokens = countTokens(manifestBlock(least)) + spare;

        const fitted = fitManifest(source, { maxTokens, countTokens })!;

        expect(fitted.tokens).toBeLessThanOrEqual(maxTokens);
        expect(fitted.manifest.available_pages.length).toBeGreaterThan(0);
      }),
    );
  });

  test('counts a few times where there is much to leave out', () => {
    fc.assert(
      fc.property(sources, limits, (source, limit) => {
        let blocks = 0;
        const counting = (text: string): number => {
          if (text.startsWith('<VM:')) blocks += 1;
          return countTokens(text);
        };

        fitManifest(source, { ...limit, countTokens: counting });

        expect(blocks).toBeLessThanOrEqual(13);
      }),
    );
  });
});

describe('ManifestText', () => {
  test('M-131: puts together the bytes of any part of a manifest', () => {
    fc.assert(
      fc.property(
        sources,
        fc.record({ working: fc.nat(32), available: fc.nat(32), hintLength: fc.nat(130) }),
        (source, part) => {
          const manifest = buildManifest(source);
          const text = new ManifestText(manifest);

          expect(text.manifest(part)).toEqual(partOf(manifest, part));
          expect(text.block(part)).toBe(manifestBlock(partOf(manifest, part)));
        },
      ),
    );
  });
});
