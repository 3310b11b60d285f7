import { describe, expect, test } from 'vitest';
import type { SummaryMessage, SummaryOptions } from '../../../src/index.ts';
import { aPagefold } from './a-pagefold.ts';

const OPTIONS = { infiniteContext: true, maxTurnsPerSegment: 1 };
const SEGMENTS = 120;

interface Call {
  readonly messages: readonly SummaryMessage[];
  readonly options: Pick<SummaryOptions, 'fromSegment' | 'segment' | 'maxTokens'>;
}

describe('a session of many segments', () => {
  test('W-07: is shown to a model as a bounded number of summaries that stand for all of it', async () => {
    const calls: Call[] = [];
    const pagefold = await aPagefold({
      summarize: (messages, { fromSegment, segment, maxTokens }) => {
        calls.push({ messages, options: { fromSegment, segment, maxTokens } });
        return `About ${fromSegment} to ${segment}.`;
      },
    });
    const session = pagefold.session('s', OPTIONS);
    for (let count = 1; count <= SEGMENTS + 1; count += 1) {
      await session.userSays(`What would you say to question number ${count}, my friend?`);
      // In order: models are quicker than people.
      await session.flush();
    }

    const prompt = JSON.stringify(await session.getMessagesForLlm());
    const told = [...prompt.matchAll(/note about=\\"segments? (\d+)(?: to (\d+))?\\"/g)].map(
      ([, from, to]) => [Number(from), Number(to ?? from)] as const,
    );
    expect(told.length).toBeLessThanOrEqual(4 + 16);
    let next = 1;
    for (const [from, to] of told) {
      expect(from).toBe(next);
      expect(prompt).toContain(`About ${from} to ${to}.`);
      next = to + 1;
    }
    expect(next).toBe(SEGMENTS + 1);

    const ofSpans = calls.filter(({ options }) => options.fromSegment < options.segment);
    expect(ofSpans[0]).toEqual({
      messages: Array.from({ length: 8 }, (_, at) => ({
        role: 'system',
        content: `About ${at + 1} to ${at + 1}.`,
      })),
      options: { fromSegment: 1, segment: 8, maxTokens: 125 },
    });
    expect(ofSpans.some(({ messages }) => messages.length === 2)).toBe(true);
    // Nothing is lost: every message is still there, and each segment has the summary that it had.
    const conversation = await session.getConversation({ includeAllSegments: true });
    expect(conversation).toHaveLength(SEGMENTS + 1);
    const { segments } = await session.getSession();
    expect(segments[0]?.summary?.text).toBe('About 1 to 1.');
    expect((await pagefold.stats()).store.outboxEntries).toBe(0);
  });
});
