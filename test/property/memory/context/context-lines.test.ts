import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contextLine } from '../../../../src/memory/context/context-line.ts';
import { ContextPacker } from '../../../../src/memory/context/context-packer.ts';
import { withoutInlineData } from '../../../../src/memory/context/inline-data.ts';
import { createTokenCounter } from '../../../../src/tokens/token-counter.ts';
import { aPage } from '../../../unit/memory/context/a-page.ts';
import { hostileEntry, hostilePage, hostileText } from './hostile.ts';

const counter = createTokenCounter();

function count(text: string): number {
  return counter.countText(text, 'gpt-4o');
}

/** Splits a line of a block into what it says; knows nothing of how lines are made but their grammar. */
function readLine(line: string): {
  readonly prefix: string;
  readonly id: string;
  readonly body: string;
} {
  const head =
    /^(?<prefix>[UATSIDVJ?])(?: (?:"(?:[^"\\]|\\.)*"|[^"()]+))? \((?<id>"(?:[^"\\]|\\.)*"|[^\s"()]+)\): (?<body>.*)$/u.exec(
      line,
    );
  const { prefix = '', id = '', body = '' } = head?.groups ?? {};
  return { prefix, id: id.startsWith('"') ? String(JSON.parse(id)) : id, body };
}

describe('a block of pages', () => {
  test('M-118 M-W10: gives back exactly the ids and texts that went into it', () => {
    const texts = fc.array(fc.tuple(hostileText, hostileText, fc.option(hostileText)));
    fc.assert(
      fc.property(texts, (pages) => {
        const packer = new ContextPacker({ countTokens: (text) => text.length });
        const candidates = pages.map(([pageId, content, speaker]) => ({
          page: aPage({ pageId, content, speaker, role: 'user' }),
        }));

        const { content } = packer.packWithWrapper(candidates);

        if (pages.length === 0) return;
        const lines = content.split('\n');
        expect(lines[0]).toBe('<VM:CONTEXT>');
        expect(lines.at(-1)).toBe('</VM:CONTEXT>');
        expect(
          lines
            .slice(1, -1)
            .map(readLine)
            .map(({ id, body }) => [id, JSON.parse(body)]),
        ).toEqual(pages.map(([pageId, text]) => [pageId, withoutInlineData(text)]));
      }),
    );
  });

  test('M-118 M-W10: every page is one line of its grammar without any delimiter', () => {
    fc.assert(
      fc.property(hostileEntry, fc.boolean(), (entry, includeTimestamps) => {
        const line = contextLine(entry, { includeTimestamps });

        expect(line).not.toMatch(/[\n\r\u0085\u2028\u2029]/);
        expect(line).not.toMatch(/<\s*\/?\s*VM\s*:/i);
        expect(line).toMatch(/^[UATSIDVJ?][ :]/);
        if (includeTimestamps) return;
        const { id, body } = readLine(line);
        expect(id).toBe(entry.page.pageId);
        expect(body).toMatch(/^(?:".*"|\[.*\]|\{.*\}|-?[\d.eE+-]+|true|false)$/);
      }),
    );
  });
});

describe('ContextPacker', () => {
  const candidates = fc.array(
    fc.record({
      page: hostilePage,
      isPinned: fc.boolean(),
      forms: fc.option(
        fc.tuple(hostileText, hostileText).map(
          ([long, short]) =>
            [
              { level: 0, text: long + short },
              { level: 2, text: short },
            ] as const,
        ),
        { nil: undefined },
      ),
    }),
    { maxLength: 6 },
  );

  test('M-121 M-W12: never exceeds its budget, counts the whole, and tells the fate of every page', () => {
    const counters = fc.constantFrom(
      count,
      (text: string) => Math.floor(text.length / 4),
      (text: string) => text.length,
      (text: string) => Math.ceil(Math.sqrt(text.length)),
    );
    fc.assert(
      fc.property(candidates, counters, fc.nat(300), (pages, countTokens, maxTokens) => {
        const packer = new ContextPacker({ countTokens, minCutTokens: 5 });
        for (const packed of [
          packer.pack(pages, maxTokens),
          packer.packWithWrapper(pages, maxTokens),
        ]) {
          expect(packed.tokens).toBeLessThanOrEqual(maxTokens);
          expect(packed.tokens).toBe(countTokens(packed.content));
          expect([...packed.pagesIncluded, ...packed.pagesOmitted].toSorted()).toEqual(
            pages.map(({ page }) => page.pageId).toSorted(),
          );
          expect(packed.pagesIncluded).toEqual(packed.entries.map(({ page }) => page.pageId));
        }
      }),
    );
  });

  test('M-121: a budget that is exactly enough leaves nothing out', () => {
    const counters = fc.constantFrom(count, (text: string) => text.length);
    fc.assert(
      fc.property(candidates, counters, (pages, countTokens) => {
        const packer = new ContextPacker({ countTokens });
        const whole = packer.pack(pages);
        const wrapped = packer.packWithWrapper(pages);

        expect(packer.pack(pages, whole.tokens)).toEqual(whole);
        expect(packer.packWithWrapper(pages, wrapped.tokens)).toEqual(wrapped);
        expect(whole.pagesOmitted).toEqual([]);
      }),
    );
  });
});
