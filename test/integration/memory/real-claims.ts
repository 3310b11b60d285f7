import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClaimSource } from '../../../src/domain/claim.ts';
import type { PageRole } from '../../../src/domain/page.ts';

const folder = join(
  process.env['PAGEFOLD_DATA'] ??
    join(import.meta.dirname, '..', '..', '..', '..', 'shared', 'data'),
  'conversations',
);

/** Whether recorded conversations are at hand. */
export const hasConversations: boolean = existsSync(folder);

if (!hasConversations) {
  process.stderr.write(
    `Skipping tests of claims over real conversations: ${folder} is absent (set PAGEFOLD_DATA)\n`,
  );
}

interface Chat {
  readonly turns: readonly {
    readonly text: string;
    readonly role?: PageRole;
    readonly speaker?: string;
  }[];
}

/** The messages of a recorded file. */
export function messagesOf(file: string): readonly ClaimSource[] {
  const chats = JSON.parse(readFileSync(join(folder, file), 'utf8')) as readonly Chat[]; // the documented shape
  return chats.flatMap(({ turns }, chat) =>
    turns.map(({ text, role = 'user', speaker }, index) => ({
      pageId: `msg_${chat}_${index}`,
      role,
      text,
      speaker: speaker ?? null,
      createdAtMs: index,
    })),
  );
}
