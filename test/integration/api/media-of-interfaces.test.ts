import { describe, expect, test } from 'vitest';
import type { SummaryMessage } from '../../../src/index.ts';
import { aPagefold, collect } from './a-pagefold.ts';

const data = 'iVBORw0KGgo'.repeat(5_000);
const chat = { type: 'image_url', image_url: { url: `data:image/png;base64,${data}` } };

const PICTURES = {
  'OpenAI responses': { type: 'input_image', image_url: `data:image/png;base64,${data}` },
  Anthropic: { type: 'image', source: { type: 'base64', media_type: 'image/png', data } },
  'AI SDK': { type: 'image', image: data, mediaType: 'image/png' },
  MCP: { type: 'image', data, mimeType: 'image/png' },
  Gemini: { inlineData: { mimeType: 'image/png', data } },
};

describe.each(Object.entries(PICTURES))('a picture in the form of %s', (_name, picture) => {
  const question = [picture, { type: 'text', text: 'Which rose is this in the picture?' }];

  test('costs and is shown as the same in the form of chat, and is recorded as it came', async () => {
    const pagefold = await aPagefold();
    const [session, same] = [pagefold.session('s'), pagefold.session('same')];

    await session.userSays(question);
    await same.userSays([chat, question[1]]);

    expect((await session.getStats()).totalTokens).toBe((await same.getStats()).totalTokens);
    expect(await session.getMessagesForLlm()).toEqual(await same.getMessagesForLlm());
    expect((await session.getConversation())[0]?.content).toEqual(question);
  });

  test('closes no segment, and is named where a segment is told in words', async () => {
    const told: SummaryMessage[] = [];
    const pagefold = await aPagefold({
      summarize: (messages) => {
        told.push(...messages);
        return 'Of roses.';
      },
    });
    const session = pagefold.session('s', {
      infiniteContext: true,
      tokenThreshold: 4_000,
      maxTurnsPerSegment: 2,
    });
    await session.userSays(question);
    await session.aiResponds('A Rosa gallica.', { model: 'gpt-4o-mini' });
    await session.userSays('Thank you.');
    const digest = (await collect(session.events)).filter(({ type }) => type === 'summary');
    await session.flush();

    expect(await session.getSessionChain()).toHaveLength(2);
    expect(JSON.stringify(digest)).toContain('Which rose is this');
    expect(JSON.stringify(digest)).not.toContain('iVBORw0KGgo');
    expect(told[0]?.content).toBe('[image]\nWhich rose is this in the picture?');
  });
});

test('a picture that a tool gave is not shown as base64, which would fill the prompt', async () => {
  const pagefold = await aPagefold();
  const session = pagefold.session('s');
  await session.userSays('What does the page look like?');
  await session.toolUsed({ toolName: 'screenshot', result: { content: [PICTURES.MCP] } });

  const prompt = await session.getMessagesForLlm();

  expect(JSON.stringify(prompt)).toContain('[image]');
  expect(JSON.stringify(prompt)).not.toContain('iVBORw0KGgo');
  expect((await session.getStats()).totalTokens).toBeLessThan(100);
});
