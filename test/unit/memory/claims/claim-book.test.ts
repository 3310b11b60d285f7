import { describe, expect, test } from 'vitest';
import type { ClaimDraft } from '../../../../src/domain/claim.ts';
import { InvalidInput } from '../../../../src/domain/errors.ts';
import { ClaimBook } from '../../../../src/memory/claims/claim-book.ts';
import { createClaimExtractor } from '../../../../src/memory/claims/claim-extractor.ts';
import { aDraft, aMessage } from '../../../lib/claims.ts';

function bookOf(...drafts: readonly ClaimDraft[]): ClaimBook {
  const book = new ClaimBook();
  for (const [index, draft] of drafts.entries()) {
    book.add(draft, { claimId: `claim_${index + 1}`, position: index + 1 });
  }
  return book;
}

/** A book of what was said, one message after the other. */
function bookOfMessages(...texts: readonly string[]): ClaimBook {
  const { extract } = createClaimExtractor();
  return bookOf(...texts.flatMap((text) => [...extract(aMessage(text))]));
}

function activeTexts(book: ClaimBook): readonly string[] {
  return book.active().map(({ text }) => text);
}

describe('ClaimBook', () => {
  test('a later claim about the same thing takes the place of the earlier one, which stays', () => {
    const book = bookOf(aDraft('database', 'postgres'), aDraft('launch', 'may'));
    const change = book.add(aDraft('database', 'mysql'), { claimId: 'claim_9', position: 9 });

    expect(change).toMatchObject({ superseded: ['claim_1'], isRepeated: false });
    expect(book.find('claim_1')).toMatchObject({ status: 'superseded', supersededBy: 'claim_9' });
    expect(book.active().map(({ claimId }) => claimId)).toEqual(['claim_9', 'claim_2']);
    expect(book.size).toBe(3);
  });

  test.each([
    ['Correction: the launch date is May 5.', 'Actually, the launch date is not May 5.'],
    ['The budget is $12,000.', 'Actually, the budget is not $12,000.'],
    ['The price is not $40.', 'The price is $40.'],
  ])('what is denied is no longer so, and is not said again: %s %s', (first, second) => {
    const book = bookOfMessages(first, second);
    expect(activeTexts(book)).toEqual([second.replace(/^Actually, /, '')]);
    expect(book.all().map(({ timesSaid }) => timesSaid)).toEqual([1, 1]);
  });

  test('that one thing is not so says nothing against another', () => {
    const book = bookOfMessages('My name is Alice.', 'My name is not Bob.');
    expect(activeTexts(book).toSorted()).toEqual(['My name is Alice.', 'My name is not Bob.']);
  });

  test('what was said before is not added again', () => {
    const book = bookOf(aDraft('database', 'postgres'));
    const change = book.add(aDraft('database', 'postgres', { importance: 0.95 }), {
      claimId: 'claim_2',
      position: 2,
    });

    expect(change).toMatchObject({ isRepeated: true, superseded: [] });
    expect(change.claim).toMatchObject({ claimId: 'claim_1', timesSaid: 2, importance: 0.95 });
    expect(book.size).toBe(1);
  });

  test('a claim that was said before one that is known is no longer so from the beginning', () => {
    const book = new ClaimBook();
    book.add(aDraft('database', 'mysql'), { claimId: 'claim_9', position: 9 });
    const change = book.add(aDraft('database', 'postgres'), { claimId: 'claim_3', position: 3 });

    expect(change.claim).toMatchObject({ status: 'superseded', supersededBy: 'claim_9' });
    expect(activeTexts(book)).toEqual(['database is mysql']);
  });

  test('claims without a subject do not meet', () => {
    expect(bookOf(aDraft('', 'one'), aDraft('', 'two')).active()).toHaveLength(2);
  });

  test.each([
    ['We decided to use Postgres for the database.', 'Use MySQL instead of Postgres.'],
    ['We decided to use Redis for caching.', 'We no longer use Redis.'],
    ['The launch budget is $40k.', 'Actually, make it $50k.'],
    ['The kickoff is Monday.', "Sorry, it's Friday."],
    ['We decided to use Redis for caching.', "Actually, let's use Varnish for the cache layer."],
    ['I live in London.', 'I live in Paris now.'],
    ['I like pizza.', "I don't like pizza anymore."],
    ['I prefer tabs over spaces.', 'I prefer spaces over tabs.'],
    ['We agreed to meet every Monday.', 'The meeting is no longer on Monday.'],
  ])('after %o, %o takes its place', (before, after) => {
    const book = bookOfMessages(before, after);

    expect(book.all().map(({ status }) => status)).toEqual(['superseded', 'active']);
  });

  test.each([
    ['We decided to use Postgres for the database.', 'We decided to use Redis for caching.'],
    ['The marketing budget is $40k.', 'The travel budget is $9k.'],
    ['I like pizza.', 'I like tea.'],
    ['The kickoff is Monday.', 'Actually, the price is $40.'],
    ['We decided to use Postgres for the database.', 'Use Vue instead of React.'],
  ])('after %o, %o stands beside it', (before, after) => {
    const book = bookOfMessages(before, after);

    expect(book.all().map(({ status }) => status)).toEqual(['active', 'active']);
  });

  test('corrections of corrections find what they are about', () => {
    const book = bookOfMessages(
      'We decided to use Postgres for the database.',
      'Use MySQL instead of Postgres.',
      'Use SQLite instead of MySQL.',
      "Let's go with Postgres for the database.",
    );

    expect(activeTexts(book)).toEqual(["Let's go with Postgres for the database."]);
    expect(book.all().map(({ supersededBy }) => supersededBy)).toEqual([
      'claim_2',
      'claim_3',
      'claim_4',
      null,
    ]);
  });

  test('the weakest make room, and come back when there is room again', () => {
    const book = new ClaimBook({ maxActive: 2 });
    const add = (subject: string, importance: number, position: number) =>
      book.add(aDraft(subject, `${position}`, { importance }), {
        claimId: `c${position}`,
        position,
      });

    add('a', 0.5, 1);
    add('b', 0.9, 2);
    const third = add('c', 0.7, 3);
    expect(third.deactivated).toEqual(['c1']);
    expect(add('d', 0.1, 4)).toMatchObject({ deactivated: [], claim: { status: 'inactive' } });
    expect(book.find('c1')?.status).toBe('inactive');

    const [first] = book.active();
    expect(first?.claimId).toBe('c2');
    expect(add('b', 0.2, 5)).toMatchObject({
      superseded: ['c2'],
      reactivated: ['c1'],
      claim: { status: 'inactive' },
    });
    expect(book.active().map(({ claimId }) => claimId)).toEqual(['c3', 'c1']);
  });

  test('goes on from plain data', () => {
    const book = bookOf(aDraft('database', 'postgres'), aDraft('launch', 'may'));
    const again = new ClaimBook({}, JSON.parse(JSON.stringify(book.all())));
    const change = again.add(aDraft('launch', 'june'), { claimId: 'claim_3', position: 3 });

    expect(change.superseded).toEqual(['claim_2']);
    expect(again.size).toBe(3);
  });

  test('refuses an id that is taken, unknown options and data that is none', () => {
    const book = bookOf(aDraft('a', 'b'));

    expect(() => book.add(aDraft('c', 'd'), { claimId: 'claim_1', position: 5 })).toThrow(
      InvalidInput,
    );
    expect(() => new ClaimBook({ maxActive: 0 })).toThrow('maxActive');
    expect(() => new ClaimBook({}, [{ text: 'x' }] as never)).toThrow(InvalidInput);
  });
});
