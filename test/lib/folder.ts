import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new folder, and what removes it with all that is in it. */
export function aFolder(): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'pagefold-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
