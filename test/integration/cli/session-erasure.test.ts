import { expect, test } from 'vitest';
import { parseArguments } from '../../../src/cli/arguments.ts';
import { type ErasureWork, eraseTenant } from '../../../src/cli/session-erasure.ts';
import { StorageError } from '../../../src/index.ts';
import { aPagefold } from '../api/a-pagefold.ts';

/** Later than what was before, as a clock of milliseconds tells it. */
async function aWhile(): Promise<void> {
  const from = Date.now();
  while (Date.now() === from) await new Promise((resolve) => setTimeout(resolve, 1));
}

/** A deployment of three sessions whose service begins five others while an erasure fails after the first. */
async function aBusyPagefold(): Promise<ErasureWork['pagefold']> {
  const pagefold = await aPagefold();
  const begin = (ids: string): Promise<unknown> =>
    Promise.all([...ids].map((id) => pagefold.session(id, { tenant: 't' }).userSays('hi')));
  await begin('abc');
  return {
    sessions: (query) => pagefold.sessions(query),
    listSessions: (query) => pagefold.listSessions(query),
    erase: async () => {
      await pagefold.session('a', { tenant: 't' }).erase();
      await aWhile();
      await begin('vwxyz');
      throw new StorageError({ operation: 'erase' });
    },
  };
}

test('an erasure that failed tells how many sessions went, whatever began meanwhile', async () => {
  const warned: string[] = [];
  const terminal = { print: async () => undefined, warn: (text: string) => warned.push(text) };
  const options = { 'erase-tenant': { type: 'string' } } as const;
  const parsed = parseArguments(['--erase-tenant', 't'], options);

  const erasing = eraseTenant({ pagefold: await aBusyPagefold(), parsed, terminal, tenant: 't' });

  await expect(erasing).rejects.toThrow(StorageError);
  expect(warned).toEqual(['pagefold: 1 of 3 sessions went before it failed\n']);
});
