import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ended, pagefold, start } from './spawn.ts';

/** Lines that each example prints. */
const EXAMPLES: Readonly<Record<string, readonly RegExp[]>> = {
  'quick-start.ts': [/^3 messages, \d+ tokens, 0\.\d+ USD$/m, /^user: "And the smallest\?"$/m],
  'service.ts': [
    /^acme: 4 messages, 0\.0000456 USD$/m,
    /^globex: 2 messages, 0\.0000228 USD$/m,
    /^acme has of ann: chat-ann$/m,
    /^erased 1 session, 4 records$/m,
  ],
  'endless-conversation.ts': [
    /^80 messages in \d+ segments, all of them kept$/m,
    /^ {2}user: "Day 40: it rained/m,
  ],
  'tools.ts': [
    /^calculator: succeeded, 42$/m,
    /^calculator: failed, invalid division by zero$/m,
    /^weather: succeeded, \{"location":"Oslo","temperature":14\}$/m,
    /^search: \[\{"title":"winters with 42 days of frost, part 1"/m,
    /^calculator: 42, from before$/m,
    /^5 calls recorded$/m,
  ],
  'runs-and-hierarchy.ts': [
    /^run: completed$/m,
    /^desk-apology: fork after record 2$/m,
    /^carrier: child$/m,
    /^desk ends with: "It is lost/m,
    /^desk-apology ends with: "I am sorry/m,
    /^tokens of the run: [1-9]\d*$/m,
  ],
};

describe('examples', () => {
  test('are all run here', () => {
    const files = readdirSync('examples').filter((name) => name.endsWith('.ts'));
    expect(files.toSorted()).toEqual(Object.keys(EXAMPLES).toSorted());
  });

  test.each(Object.entries(EXAMPLES))('C-161: %s prints what it promises', async (name, lines) => {
    const child = start(`examples/${name}`);
    const { exitCode, stdout, stderr } = await ended(child);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    for (const line of lines) expect(stdout).toMatch(line);
  });
});

describe('the sample conversations', () => {
  test('roll over, by messages and by tokens', async () => {
    const byDefault = await pagefold(['track', 'examples/conversations.jsonl', '--json']);
    expect(JSON.parse(byDefault.stdout)).toMatchObject({
      tenants: [
        { tenant: 'hotel-aurora', sessions: 1, messages: 48, toolCalls: 16, segments: 3 },
        { tenant: 'bookshop', sessions: 1, messages: 6, toolCalls: 0, segments: 1 },
      ],
      totals: { unpricedCalls: 0 },
    });
    const byTokens = await pagefold([
      'track',
      'examples/conversations.jsonl',
      '--json',
      '--max-turns=1000',
      '--threshold=2500',
    ]);
    expect(JSON.parse(byTokens.stdout)).toMatchObject({ tenants: [{ segments: 2 }, {}] });
  });
});
