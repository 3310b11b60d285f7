import { describe, expect, test } from 'vitest';
import { InvalidInput } from '../../../../src/domain/errors.ts';
import { createClaimExtractor } from '../../../../src/memory/claims/claim-extractor.ts';
import { ENGLISH_CLAIM_PHRASES } from '../../../../src/memory/claims/claim-phrases.ts';
import type { ClaimExtractorOptions } from '../../../../src/memory/claims/claim-settings.ts';
import { aMessage } from '../../../lib/claims.ts';

const extractor = createClaimExtractor();

/** The claims of a message as `kind: text`. */
function claimsOf(text: string, options?: ClaimExtractorOptions): readonly string[] {
  const { extract } = options === undefined ? extractor : createClaimExtractor(options);
  return extract(aMessage(text)).map((claim) => `${claim.kind}: ${claim.text}`);
}

function subjectsOf(...texts: readonly string[]): readonly string[] {
  return texts.map((text) => extractor.extract(aMessage(text))[0]?.subject ?? 'none');
}

describe('createClaimExtractor', () => {
  test.each([
    'We decided to use PostgreSQL for the main database.',
    "Let's go with Redis for caching.",
    "We'll use Kubernetes for the workers.",
    'We agreed to meet every Monday at 10:00.',
    'Decision: authentication will be passkeys.',
    'Agreed: deploys happen on Tuesdays.',
    'We’ve chosen React for the frontend.',
    'The final decision is to move the office to Leeds.',
  ])('finds the decision in %o', (text) => {
    expect(claimsOf(text)).toEqual([`decision: ${text}`]);
  });

  test.each([
    'The budget is $40k for marketing.',
    'The deadline is March 14.',
    'My name is Ada Lovelace.',
    'I live in Lisbon.',
    "I'm allergic to peanuts.",
    'My manager is Priya.',
    'I have three children.',
    'Budget: $12,000',
  ])('finds the fact in %o', (text) => {
    expect(claimsOf(text)).toEqual([`fact: ${text}`]);
  });

  test.each([
    'I prefer tabs over spaces.',
    "I don't like meetings before ten.",
    'Always answer in French.',
    'Never deploy on Fridays.',
    'My favourite colour is green.',
    'I really love hiking in autumn.',
  ])('finds the preference in %o', (text) => {
    expect(claimsOf(text)).toEqual([`preference: ${text}`]);
  });

  test.each([
    'The plan is to ship the beta in June.',
    'Our goal is a working demo.',
    "We're planning to hire two engineers.",
  ])('finds the plan in %o', (text) => {
    expect(claimsOf(text)).toEqual([`plan: ${text}`]);
  });

  test.each([
    "Actually, let's use MySQL for the database.",
    'Use Vue instead of React.',
    'Instead of React, use Vue.',
    'The launch date changed to April 2.',
    'We no longer use Redis.',
    'The meeting is no longer on Monday.',
    'We changed the release date from May 3 to May 10.',
    'Scratch that, use Vue for the frontend.',
    'Correction: the budget is $60k.',
  ])('finds the correction in %o', (text) => {
    expect(extractor.extract(aMessage(text)).map(({ kind }) => kind)).toEqual(['correction']);
  });

  test.each([
    'Should we use Redis?',
    'Did we decide to use Redis?',
    'Maybe we could use Kafka.',
    "We'll use Kafka, maybe.",
    "If we grow, we'll use Kafka.",
    "I'm not sure we agreed to use Redis.",
    'What if we decided to use Go?',
    "Let's say we decided to use Go.",
    'We haven’t decided to use Rust.',
    'Suppose the budget is $40k.',
    'He said "we decided to use Oracle" yesterday.',
    'They wrote “the budget is $40k” on the board.',
    '> we decided to use Cassandra',
    '```\nwe decided to use Mongo\n```',
    'The text `we decided to use Mongo` is a test.',
    '# We decided to use Mongo',
    'I love that!',
    'Once I have 3 testers we can start.',
    'Keep going and never give up!',
    'I finally picked up a book.',
    'Thanks, it works now.',
    "I'm 100% sure.",
    'I have two questions.',
    '',
  ])('finds nothing in %o', (text) => {
    expect(claimsOf(text)).toEqual([]);
  });

  test('what is stated before a question counts', () => {
    expect(claimsOf('My budget is $500, can you help me plan?')).toEqual([
      'fact: My budget is $500',
    ]);
  });

  test('keeps the clause that claims, not all around it', () => {
    const text =
      "I've been reading a lot about hosting lately, and we decided to use Hetzner for the servers, but I'm not sure how.";

    expect(claimsOf(text)).toEqual(['decision: we decided to use Hetzner for the servers']);
  });

  test('finds several claims in one sentence', () => {
    expect(subjectsOf('My name is Ada and I live in Rome.')).toEqual(['user: name']);
    const drafts = extractor.extract(aMessage('My name is Ada and I live in Rome.'));
    expect(drafts.map(({ subject, value }) => [subject, value])).toEqual([
      ['user: name', 'ada'],
      ['user: home', 'rome'],
    ]);
  });

  test('a claim tells who said it, when and where', () => {
    const source = { pageId: 'msg_7', role: 'user', createdAtMs: 42, speaker: 'Ada' } as const;

    expect(extractor.extract({ ...source, text: 'I live in Rome.' })).toEqual([
      {
        kind: 'fact',
        text: 'I live in Rome.',
        subject: 'ada: home',
        value: 'rome',
        replaces: [],
        importance: 0.8,
        provenance: ['msg_7'],
        role: 'user',
        createdAtMs: 42,
      },
    ]);
  });

  test('claims about one thing have one subject', () => {
    expect(
      subjectsOf(
        'We decided to use Redis for caching.',
        "Let's go with Varnish for the cache.",
        "We'll use Memcached for caches.",
      ),
    ).toEqual(['cach', 'cach', 'cach']);
    expect(
      subjectsOf('The launch deadline is May 3.', 'The launch deadline moved to May 9.'),
    ).toEqual(['deadlin launch', 'deadlin launch']);
  });

  test('an assistant decides only outright, and tools and systems never do', () => {
    const said = "We decided to use Redis. Let's use a loop. The budget is $40k.";
    const by = (role: 'assistant' | 'tool' | 'system'): readonly string[] =>
      extractor.extract(aMessage(said, { role })).map(({ text }) => text);

    expect(by('assistant')).toEqual(['We decided to use Redis.']);
    expect(by('tool')).toEqual([]);
    expect(by('system')).toEqual([]);
  });

  test('keeps the most important claims of a message, in their order', () => {
    const text = 'I like tea. We decided to use Go for the server. I like rain. The budget is $4.';

    expect(claimsOf(text, { maxClaims: 2 })).toEqual([
      'decision: We decided to use Go for the server.',
      'fact: The budget is $4.',
    ]);
  });

  test('a long claim is cut between words', () => {
    const text = `We decided to use ${'a very long list of things and '.repeat(12)}more`;
    const [claim] = createClaimExtractor({ maxTokens: 12 }).extract(aMessage(text));

    expect(claim?.text).toMatch(/^We decided to use a very .*\w…$/);
    expect(text.startsWith(claim!.text.slice(0, -1))).toBe(true);
  });

  test('counts with what it is given', () => {
    const [claim] = createClaimExtractor({
      maxTokens: 5,
      countTokens: (text) => text.split(' ').length,
    }).extract(aMessage('We decided to use Go for the whole server.'));

    expect(claim?.text).toBe('We decided to use Go…');
  });

  test('phrases of another language can be given', () => {
    const german = { decision: ['wir haben ... entschieden', 'wir nehmen'] };

    expect(claimsOf('Wir nehmen Postgres.', { phrases: german })).toEqual([
      'decision: Wir nehmen Postgres.',
    ]);
    expect(claimsOf('We decided to use Go.', { phrases: german })).toEqual([]);
    expect(ENGLISH_CLAIM_PHRASES.decision.length).toBeGreaterThan(5);
  });

  test.each([
    { maxClaims: 0 },
    { maxTokens: 1.5 },
    { phrases: { decisions: ['x'] } },
    { phrases: { decision: 'x' } },
    { extractFn: 5 },
    { limit: 3 },
  ])('refuses options %o', (options) => {
    expect(() => createClaimExtractor(options as unknown as ClaimExtractorOptions)).toThrow(
      InvalidInput,
    );
  });
});
