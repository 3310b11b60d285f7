import { describe, expect, test } from 'vitest';

import { toPicoUsd } from '../../../src/domain/money.ts';
import {
  BACKGROUND_TOKENS,
  MESSAGE_OVERHEAD_TOKENS,
  NOTE_TOKENS,
  REPLY_PRIMER_TOKENS,
} from '../../../src/domain/segment.ts';
import type { Billing } from '../../../src/domain/session-event.ts';
import { aPolicy } from '../../lib/commands.ts';
import { PICO_PER_TOKEN } from '../../lib/environment.ts';
import { aSession, type TestSession } from '../../lib/session.ts';

const OVERHEAD = MESSAGE_OVERHEAD_TOKENS;
const PRIMER = REPLY_PRIMER_TOKENS;
/** A call of which only the result was recorded. */
const BARE_CALL = 'unknown'.length + '{}'.length;

function billingOf(session: TestSession): Billing | null {
  return session.toSession().events.at(-1)?.billing ?? null;
}

/** What the price book of the tests asks for a call of the model `small`. */
function costOf(input: number, output: number): string {
  const { input: perInput, output: perOutput } = PICO_PER_TOKEN['small']!;
  return (BigInt(input) * perInput + BigInt(output) * perOutput).toString();
}

describe('the bill of a model call', () => {
  test('W-48: is estimated from the whole prompt and the answer', () => {
    const session = aSession({ session: { systemPrompt: 'Be kind.' } });
    session.says('12345').answers('123');
    const inputTokens = PRIMER + 8 + 5 + 2 * OVERHEAD;
    expect(billingOf(session)).toEqual({
      origin: 'estimated',
      model: 'small',
      provider: null,
      usage: { inputTokens, outputTokens: 3 },
      estimate: null,
      costPico: costOf(inputTokens, 3),
      costOrigin: 'priced',
    });
  });

  test('W-48: the prompt of a later call holds all that came before, tools included', () => {
    const session = aSession().says('12345').answers('123').usesTool('1234567').answers('1');
    const before = PRIMER + 5 + 3 + BARE_CALL + 7 + 3 * OVERHEAD;
    expect(billingOf(session)?.usage).toEqual({ inputTokens: before, outputTokens: 1 });
  });

  test('W-48: the prompt after a roll-over holds the summary and what is carried', () => {
    const policy = aPolicy({ maxTurnsPerSegment: 2, carryTokens: 1000 });
    const session = aSession({ policy }).says('12345').answers('123').says('1').answers('1');
    const carried = 5 + 3 + 2 * OVERHEAD;
    const summary = session.state.closed[0]!.summary.tokens;
    const notes = BACKGROUND_TOKENS + NOTE_TOKENS + summary;
    expect(billingOf(session)?.usage.inputTokens).toBe(PRIMER + notes + carried + 1 + OVERHEAD);
  });

  test('W-48: who does not divide a conversation sends all of it', () => {
    const session = aSession({ policy: aPolicy({ maxTurnsPerSegment: 2 }) });
    session.says('12345').answers('123').says('1');
    session.policy = null;
    session.answers('12');
    expect(billingOf(session)?.usage.inputTokens).toBe(PRIMER + 5 + 3 + 1 + 3 * OVERHEAD);
  });

  test('W-48: what no prompt shows costs nothing, whoever divided the conversation', () => {
    const session = aSession({ policy: aPolicy({ maxTurnsPerSegment: 2 }) });
    session.says('12345').answers('123').says('1');
    session.record({ message: 'x'.repeat(500), source: 'system', type: 'reference' });
    session.policy = null;
    session.answers('12');
    expect(billingOf(session)?.usage.inputTokens).toBe(PRIMER + 5 + 3 + 1 + 3 * OVERHEAD);
  });

  test('says whether the cost was reported, and nothing where there is none', () => {
    const session = aSession().answers('a', { reportedCostPico: toPicoUsd(7n) });
    expect(billingOf(session)?.costOrigin).toBe('reported');
    session.answers('a', { model: 'my-own' });
    expect(billingOf(session)).not.toHaveProperty('costOrigin');
  });

  test('C-55: what the provider reports beats the estimate, and both are kept', () => {
    const reportedUsage = { inputTokens: 100, cacheReadTokens: 40, outputTokens: 20 };
    const session = aSession().says('12345').answers('123', { reportedUsage, provider: 'acme' });
    expect(billingOf(session)).toEqual({
      origin: 'reported',
      model: 'small',
      provider: 'acme',
      usage: reportedUsage,
      estimate: { inputTokens: PRIMER + 5 + OVERHEAD, outputTokens: 3 },
      costPico: costOf(100, 20),
      costOrigin: 'priced',
    });
  });

  test.each([
    [{ inputTokens: 100 }, { inputTokens: 100, outputTokens: 3 }],
    [{ outputTokens: 7, outputReasoningTokens: 2 }, { inputTokens: 12 }],
    [{ inputTokens: 100, outputReasoningTokens: 2 }, { outputTokens: 5 }],
    [{ outputReasoningTokens: 2 }, { inputTokens: 12, outputTokens: 5 }],
    [{ cacheReadTokens: 40, outputTokens: 2 }, { inputTokens: 40 }],
    [{ cacheReadTokens: 4, outputTokens: 2 }, { inputTokens: 12 }],
    [{ requests: 1 }, {}],
  ])('C-55: of %o the side nobody reported is the estimate', (reportedUsage, added) => {
    const session = aSession().says('12345').answers('123', { reportedUsage });
    expect(billingOf(session)).toMatchObject({ origin: 'reported', estimate: { inputTokens: 12 } });
    expect(billingOf(session)?.usage).toEqual({ ...reportedUsage, ...added });
  });

  test('a usage of parts alone is priced', () => {
    const session = aSession().answers('123', { reportedUsage: { outputReasoningTokens: 7 } });
    expect(billingOf(session)?.costPico).toBe(costOf(0, 10));
  });

  test('a tool that reports one side has no other', () => {
    const reportedUsage = { inputTokens: 5 };
    const session = aSession().says('12345').usesTool('x', { reportedUsage });
    expect(billingOf(session)?.usage).toEqual(reportedUsage);
  });

  test('W-45: an unknown model has no price, and none is invented', () => {
    const session = aSession().says('q').answers('a', { model: 'my-own' });
    expect(billingOf(session)).toMatchObject({ model: 'my-own', costPico: null });
    expect(session.state.totals).toMatchObject({ costPico: 0n, pricedCalls: 0, unpricedCalls: 1 });
  });

  test('a cost that is given wins over every price, also for an unknown model', () => {
    const session = aSession().says('q');
    session.answers('a', { reportedCostPico: toPicoUsd(77n) });
    session.answers('a', { model: 'my-own', reportedCostPico: toPicoUsd(5n) });
    session.answers('a', { reportedCostPico: toPicoUsd(0n) });
    const costs = session
      .toSession()
      .events.slice(1)
      .map((event) => event.billing?.costPico);
    expect(costs).toEqual(['77', '5', '0']);
    expect(session.state.totals).toMatchObject({ costPico: 82n, pricedCalls: 3, unpricedCalls: 0 });
  });

  test('is priced at the time and for the provider of the call', () => {
    const seen: unknown[] = [];
    const prices = {
      priceUsage(params: unknown) {
        seen.push(params);
        return { kind: 'unpriced', reason: 'unknown-model' } as const;
      },
    };
    const session = aSession({ env: { prices } }).advance(500);
    session.answers('abc', { provider: 'acme' }).answers('abc');
    const usage = { inputTokens: 0, outputTokens: 3 };
    expect(seen).toEqual([
      { usage, model: 'small', provider: 'acme', atMs: 1_000_500 },
      { usage: { inputTokens: 10, outputTokens: 3 }, model: 'small', atMs: 1_000_500 },
    ]);
  });

  test('W-48: a message of the user has none: it is paid with the next prompt', () => {
    const session = aSession().says('12345', { model: 'large' });
    expect(billingOf(session)).toBeNull();
    expect(session.toSession().events[0]?.tokenUsage).toMatchObject({
      promptTokens: 5,
      completionTokens: 0,
      model: 'large',
      estimatedCostUsd: null,
    });
  });

  test('a tool has none unless it reports one', () => {
    const session = aSession().usesTool('result');
    expect(billingOf(session)).toBeNull();
    session.usesTool('result', { reportedUsage: { inputTokens: 3, outputTokens: 2 } });
    expect(billingOf(session)).toMatchObject({ origin: 'reported', costPico: costOf(3, 2) });
  });

  test('stands on the usage of the event as dollars', () => {
    const session = aSession().answers('a', { reportedCostPico: toPicoUsd(2_500_000n) });
    expect(session.toSession().events[0]?.tokenUsage).toMatchObject({
      promptTokens: 0,
      completionTokens: 1,
      totalTokens: 1,
      estimatedCostUsd: '0.0000025',
    });
  });

  test('W-46: a thousand small ones add up exactly', () => {
    const session = aSession();
    for (let n = 0; n < 1000; n += 1) session.answers('x', { reportedCostPico: toPicoUsd(1n) });
    expect(session.state.totals.costPico).toBe(1000n);
    expect(session.toSession().tokenSummary).toMatchObject({
      totalEstimatedCostUsd: '0.000000001',
      usageByModel: { small: { estimatedCostUsd: '0.000000001' } },
    });
  });
});
