import { describe, expect, test } from 'vitest';
import { DEFAULT_FAULT_POLICY } from '../../../../src/domain/paging-policy.ts';
import { developerMessage } from '../../../../src/memory/context/developer-message.ts';
import { buildManifest, manifestJson } from '../../../../src/memory/context/manifest.ts';
import { vmRules } from '../../../../src/memory/context/vm-rules.ts';
import { createTokenCounter } from '../../../../src/tokens/token-counter.ts';

const counter = createTokenCounter();

describe('vmRules', () => {
  test('M-132 M-133: strict rules name their limit and all that they ask for', () => {
    const rules = vmRules('strict', 7);

    expect(rules).toContain('STRICT');
    expect(rules).toContain('(7)');
    for (const words of ['page_fault', '[user]', '[assistant]', '[ref: ', 'level 0', 'neighbours'])
      expect(rules).toContain(words);
  });

  test('M-132: relaxed rules speak of virtual memory and of no citations', () => {
    const rules = vmRules('relaxed', 7);

    expect(rules).toMatch(/virtual memory/i);
    for (const words of ['page_fault', 'search_pages', '[user]', '[assistant]', 'neighbours'])
      expect(rules).toContain(words);
    expect(rules).not.toContain('ref:');
    expect(rules).not.toContain('7');
  });

  test('relaxed rules without a manifest name a search as the way, and no manifest', () => {
    const rules = vmRules('relaxed', 7, false);

    for (const words of ['page_fault', 'search_pages', 'neighbours', 'without mentioning memory'])
      expect(rules).toContain(words);
    for (const words of ['MANIFEST', 'hint', '[user]']) expect(rules).not.toContain(words);
    expect(counter.countText(rules, 'gpt-4o')).toBeLessThan(80);
  });

  test('M-132: passive text is that of a helpful assistant', () => {
    expect(vmRules('passive', 7)).toMatch(/helpful assistant/i);
  });

  test.each([
    ['strict', 260],
    ['relaxed', 130],
    ['passive', 30],
  ] as const)('M-W11: %s rules take at most %i tokens', (mode, most) => {
    for (const model of ['gpt-4o', 'gpt-4'])
      expect(counter.countText(vmRules(mode, 3), model)).toBeLessThanOrEqual(most);
  });
});

describe('developerMessage', () => {
  const context = 'U (a): "Hello world, this is a test"\nU (c): ""';
  const json = manifestJson(
    buildManifest({
      sessionId: 'sess_1',
      workingSet: [],
      available: [],
      policy: DEFAULT_FAULT_POLICY,
    }),
  );
  const block = `<VM:CONTEXT>\n${context}\n</VM:CONTEXT>`;

  test('V15 M-135: passive mode has no rules and no manifest', () => {
    const message = developerMessage({
      mode: 'passive',
      systemPrompt: 'SYS',
      maxFaultsPerTurn: 3,
      manifestJson: json,
      context,
    });

    expect(message).toBe(`SYS\n\n${block}`);
  });

  test.each(['', '  ', null])(
    'M-135 M-W09: passive text stands in for a prompt of %j',
    (prompt) => {
      const message = developerMessage({
        mode: 'passive',
        systemPrompt: prompt,
        maxFaultsPerTurn: 3,
        manifestJson: null,
        context: '',
      });

      expect(message).toBe(`${vmRules('passive', 3)}\n\n<VM:CONTEXT>\n\n</VM:CONTEXT>`);
    },
  );

  test.each(['strict', 'relaxed'] as const)('V15 M-134: blocks of %s mode in order', (mode) => {
    const message = developerMessage({
      mode,
      systemPrompt: 'SYS',
      maxFaultsPerTurn: 3,
      manifestJson: json,
      context,
    });

    expect(message).toBe(
      [
        'SYS',
        `<VM:RULES>\n${vmRules(mode, 3)}\n</VM:RULES>`,
        `<VM:MANIFEST_JSON>\n${json}\n</VM:MANIFEST_JSON>`,
        block,
      ].join('\n\n'),
    );
  });
});
