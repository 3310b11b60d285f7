import { describe, expect, test } from 'vitest';
import { isMcpFailure, reportsFailure } from '../../../src/domain/failure-report.ts';
import type { JsonValue } from '../../../src/domain/json.ts';

const failures: readonly JsonValue[] = [
  { error: 'boom' },
  { error: 'No such user', code: 'not_found', message: 'no', requestId: 'r1' },
  { error: 'Not found', status: 404 },
  { error: { message: 'quota used up', code: 429 } },
  { error: true, message: 'no such user' },
  { ok: false, error: 'channel_not_found' },
  { success: false, error: 'declined', data: null },
  { status: 'error' },
  { status: 'error', message: 'quota used up', ok: false },
  { isError: true, content: [{ type: 'text', text: 'no such user' }] },
  { isError: true, content: [], structuredContent: { code: 7 } },
];

const answers: readonly JsonValue[] = [
  null,
  'error: boom',
  [{ error: 'boom' }],
  {},
  { error: null, data: [1] },
  { error: '', message: 'done' },
  { error: false },
  { error: 0.02 },
  { error: { mean: 0.1, deviation: 0.2 } },
  { error: 'partly done', rows: [1, 2] },
  { error: 'disk full', status: 'failed' },
  { error: 'none', status: 200 },
  { ok: true, error: 'a warning' },
  { ok: false },
  { success: false, message: 'a wrong password' },
  { message: 'error' },
  { id: 7, status: 'error', log: 'disk full' },
  { isError: true },
  { isError: true, content: 'text' },
  { isError: false, content: [{ type: 'text', text: 'fine' }] },
];

describe('reportsFailure', () => {
  test.each(failures)('%j says of itself that the call failed, and nothing else', (result) => {
    expect(reportsFailure(result)).toBe(true);
  });

  test.each(answers)('%j has something to say, so the call worked', (result) => {
    expect(reportsFailure(result)).toBe(false);
  });
});

describe('isMcpFailure', () => {
  test('is an answer of a server with parts that says that it is an error', () => {
    expect(isMcpFailure({ isError: true, content: [{ type: 'text', text: 'no' }] })).toBe(true);
    expect(isMcpFailure({ isError: true, content: [7] })).toBe(false);
    expect(isMcpFailure([])).toBe(false);
  });
});
