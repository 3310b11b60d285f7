import { describe, expect, test } from 'vitest';
import { MAX_USD, toPicoUsd } from '../../../src/domain/money.ts';
import {
  MAX_MAP_ENTRIES,
  MAX_MAP_LENGTH,
  MAX_RECORD_LENGTH,
} from '../../../src/domain/record-limit.ts';
import { decodeRecord, encodeRecord } from '../../../src/store/codec.ts';
import { aNewSession, aRecordCommand } from '../../lib/commands.ts';
import { aSession } from '../../lib/session.ts';

describe('content that no record can hold', () => {
  test('is refused before its tokens are counted', () => {
    const session = aSession();
    const message = 'x'.repeat(MAX_RECORD_LENGTH + 1);
    for (const command of [
      aRecordCommand({ message }),
      aRecordCommand({ message: { content: message } }),
      { type: 'set-system-prompt', systemPrompt: message, model: 'gpt-4o', create: null } as const,
    ]) {
      expect(session.decide(command)).toMatchObject({
        kind: 'rejected',
        error: { code: 'EVENT_TOO_LARGE' },
      });
    }
  });

  test('is refused as properties or state before they fill the memory', () => {
    const session = aSession();
    const many = Object.fromEntries(
      Array.from({ length: MAX_MAP_ENTRIES + 1 }, (_, index) => [`name-${index}`, index]),
    );
    for (const set of [many, { big: 'x'.repeat(MAX_MAP_LENGTH) }]) {
      const change = { set, remove: [] };
      for (const type of ['change-properties', 'change-values'] as const) {
        expect(session.decide({ type, change })).toMatchObject({
          kind: 'rejected',
          error: { code: 'INVALID_INPUT' },
        });
      }
    }
    const created = aSession().decide({
      type: 'create',
      session: aNewSession({ properties: many }),
    });
    expect(created.kind).toBe('rejected');
  });
});

describe('a reported cost', () => {
  test.each([toPicoUsd(-1n), toPicoUsd(MAX_USD * 10n ** 12n + 1n)])(
    'of %s pico-dollars is refused, since no record could be read again',
    (reportedCostPico) => {
      const command = aRecordCommand({ source: 'llm', reportedCostPico });
      expect(aSession().decide(command)).toMatchObject({
        kind: 'rejected',
        error: { code: 'INVALID_INPUT', field: 'options.costUsd' },
      });
    },
  );

  test('of the largest amount and the largest usage comes back from its record', () => {
    const huge = Number.MAX_SAFE_INTEGER;
    const session = aSession();
    for (const event of [
      { reportedCostPico: toPicoUsd(MAX_USD * 10n ** 12n) },
      { reportedUsage: { inputTokens: huge, outputTokens: huge } },
    ]) {
      const decision = session.decide(aRecordCommand({ source: 'llm', ...event }));
      const events = decision.kind === 'accepted' ? decision.events : [];
      expect(events).toHaveLength(1);
      for (const recorded of events)
        expect(decodeRecord(encodeRecord(recorded), 1)).toEqual(recorded);
    }
  });
});
