import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What one interface of a provider is expected to read and to charge. */
export interface ExpectedExtraction {
  readonly provider_id: string;
  readonly api_flavor: string;
  /** Decimal strings of US dollars; absent where the provider does not offer the model. */
  readonly input_price?: string;
  readonly output_price?: string;
  /** Absent where it is the sum of the other two. */
  readonly total_price?: string;
}

/** A recorded response, and what is expected of it. */
export interface RealUsage {
  readonly body: Readonly<Record<string, unknown>>;
  readonly model?: string;
  readonly extracted: readonly {
    readonly usage: Readonly<Record<string, number>>;
    readonly extractors: readonly ExpectedExtraction[];
  }[];
}

const dataFolder =
  process.env['PAGEFOLD_DATA'] ??
  join(import.meta.dirname, '..', '..', '..', '..', 'shared', 'data');
const file = join(dataFolder, 'prices', 'usages.json');

/** Whether the recorded responses are at hand. */
export const hasRealUsages: boolean = existsSync(file);

if (!hasRealUsages) {
  process.stderr.write(
    `Skipping tests over real responses: ${file} is absent (set PAGEFOLD_DATA)\n`,
  );
}

/** The recorded responses; none where they are not at hand. */
export function loadRealUsages(): readonly RealUsage[] {
  return hasRealUsages ? (JSON.parse(readFileSync(file, 'utf8')) as RealUsage[]) : []; // the file's documented shape
}
