import { describe, expect, test } from 'vitest';
import { createMemoryStore, openPagefold, type SessionManager } from '../../../src/index.ts';

/** Two services over one store, each with a manager that has written before; what one does comes after what the other did. */
async function held(
  options: Parameters<typeof openPagefold>[0] = {},
  session: object = {},
): Promise<{ readonly here: SessionManager; readonly there: SessionManager }> {
  const store = createMemoryStore();
  const [first, second] = [
    await openPagefold({ ...options, store }),
    await openPagefold({ ...options, store }),
  ];
  const [here, there] = [first.session('s', session), second.session('s', session)];
  await here.userSays('A first question');
  await there.userSays('Something else');
  return { here, there };
}

const MODEL = { model: 'gpt-4o-mini', provider: 'openai' } as const;
const NOTE = 'a fairly long argument that takes many tokens, twice over and over';

describe('what depends on the past is decided on what other processes have recorded', () => {
  test('a tool call belongs to the answer that asked for it, which has counted its arguments', async () => {
    const { here, there } = await held();
    const asked = JSON.stringify({ note: NOTE });
    const call = { id: 'c1', type: 'function', function: { name: 'find', arguments: asked } };
    const { position } = await here.recordAnswer('', { ...MODEL, toolCalls: [call] });

    await there.toolUsed({
      toolName: 'find',
      arguments: { note: NOTE },
      result: 'ok',
      callId: 'c1',
    });

    const events = [];
    for await (const event of here.events) events.push(event);
    const tool = events.at(-1);
    expect(tool).toMatchObject({ type: 'tool_call', contentTokens: tool?.tokenUsage?.totalTokens });
    expect(events.find(({ id }) => id === tool?.parentEventId)?.position).toBe(position);
  });

  test('an estimated answer is charged for the whole prompt', async () => {
    const { here, there } = await held();
    await here.userSays('word '.repeat(3000));

    const { eventId } = await there.recordAnswer('Short.', MODEL);

    const event = await here.events.find(eventId);
    expect(event?.billing?.usage.inputTokens).toBeGreaterThan(3000);
  });

  test('a question closes a segment that was filled elsewhere', async () => {
    const { here, there } = await held({}, { infiniteContext: true, tokenThreshold: 1000 });
    await here.userSays('word '.repeat(1500));
    await here.aiResponds('Yes.', MODEL);

    await there.userSays('And now?');

    expect(await here.getSessionChain()).toHaveLength(2);
  });

  test('a segment that is closed by hand sums up what was said elsewhere', async () => {
    const { here, there } = await held({}, { infiniteContext: true });
    await here.aiResponds('The key lies under the blue stone.', MODEL);
    await here.userSays('Under the blue stone, good.');
    await there.closeSegment();

    const chain = await here.getSession();
    expect(JSON.stringify(chain)).toContain('blue stone');
  });
});
