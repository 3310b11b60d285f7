import { expect, test } from 'vitest';
import { activationBytes } from '../../../src/actors/activation-size.ts';
import { aRun } from '../../lib/events.ts';
import { aSession } from '../../lib/session.ts';

test('activationBytes grows with what runs hold', () => {
  const { state } = aSession();
  const withRun = (run: Parameters<typeof aRun>[0]): number =>
    activationBytes({ ...state, runs: [aRun(run)] }) -
    activationBytes({ ...state, runs: [aRun()] });

  expect(withRun({ metadata: { text: 'x'.repeat(100_000) } })).toBeGreaterThanOrEqual(200_000);
  expect(withRun({ toolCalls: Array.from({ length: 1000 }, (_, n) => `e-${n}`) })).toBe(80_000);
});
