import type { FoldablePage } from '../../src/domain/foldable-page.ts';
import type { FoldCounting } from '../../src/memory/folding/fold-counting.ts';
import { createTokenCounter } from '../../src/tokens/token-counter.ts';

/** Counts as gpt-4o does. */
export const COUNTING: FoldCounting = { counter: createTokenCounter(), model: 'gpt-4o' };

/** The tokens of a text. */
export function tokens(text: string): number {
  return COUNTING.counter.countText(text, COUNTING.model);
}

/** A page of text, unless said otherwise. */
export function aPage(fields: Partial<FoldablePage> = {}): FoldablePage {
  return { pageId: 'page-1', pageType: 'transcript', modality: 'text', content: '', ...fields };
}

/** A long answer as models give them: headings, lists, code, and the facts in between. */
export const ANSWER = `Certainly! Here is how the deployment works, step by step.

## Preparation

Before anything else, please make sure that you have read the introduction. It is always good to be prepared.
We decided to use PostgreSQL 16.2 instead of MongoDB, because Amara Okafor needs joins.
The cluster must not be restarted before 2026-03-14. It costs $1,250.50 a month.

## Steps

1. **Configure the pool**: set \`max_connections\` to 480 in postgresql.conf.
2. **Run the migration**: see https://example.org/runbook/migrate?step=2 for the commands.
3. **Check the result**: the result should be checked, because checking the result is good.

\`\`\`ts
import { openPool } from './pool.ts';
const pool = await openPool({ maxConnections: 480 });
await pool.migrate('2026-03-14-orders');
\`\`\`

| host | region |
|------|--------|
| db-eu-1 | Frankfurt |
| db-us-2 | Oregon |

In summary, the deployment works step by step, as described above. I hope this helps! Let me know if you have any questions.
`;
