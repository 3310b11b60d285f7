import { describe, expect, test } from 'vitest';
import type { ClaimExtractFn } from '../../../../src/domain/claim-options.ts';
import { createExtractClaims } from '../../../../src/memory/claims/extract-claims.ts';
import { virtualClock } from '../../../../src/testing/virtual-clock.ts';
import { aMessage } from '../../../lib/claims.ts';

const MESSAGE = aMessage('We decided to use Redis for caching, because it is fast.');

function extractWith(extractFn: ClaimExtractFn) {
  return createExtractClaims({ extractFn });
}

describe('createExtractClaims', () => {
  test('without a model, rules find the claims', async () => {
    const { drafts, origin, failure } = await createExtractClaims()(MESSAGE);

    expect(drafts.map(({ text }) => text)).toEqual([MESSAGE.text]);
    expect([origin, failure]).toEqual(['rules', null]);
  });

  test('a model is asked, and its claims are of the message', async () => {
    const extract = extractWith(async ({ text }, { maxClaims, maxTokens }) => [
      {
        kind: 'decision',
        text: `Redis, ${maxClaims} ${maxTokens} ${text.length}`,
        subject: 'Caching',
      },
    ]);

    expect(await extract(MESSAGE)).toEqual({
      drafts: [
        {
          kind: 'decision',
          text: 'Redis, 5 40 56',
          subject: 'cach',
          value: 'redis 5 40 56',
          replaces: [],
          importance: 0.9,
          provenance: ['msg_1'],
          role: 'user',
          createdAtMs: 1_000,
        },
      ],
      origin: 'model',
      failure: null,
    });
  });

  test('a model may find nothing, and what it finds is cut to what may be kept', async () => {
    const many = Array.from({ length: 9 }, (_, index) => ({
      kind: 'fact',
      text: `Redis ${'is quick and '.repeat(40)}`,
      importance: index / 10,
    }));

    expect(await extractWith(() => [])(MESSAGE)).toMatchObject({ drafts: [], origin: 'model' });
    const { drafts } = await extractWith(() => many)(MESSAGE);
    expect(drafts.map(({ importance }) => importance)).toEqual([0.4, 0.5, 0.6, 0.7, 0.8]);
    expect(drafts.every(({ text }) => text.endsWith('…') && text.length < 200)).toBe(true);
  });

  test.each([
    ['malformed', null],
    ['malformed', 'Redis'],
    ['malformed', [{ kind: 'guess', text: 'Redis' }]],
    ['malformed', [{ kind: 'fact', text: '' }]],
    ['malformed', [{ kind: 'fact', text: 'Redis', importance: 7 }]],
    ['ungrounded', [{ kind: 'fact', text: 'The moon consists of cheese' }]],
  ])('rules stand in for an answer that is %s: %o', async (reason, answer) => {
    const { drafts, origin, failure } = await extractWith(() => answer)(MESSAGE);

    expect(drafts).toHaveLength(1);
    expect([origin, failure?.reason]).toEqual(['rules', reason]);
  });

  test('rules stand in for a model that throws', async () => {
    const cause = new Error('no quota');
    const sync = extractWith(() => {
      throw cause;
    });
    const later = extractWith(async () => {
      throw cause;
    });

    expect(await sync(MESSAGE)).toMatchObject({
      origin: 'rules',
      failure: { reason: 'failed', cause },
    });
    expect(await later(MESSAGE)).toMatchObject({
      origin: 'rules',
      failure: { reason: 'failed', cause },
    });
  });

  test('rules stand in for a model that takes too long, and it is told to stop', async () => {
    const clock = virtualClock();
    let stopped = false;
    const extract = createExtractClaims({
      clock,
      timeoutMs: 500,
      extractFn: (_, { signal }) => {
        signal.addEventListener('abort', () => (stopped = true));
        return new Promise(() => undefined);
      },
    });

    const extraction = extract(MESSAGE);
    clock.advance(500);

    expect(await extraction).toMatchObject({ origin: 'rules', failure: { reason: 'timed-out' } });
    expect(stopped).toBe(true);
  });

  test('a caller who gave up gets what rules find', async () => {
    const extract = extractWith(() => []);

    expect(await extract(MESSAGE, AbortSignal.abort())).toMatchObject({
      origin: 'rules',
      failure: { reason: 'aborted' },
    });
  });

  test('what a tool gave is not shown to the model', async () => {
    const extract = extractWith(() => [{ kind: 'fact', text: 'Redis' }]);

    expect(await extract({ ...MESSAGE, role: 'tool' })).toEqual({
      drafts: [],
      origin: 'rules',
      failure: null,
    });
  });
});
