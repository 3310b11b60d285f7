import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ERROR_PAGE, errorPage } from '../../../scripts/lib/error-page.ts';

test('the page about errors is what `npm run docs` makes of the table of codes', async () => {
  const page = readFileSync(new URL(`../../../${ERROR_PAGE}`, import.meta.url), 'utf8');

  expect(page).toBe(await errorPage());
});
