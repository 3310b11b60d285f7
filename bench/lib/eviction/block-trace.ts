import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A chat request: the blocks of its prompt from the first on, each named by all that stands before and in it. */
export interface BlockRequest {
  readonly atMs: number;
  readonly blocks: readonly number[];
}

/** The requests of the recorded trace, or none, with a line on stderr, where the data are absent. */
export function loadBlockTrace(): readonly BlockRequest[] {
  const file = join(
    process.env['PAGEFOLD_DATA'] ??
      join(import.meta.dirname, '..', '..', '..', '..', 'shared', 'data'),
    'traces',
    'mooncake-conversation.jsonl',
  );
  if (!existsSync(file)) {
    process.stderr.write(`Nothing to measure: ${file} is absent (set PAGEFOLD_DATA).\n`);
    return [];
  }
  return readFileSync(file, 'utf8').trim().split('\n').map(toRequest);
}

function toRequest(line: string): BlockRequest {
  // The file's documented shape.
  const { timestamp, hash_ids } = JSON.parse(line) as { timestamp: number; hash_ids: number[] };
  return { atMs: timestamp, blocks: hash_ids };
}
