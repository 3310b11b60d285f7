import { describe, expect, test } from 'vitest';
import { commandLength } from '../../../src/actors/command-length.ts';
import type { Command } from '../../../src/domain/command.ts';
import type { JsonObject } from '../../../src/domain/json.ts';
import { aNewSession, aRecordCommand } from '../../lib/commands.ts';

const TEXT = 'x'.repeat(500);
const MAP = { note: TEXT };
const CHANGE = { set: MAP, remove: [] };

const CARRIERS: readonly Command[] = [
  { type: 'create', session: aNewSession({ properties: MAP }) },
  { type: 'create', session: aNewSession({ systemPrompt: TEXT }) },
  aRecordCommand({ message: TEXT }),
  aRecordCommand({ message: MAP }),
  aRecordCommand({ message: '', metadata: MAP }),
  aRecordCommand({ message: '' }, { create: aNewSession({ properties: MAP }) }),
  { type: 'set-system-prompt', systemPrompt: TEXT, model: 'small', create: null },
  { type: 'change-event-metadata', eventId: 'event-1', change: CHANGE },
  { type: 'change-properties', change: CHANGE },
  { type: 'change-values', change: CHANGE },
  { type: 'change-run-metadata', runId: 'run-1', change: CHANGE },
  { type: 'apply-summary', segment: 1, text: TEXT, model: 'small' },
  { type: 'start-run', runId: null, metadata: MAP },
  { type: 'move-run', runId: 'run-1', to: 'failed', reason: TEXT },
];

describe('commandLength', () => {
  test.each(CARRIERS.map((command) => [command.type, command] as const))(
    'counts what %s carries',
    (_, command) => {
      const length = commandLength(command);
      expect(length).toBeGreaterThanOrEqual(500);
      expect(length).toBeLessThan(560);
    },
  );

  test('counts a text as it is and adds up the parts', () => {
    const create = aNewSession({ systemPrompt: 'be kind' });
    expect(commandLength(aRecordCommand({ message: 'hello' }, { create }))).toBe(12);
  });

  test('counts nothing where there is no content', () => {
    expect(commandLength({ type: 'unlink-child', childId: TEXT.slice(0, 200) })).toBe(0);
    expect(commandLength(aRecordCommand({ message: '' }))).toBe(0);
  });

  test('counts maps and lists about as long as their JSON', () => {
    const message = { items: [1.5, null, true, 'four', { deep: [[], {}] }], title: 'x', empty: {} };
    const { length } = JSON.stringify(message);
    const counted = commandLength(aRecordCommand({ message }));
    expect(counted).toBeGreaterThan(length * 0.8);
    expect(counted).toBeLessThan(length * 1.5);
  });

  test('leaves what cannot be measured to the decision', () => {
    // What a caller without types may pass on.
    const metadata: Record<string, unknown> = {};
    metadata['self'] = metadata;
    expect(commandLength(aRecordCommand({ metadata: metadata as JsonObject }))).toBe(0);
  });
});
