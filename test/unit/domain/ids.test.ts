import { describe, expect, test } from 'vitest';

import {
  DEFAULT_TENANT,
  idSchema,
  MAX_ID_LENGTH,
  MAX_TENANT_ID_LENGTH,
  segmentId,
  tenantSchema,
} from '../../../src/domain/ids.ts';

const LONE_SURROGATE = '\ud83d';

describe('idSchema', () => {
  test.each([
    'a',
    'support-42/3',
    'user:{42}',
    'Übergröße 会話 🧵',
    '..',
    '*',
    ' ',
    '__proto__',
    '\u200b',
    'x'.repeat(MAX_ID_LENGTH),
  ])('takes %j as it is', (id) => {
    expect(idSchema.parse(id)).toBe(id);
  });

  test.each([
    ['an empty id', ''],
    ['one unit too many', 'x'.repeat(MAX_ID_LENGTH + 1)],
    ['a surrogate pair that straddles the limit', `${'x'.repeat(MAX_ID_LENGTH - 1)}🧵`],
    ['a line break', 'a\nb'],
    ['a null character', 'a\u0000b'],
    ['a delete character', 'a\u007f'],
    ['a C1 control character', 'a\u0085'],
    ['a lone high surrogate', `a${LONE_SURROGATE}b`],
    ['a lone low surrogate', '\udc00'],
    ['a number', 7],
    ['null', null],
    ['an object with toString', { toString: () => 'a' }],
  ])('refuses %s', (_name, id) => {
    expect(idSchema.safeParse(id).success).toBe(false);
  });
});

describe('tenantSchema', () => {
  test('takes the default tenant and one of the greatest length', () => {
    expect(tenantSchema.parse(DEFAULT_TENANT)).toBe('default');
    expect(tenantSchema.safeParse('t'.repeat(MAX_TENANT_ID_LENGTH)).success).toBe(true);
  });

  test('refuses what an id refuses, and more than half its length', () => {
    for (const tenant of ['', 'a\tb', LONE_SURROGATE, 't'.repeat(MAX_TENANT_ID_LENGTH + 1)]) {
      expect(tenantSchema.safeParse(tenant).success).toBe(false);
    }
  });
});

describe('segmentId', () => {
  test('adds the number of the segment to the id of the session', () => {
    expect(segmentId('support-42', 3)).toBe('support-42/3');
  });
});
