import { describe, expect, test } from 'vitest';
import type { FoldablePage } from '../../../../src/domain/foldable-page.ts';
import type { CompressionResult } from '../../../../src/memory/folding/compression-result.ts';
import { CompressorRegistry } from '../../../../src/memory/folding/compressor-registry.ts';
import { durationText } from '../../../../src/memory/folding/media-text.ts';
import { aPage, COUNTING, tokens } from '../../../lib/folding.ts';

async function fold(page: Partial<FoldablePage>, level: 1 | 2 | 3): Promise<CompressionResult> {
  const registry = CompressorRegistry.default(COUNTING);
  return registry.compressPage(aPage({ pageType: 'artifact', ...page }), { level });
}

const IMAGE = { modality: 'image', pageId: 'img1', tokens: 200, content: '<b>' } as const;
const TRANSCRIPT = Array.from(
  { length: 60 },
  (_, index) => `Speaker${index % 3} reports ${index + 10} units from City${index}.`,
).join(' ');

describe('images', () => {
  test('M-106: V11 become their caption, or a mark without one', async () => {
    const caption = 'A cat sitting on a mat';

    expect(await fold({ ...IMAGE, caption }, 2)).toMatchObject({
      content: caption,
      levelAfter: 2,
      originalTokens: 200,
    });
    expect(await fold(IMAGE, 2)).toMatchObject({ content: '[IMAGE]', levelAfter: 2 });
  });

  test('M-106: V11 become a reference by their id', async () => {
    const caption = 'A cat sitting on a mat in the warm light of a late afternoon in October';

    expect(await fold({ ...IMAGE, caption }, 3)).toMatchObject({
      content: '[artifact] image:img1',
      levelAfter: 3,
    });
  });

  test('M-W47: M-112: skip the level that would save nothing', async () => {
    const caption = 'A cat sitting on a mat';

    expect(await fold({ ...IMAGE, caption }, 1)).toMatchObject({
      kind: 'folded',
      content: caption,
      levelBefore: 0,
      levelAfter: 2,
    });
  });

  test('keep a caption that is shorter than a reference', async () => {
    expect(await fold({ ...IMAGE, caption: 'A cat' }, 3)).toMatchObject({
      content: 'A cat',
      levelAfter: 2,
    });
  });

  test('M-W71: never bring their data into a text', async () => {
    const content = `data:image/png;base64,${'iVBORw0KGgo'.repeat(900)}`;

    for (const level of [1, 2, 3] as const) {
      expect((await fold({ modality: 'image', content }, level)).content).not.toContain('iVBOR');
    }
  });
});

describe('audio and video', () => {
  test('M-109: M-W47: audio becomes what was said, then less of it, then a reference', async () => {
    const page = {
      modality: 'audio',
      pageId: 'call-7',
      content: null,
      tokens: 3_000,
      durationSeconds: 205,
      transcript: TRANSCRIPT,
    } as const;
    const [reduced, abstract, reference] = [
      await fold(page, 1),
      await fold(page, 2),
      await fold(page, 3),
    ];

    expect(reduced.content).toBe(`[audio 3:25]\n${TRANSCRIPT}`);
    expect(abstract.content).toMatch(/^\[audio 3:25\]\n.*Speaker\d reports/);
    expect(abstract.compressedTokens).toBeLessThanOrEqual(200);
    expect(reference.content).toMatch(/^\[artifact\] audio:call-7 3:25\n/);
    expect(reference.compressedTokens).toBeLessThanOrEqual(50);
    expect(reference.levelAfter).toBe(3);
  });

  test('M-109: M-W47: video keeps its scenes', async () => {
    const page = {
      modality: 'video',
      content: 'https://example.org/v.mp4',
      tokens: 9_000,
      durationSeconds: 3_723,
      dimensions: [1920, 1080],
      scenes: [
        { atSeconds: 0, description: 'A harbour at dawn' },
        { atSeconds: 61, description: 'Two cranes unload a ship' },
      ],
      caption: 'Port of Rotterdam',
    } as const;

    expect((await fold(page, 1)).content).toBe(
      '[video 1:02:03 1920x1080 2 scenes]\nPort of Rotterdam\n0:00 A harbour at dawn\n1:01 Two cranes unload a ship',
    );
  });

  test('without words are told by what they are', async () => {
    expect(await fold({ modality: 'audio', content: null, tokens: 900 }, 1)).toMatchObject({
      content: '[audio]',
      levelAfter: 1,
    });
    expect(await fold({ modality: 'video', content: null }, 1)).toMatchObject({ kind: 'kept' });
  });

  test('are counted by their words when nobody says what they cost', async () => {
    const folded = await fold({ modality: 'audio', content: null, transcript: TRANSCRIPT }, 1);

    expect(folded.originalTokens).toBe(tokens(TRANSCRIPT));
    expect(folded.compressedTokens).toBeLessThanOrEqual(tokens(TRANSCRIPT) / 2);
  });

  test('fold on from what they were folded to', async () => {
    const page = {
      modality: 'audio',
      durationSeconds: 205,
      transcript: TRANSCRIPT,
      tokens: 3_000,
      content: null,
    } as const;
    const reduced = await fold(page, 1);
    const again = await fold({ ...page, content: reduced.content, level: 1 }, 2);

    expect(again).toMatchObject({ kind: 'folded', levelBefore: 1, levelAfter: 2 });
    expect(again.originalTokens).toBe(reduced.compressedTokens);
  });
});

test('durationText writes times as players do', () => {
  expect([0, 9.6, 61, 3_600].map((seconds) => durationText(seconds))).toEqual([
    '0:00',
    '0:10',
    '1:01',
    '1:00:00',
  ]);
  expect(durationText(null)).toBe('');
});
