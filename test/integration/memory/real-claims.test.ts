import { describe, expect, test } from 'vitest';
import type { ClaimDraft } from '../../../src/domain/claim.ts';
import { ClaimBook } from '../../../src/memory/claims/claim-book.ts';
import { createClaimExtractor } from '../../../src/memory/claims/claim-extractor.ts';
import { createTokenCounter } from '../../../src/tokens/token-counter.ts';
import { hasConversations, messagesOf } from './real-claims.ts';

const { extract } = createClaimExtractor();

const found = new Map<string, readonly ClaimDraft[]>();

/** Read once, because a file takes a while. */
function claimsIn(file: string): readonly ClaimDraft[] {
  const claims = found.get(file) ?? messagesOf(file).flatMap((message) => [...extract(message)]);
  found.set(file, claims);
  return claims;
}

describe.runIf(hasConversations)('claims of real conversations', () => {
  test('are short, few, and in the words of their message', () => {
    const counter = createTokenCounter();
    for (const file of ['beam-100k.json', 'locomo.json']) {
      const messages = new Map(messagesOf(file).map((message) => [message.pageId, message]));
      const claims = claimsIn(file);
      const tokens = claims.map(({ text }) => counter.countText(text, 'gpt-4o'));

      expect(Math.max(...tokens)).toBeLessThanOrEqual(44);
      expect(tokens.reduce((sum, count) => sum + count, 0) / claims.length).toBeLessThan(22);
      expect(claims.length).toBeGreaterThan(100);
      expect(claims.length).toBeLessThan(messages.size / 5);
      for (const { text, provenance } of claims) {
        const said = messages.get(provenance[0]!)!.text.replace(/[*_]/g, '').replace(/\s+/g, ' ');
        expect(said).toContain(text.replace(/…$/, '').replace(/[*_]/g, ''));
      }
    }
  });

  test.each([
    ['decision', "I've decided against microservices for now"],
    ['decision', 'I agreed with Shannon to limit my late-night study sessions to 10 PM'],
    ['preference', 'Always use APA 7th edition citation style'],
    ['preference', 'Always provide temperature readings in Celsius'],
    ['preference', 'I prefer detailed proofs with diagrams'],
    ['fact', "I'm Craig, a 44-year-old colour technologist"],
    ['fact', "I've never submitted my cover letter to Greg for review"],
    ['fact', "I've added 52 sources to my Zotero library"],
    ['correction', 'I switched from Microsoft Word to Scrivener on May 5'],
    ['plan', "I'm planning to conduct interviews with 7 Montserrat filmmakers"],
  ])('find the %s %o', (kind, text) => {
    const claims = claimsIn('beam-100k.json').filter((claim) => claim.text.startsWith(text));

    expect(claims.map((claim) => claim.kind)).toContain(kind);
  });

  test('hold no questions and nothing that might be', () => {
    const doubtful = [...claimsIn('beam-100k.json'), ...claimsIn('locomo.json')].filter(
      ({ text }) => /\?$|\b(?:maybe|perhaps|should we)\b/i.test(text),
    );

    expect(doubtful.map(({ text }) => text)).toEqual([]);
  });
});

const NOISE = [
  'Should we use Redis for sessions?',
  'Thanks, that helps a lot.',
  'Can you show me an example in Python?',
  'Maybe we could move the launch to Canada?',
  'The log says "we decided to use Oracle for the database".',
  '```ts\n// we decided to use Mongo for the database\nconst budget = 10;\n```',
  'If the tests fail, we would go with Jenkins for builds.',
  'I was thinking about Vue for the frontend.',
  'Hmm, interesting. How does that scale?',
];

/** A conversation of five topics with noise around each decision. */
function conversation(decisions: readonly string[]): readonly string[] {
  return decisions.flatMap((decision, index) => [
    NOISE[index % NOISE.length]!,
    `Okay. ${decision} What do you think?`,
    NOISE[(index + 4) % NOISE.length]!,
  ]);
}

describe('claims of a conversation of five topics', () => {
  const decisions = [
    'We decided to use PostgreSQL for the database.',
    "Let's go with React for the frontend.",
    'The launch is on March 14.',
    'The marketing budget is $40k.',
    'Agreed: on-call rotates weekly.',
  ];

  function bookOf(messages: readonly string[]): ClaimBook {
    const book = new ClaimBook();
    for (const [position, text] of messages.entries()) {
      const source = {
        pageId: `msg_${position}`,
        role: 'user',
        text,
        createdAtMs: position,
      } as const;
      for (const [index, draft] of extract(source).entries()) {
        book.add(draft, { claimId: `claim_${position}_${index}`, position });
      }
    }
    return book;
  }

  test('M-203: all five are found, and nothing else', () => {
    const book = bookOf(conversation(decisions));

    expect(book.all().map(({ text }) => text)).toEqual(decisions);
  });

  test('M-203: corrections take the place of what they correct, however much was said in between', () => {
    const book = bookOf([
      ...conversation(decisions),
      ...NOISE,
      "Actually, let's use MySQL for the database.",
      ...NOISE,
      'The launch moved to April 2.',
      'Use Svelte instead of React.',
    ]);

    expect(
      book
        .active()
        .map(({ text }) => text)
        .toSorted(),
    ).toEqual(
      [
        "let's use MySQL for the database.",
        'Agreed: on-call rotates weekly.',
        'The launch moved to April 2.',
        'The marketing budget is $40k.',
        'Use Svelte instead of React.',
      ].toSorted(),
    );
    const superseded = book.all().filter(({ status }) => status === 'superseded');
    expect(superseded.map(({ text }) => text)).toEqual(decisions.slice(0, 3));
  });
});
