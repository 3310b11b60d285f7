import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { PagefoldError } from '../../../src/domain/errors.ts';
import { assertRecordable, MAX_RECORD_LENGTH } from '../../../src/domain/record-limit.ts';
import { decodeRecord } from '../../../src/store/codec.ts';
import { ERROR_PAGE, errorPage } from '../../../scripts/lib/error-page.ts';

test('the page about errors is what `npm run docs` makes of the table of codes', async () => {
  const page = readFileSync(new URL(`../../../${ERROR_PAGE}`, import.meta.url), 'utf8');

  expect(page).toBe(await errorPage());
});

test('the page names the class of an error that comes in no other one', async () => {
  const rows = (await errorPage()).split('\n');
  const errors = [
    thrownBy(() => assertRecordable('x'.repeat(MAX_RECORD_LENGTH + 1), 'message')),
    thrownBy(() => decodeRecord('[', 1)),
  ];

  expect(errors.map(({ code }) => code)).toEqual(['EVENT_TOO_LARGE', 'CORRUPT_RECORD']);
  for (const { code, name } of errors) {
    expect(rows.find((row) => row.startsWith(`| \`${code}\``))).toContain(`\`${name}\``);
  }
});

function thrownBy(call: () => unknown): PagefoldError {
  try {
    call();
  } catch (error) {
    if (PagefoldError.isInstance(error)) return error;
    throw error;
  }
  throw new TypeError('nothing was thrown');
}
