import { describe, expect, test } from 'vitest';
import { aPage } from '../memory/context/a-page.ts';
import { CHECKPOINT_MIME_TYPE } from '../../../src/artifacts/checkpoint.ts';
import { PAGE_MIME_TYPE } from '../../../src/artifacts/vault-page.ts';
import { MUTATION_ACTORS, MUTATION_TYPES } from '../../../src/domain/page-mutation.ts';
import { parsePageOptions } from '../../../src/domain/page-options.ts';
import {
  MODALITIES,
  PAGE_LEVELS,
  PAGE_ROLES,
  PAGE_TYPES,
  STORAGE_TIERS,
} from '../../../src/domain/page.ts';
import { FAULT_CONFIDENCES, FAULT_REASONS, VM_MODES } from '../../../src/domain/paging-policy.ts';
import { CONTEXT_PREFIXES } from '../../../src/memory/context/context-line.ts';
import { TYPE_BONUS } from '../../../src/memory/table/page-entry.ts';

// These names are written into logs, artifacts and prompts: to change one is to lose what was written before.
describe('names of a memory', () => {
  test.each([
    ['M-01: M-10: levels of a page', PAGE_LEVELS, [0, 1, 2, 3]],
    ['M-02: modalities', MODALITIES, ['text', 'image', 'audio', 'video', 'structured']],
    ['M-03: tiers', STORAGE_TIERS, ['L0', 'L1', 'L2', 'L3', 'L4']],
    [
      'M-04: types of pages',
      PAGE_TYPES,
      ['transcript', 'summary', 'artifact', 'claim', 'procedure', 'index'],
    ],
    ['M-05: modes', VM_MODES, ['strict', 'relaxed', 'passive']],
    [
      'M-06: reasons of faults',
      FAULT_REASONS,
      ['user_requested_recall', 'resolve_reference', 'tool_prereq', 'speculative'],
    ],
    [
      'M-07: what happens to pages',
      MUTATION_TYPES,
      ['create', 'fault_in', 'evict', 'compress', 'pin', 'unpin', 'update', 'delete'],
    ],
    ['M-07: who makes it happen', MUTATION_ACTORS, ['user', 'model', 'tool', 'system']],
    ['M-08: letters of lines', CONTEXT_PREFIXES, ['U', 'A', 'T', 'S', 'I', 'D', 'V', 'J', '?']],
    ['M-09: who speaks', PAGE_ROLES, ['user', 'assistant', 'tool', 'system']],
    ['M-09: how sure a fault is', FAULT_CONFIDENCES, ['explicit', 'referenced', 'speculative']],
    [
      'M-10: stored forms',
      [PAGE_MIME_TYPE, CHECKPOINT_MIME_TYPE],
      ['application/x-memory-page', 'application/x-vm-checkpoint'],
    ],
  ])('%s', (_, names: readonly unknown[], expected) => {
    expect(names).toEqual(expected);
  });

  test('M-15: what can be made again leaves before what cannot', () => {
    const lastingFirst = Object.entries(TYPE_BONUS).toSorted(([, a], [, b]) => b - a);
    expect(lastingFirst.map(([type]) => type)).toEqual([
      'claim',
      'index',
      'procedure',
      'summary',
      'artifact',
      'transcript',
    ]);
  });
});

describe('parsePageOptions', () => {
  const defaults = { newPageId: (type: string) => `${type}_1`, nowMs: 5 };

  test('M-11: fills in what is not said', () => {
    expect(parsePageOptions('Hi', {}, defaults)).toEqual({
      sizeTokens: null,
      isPinned: false,
      page: aPage({ pageId: 'transcript_1', content: 'Hi', createdAtMs: 5 }),
    });
    expect(parsePageOptions({ a: 1 }, {}, defaults).page.modality).toBe('structured');
  });

  test.each([
    ['options.importance', { importance: 1.01 }],
    ['options.importance', { importance: -0.01 }],
    ['options.importance', { importance: Number.NaN }],
    ['options.modality', { modality: 'smell' }],
    ['options.pageType', { pageType: 'message' }],
    ['options.sizeTokens', { sizeTokens: -1 }],
    ['options.maxTokens', { maxTokens: 5 }],
  ])('M-11: M-32: refuses %s in %o', (field, options) => {
    expect(() => parsePageOptions('x', options, defaults)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', field }),
    );
  });

  test('M-33: M-W52: takes times in milliseconds since 1970', () => {
    const { page } = parsePageOptions('x', { createdAtMs: 1_000 }, defaults);
    expect(page.createdAtMs).toBe(1_000);
    const iso = { createdAtMs: '2026-11-26T09:05Z' };
    expect(() => parsePageOptions('x', iso, defaults)).toThrow('options.createdAtMs');
  });
});
