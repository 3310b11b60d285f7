import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CLAIM_KINDS } from '../../../../src/domain/claim.ts';
import type { Claim, ClaimDraft } from '../../../../src/domain/claim.ts';
import { ClaimBook } from '../../../../src/memory/claims/claim-book.ts';
import { createClaimExtractor } from '../../../../src/memory/claims/claim-extractor.ts';
import { aDraft, aMessage } from '../../../lib/claims.ts';

const anyDraft: fc.Arbitrary<ClaimDraft> = fc
  .record({
    kind: fc.constantFrom(...CLAIM_KINDS),
    subject: fc.constantFrom('', 'a', 'b', 'a b', 'c'),
    value: fc.constantFrom('x', 'y', 'z'),
    replaces: fc.constantFrom([], ['x'], ['a', 'y']),
    importance: fc.constantFrom(0.1, 0.5, 0.9),
  })
  .map(({ subject, value, ...fields }) => aDraft(subject, value, fields));
const anyDrafts = fc.array(anyDraft, { maxLength: 30 });

function addAll(book: ClaimBook, drafts: readonly ClaimDraft[], from: number = 0): ClaimBook {
  for (const [index, draft] of drafts.entries()) {
    const position = from + index;
    book.add(draft, { claimId: `claim_${position}`, position });
  }
  return book;
}

describe('ClaimBook', () => {
  test('nothing is lost, the active ones are bounded, and what is no longer so says why', () => {
    fc.assert(
      fc.property(anyDrafts, fc.integer({ min: 1, max: 6 }), (drafts, maxActive) => {
        const book = addAll(new ClaimBook({ maxActive }), drafts);
        const claims = book.all();
        const said = claims.reduce((sum, { timesSaid }) => sum + timesSaid, 0);

        expect(said).toBe(drafts.length);
        expect(book.active().length).toBeLessThanOrEqual(maxActive);
        for (const claim of claims) {
          expect(claim.supersededBy !== null).toBe(claim.status === 'superseded');
          if (claim.supersededBy === null) continue;
          expect(book.find(claim.supersededBy)!.position).toBeGreaterThan(claim.position);
        }
      }),
    );
  });

  test('the active claims are the strongest, and no two of them contradict', () => {
    fc.assert(
      fc.property(anyDrafts, fc.integer({ min: 1, max: 6 }), (drafts, maxActive) => {
        const book = addAll(new ClaimBook({ maxActive }), drafts);
        const inactive = book.all().filter(({ status }) => status === 'inactive');
        const active = book.active();
        const live: readonly Claim[] = [...active, ...inactive];
        const subjects = live.map(({ subject }) => subject).filter((subject) => subject !== '');

        expect(new Set(subjects).size).toBe(subjects.length);
        if (inactive.length === 0) return;
        expect(active).toHaveLength(maxActive);
        const weakest = Math.min(...active.map(({ importance }) => importance));
        const strongest = Math.max(...inactive.map(({ importance }) => importance));
        expect(weakest).toBeGreaterThanOrEqual(strongest);
      }),
    );
  });

  test('a book that goes on from what was stored is the book that never stopped', () => {
    fc.assert(
      fc.property(anyDrafts, anyDrafts, (before, after) => {
        const options = { maxActive: 4 };
        const first = addAll(new ClaimBook(options), before);
        const again = new ClaimBook(options, JSON.parse(JSON.stringify(first.all())));

        addAll(first, after, before.length);
        addAll(again, after, before.length);

        expect(again.all()).toEqual(first.all());
        expect(again.active()).toEqual(first.active());
      }),
    );
  });
});

describe('createClaimExtractor', () => {
  const piece = fc.constantFrom(
    'We decided to use ',
    'the budget is $40k',
    'I prefer ',
    'Redis',
    '. ',
    ', ',
    '?',
    '"',
    '“',
    '```\n',
    '\n',
    'instead of ',
    'actually ',
    'maybe ',
    '🙂',
    'no longer ',
    ' ',
    '*',
  );
  const anyText = fc.oneof(
    fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join('')),
    fc.string({ unit: 'binary' }),
  );

  test('any text gives few and short claims, the same each time', () => {
    const { extract } = createClaimExtractor({ maxClaims: 3, maxTokens: 20 });
    fc.assert(
      fc.property(anyText, (text) => {
        const drafts = extract(aMessage(text));

        expect(extract(aMessage(text))).toEqual(drafts);
        expect(drafts.length).toBeLessThanOrEqual(3);
        for (const draft of drafts) {
          expect(draft.text).toMatch(/^[^\n]{1,160}$/u);
          expect(draft.subject.length).toBeLessThan(300);
        }
      }),
    );
  });
});
