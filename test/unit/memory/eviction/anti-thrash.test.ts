import { describe, expect, test } from 'vitest';
import { AntiThrash } from '../../../../src/memory/eviction/anti-thrash.ts';

/** Excludes a page as long as anything speaks against its eviction. */
const STRICT = { hardEvictionTurns: 3, hardFaultTurns: 2 };

function afterTurnTen(options = {}): AntiThrash {
  const history = new AntiThrash(options);
  for (const pageId of ['f', 'fe']) history.recordFault(pageId, 10);
  for (const pageId of ['e', 'fe']) history.recordEviction(pageId, 10);
  return history;
}

describe('AntiThrash', () => {
  test.each([
    [10, [false, 1], [false, 0.5], [false, 1]],
    [11, [false, 0.5], [false, 0.33333333333333337], [false, 0.8333333333333334]],
    [12, [true, 0], [false, 0.16666666666666669], [false, 0.16666666666666669]],
    [13, [true, 0], [true, 0], [true, 0]],
  ])(
    'V3: M-45: M-46: M-47: protects and penalises in turn %i what happened in turn 10',
    (turn, ...expected) => {
      const history = afterTurnTen(STRICT);
      const at = (id: string): unknown => [
        history.canEvict(id, turn),
        history.getEvictionPenalty(id, turn),
      ];
      expect([at('f'), at('e'), at('fe')]).toEqual(expected);
    },
  );

  test('excludes a page for its first turn only, unless told otherwise (M-W06)', () => {
    const history = afterTurnTen();
    expect(['f', 'e', 'fe'].map((id) => history.canEvict(id, 10))).toEqual([false, false, false]);
    expect(['f', 'e', 'fe'].map((id) => history.canEvict(id, 11))).toEqual([true, true, true]);
    expect(history.getEvictionPenalty('f', 11)).toBe(0.5);
  });

  test('knows nothing against a page that it never heard of', () => {
    const history = afterTurnTen();
    expect([history.canEvict('x', 10), history.getEvictionPenalty('x', 10)]).toEqual([true, 0]);
  });

  test('does not count what happens in a later turn', () => {
    expect(afterTurnTen().getEvictionPenalty('f', 9)).toBe(0);
  });

  test('V3: M-49: keeps records of twenty turns and drops older ones', () => {
    const history = afterTurnTen();
    history.cleanupOldHistory(30);
    expect(history.size).toBe(4);
    history.cleanupOldHistory(31);
    expect(history.size).toBe(0);
  });

  test('M-49: M-W74: keeps records as long as the longest window', () => {
    const history = new AntiThrash({ evictionCooldownTurns: 40 });
    history.recordEviction('e', 10);
    history.cleanupOldHistory(49);
    expect(history.getEvictionPenalty('e', 49)).toBeCloseTo(0.5 / 40, 12);
    history.cleanupOldHistory(51);
    expect(history.size).toBe(0);
  });

  test('M-49: M-62: stays bounded without being swept', () => {
    const history = new AntiThrash();
    for (let turn = 0; turn < 1000; turn += 1) history.recordEviction(`p${turn}`, turn);
    expect(history.size).toBeLessThanOrEqual(31);
  });

  test.each([
    ['options.hardEvictionTurns', { hardEvictionTurns: 4 }],
    ['options.hardFaultTurns', { faultProtectionTurns: 0, hardFaultTurns: 1 }],
    ['options.evictionCooldownTurns', { evictionCooldownTurns: -1 }],
  ])('refuses what is wrong: %s (M-W45)', (field, options) => {
    expect(() => new AntiThrash(options)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', field }),
    );
  });

  test('needs no window at all', () => {
    const history = new AntiThrash({ evictionCooldownTurns: 0, faultProtectionTurns: 0 });
    history.recordEviction('e', 1);
    expect([history.canEvict('e', 1), history.getEvictionPenalty('e', 1)]).toEqual([true, 0]);
  });
});
