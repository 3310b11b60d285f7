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
  { error: 'Not found', statusCode: 404 },
  { error: 'No such user', status_code: 500, code: 'not_found' },
  { error: 'exited', code: 1 },
  { error: 'none of the servers answered' },
  { error: '2 errors' },
  { status: 'error', message: 'no', code: 200 },
  { error: 'boom', code: { toString: 7 } },
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
  { error: 'a warning', statusCode: 200 },
  { error: 'a warning', status_code: 204 },
  { error: 'a warning', code: 0 },
  { error: 'a warning', code: '0' },
  { error: ' ' },
  { error: 'None' },
  { error: 'n/a' },
  { error: 'no error' },
  { error: 'No errors.' },
  { error: 'no error(s)' },
  { error: 'OK', code: 'ok' },
  { error: { message: 'none' } },
  { error: '0.05' },
  { error: '±2%' },
  { error: '+/- 1.5e-3' },
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

test('a long error takes no longer than it is', () => {
  const startMs = performance.now();

  expect(reportsFailure({ error: `1${' '.repeat(200_000)}.${' '.repeat(200_000)}x` })).toBe(true);
  expect(performance.now() - startMs).toBeLessThan(15_000);
});

describe('isMcpFailure', () => {
  test('is an answer of a server with parts that says that it is an error', () => {
    expect(isMcpFailure({ isError: true, content: [{ type: 'text', text: 'no' }] })).toBe(true);
    expect(isMcpFailure({ isError: true, content: [7] })).toBe(false);
    expect(isMcpFailure([])).toBe(false);
  });
});
