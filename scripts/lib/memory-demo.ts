import { readFileSync } from 'node:fs';
import { openPagefold } from '../../src/index.ts';
import type { SessionManager } from '../../src/index.ts';
import type { SessionContext } from '../../src/api/session-context.ts';
import { formatTable } from '../../src/cli/text/table.ts';

const MODEL = 'gpt-4o';
const MAX_TOKENS = 8_000;

interface StoredChat {
  readonly turns: readonly { readonly role: 'user' | 'assistant'; readonly text: string }[];
  readonly questions: readonly { readonly question: string; readonly kind: string }[];
}

/** Holds the first chat of a file again, in a session with memory, and tells what the memory did; returns the lines to print. */
export async function demonstrateMemory(file: string): Promise<readonly string[]> {
  // The documented shape of the file.
  const [chat] = JSON.parse(readFileSync(file, 'utf8')) as readonly StoredChat[];
  const asked = chat?.questions.find(({ kind }) => kind === 'information_extraction');
  if (chat === undefined || asked === undefined) return [];
  await using pagefold = await openPagefold({ defaultModel: MODEL });
  const session = pagefold.session('demo', { memory: { maxTokens: MAX_TOKENS } });
  const sums = { contexts: 0, sent: 0, all: 0 };
  for (const { role, text } of chat.turns) {
    // In order: it is one conversation.
    if (role === 'assistant') await session.recordAnswer(text, { model: MODEL });
    else {
      await session.userSays(text);
      const { tokens } = await session.memory.buildContext();
      sums.contexts += 1;
      sums.sent += tokens;
      sums.all += (await session.memory.stats()).totalTokens;
    }
  }
  await session.userSays(asked.question);
  const context = await session.memory.buildContext();
  return [
    `A chat of ${chat.turns.length} messages, with a context of at most ${figure(MAX_TOKENS)} tokens before each answer.`,
    `Then it is asked: ${asked.question}`,
    '',
    ...(await tableOf(session, context)),
    '',
    `All ${sums.contexts} contexts together: ${figure(sums.sent)} tokens, where whole histories would be ${figure(sums.all)}: ` +
      `${Math.round(100 - (sums.sent / sums.all) * 100)}% less to pay for.`,
  ];
}

async function tableOf(
  session: SessionManager,
  { tokens, receipt, tools }: SessionContext,
): Promise<readonly string[]> {
  const { pages, pagesByTier, totalTokens, foldedPages } = await session.memory.stats();
  const lines = receipt.entries.filter(({ kind }) => kind === 'line').length;
  const rows: readonly (readonly [string, number])[] = [
    ['tokens of the whole conversation', totalTokens],
    ['tokens of the context, with rules, manifest and tools', tokens],
    ['pages', pages],
    ['in the context (L0)', pagesByTier.L0],
    ['of these folded to what matters', foldedPages],
    ['of these loaded for the question', lines],
    ['in this process (L1)', pagesByTier.L1],
    ['in the log alone (L2)', pagesByTier.L2],
    ['tools that the model can load more with', tools.length],
  ];
  return formatTable(
    [
      { title: 'after the last question', align: 'left' },
      { title: '', align: 'right' },
    ],
    rows.map(([name, value]) => [name, figure(value)]),
  );
}

function figure(value: number): string {
  return value.toLocaleString('en');
}
