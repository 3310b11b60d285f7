import { describe, expect, test } from 'vitest';
import {
  buildPromptFromSession,
  openPagefold,
  SessionAwareToolProcessor,
  SessionTools,
  toToolMessages,
} from '../../../src/index.ts';
import type { SessionManager, ToolProcessorOptions } from '../../../src/index.ts';

function asking(id: string, name: string, args: object = {}): object {
  const called = { name, arguments: JSON.stringify(args) };
  return {
    role: 'assistant',
    content: null,
    tool_calls: [{ id, type: 'function', function: called }],
  };
}

async function aSession() {
  const pagefold = await openPagefold();
  const session = pagefold.session('s');
  await session.userSays('go');
  return { pagefold, session, [Symbol.asyncDispose]: () => pagefold.close() };
}

async function aProcessor(session: SessionManager, options: ToolProcessorOptions) {
  return SessionAwareToolProcessor.create(session, options);
}

/** A tool that tells a failure as its first result, and gives something else then. */
function failsFirst(failure: object) {
  let calls = 0;
  const execute = () => {
    calls += 1;
    return calls === 1 ? failure : 'fine';
  };
  return { execute, effect: 'read', isCacheable: true } as const;
}

const mcpFailure = { isError: true, content: [{ type: 'text', text: 'no such user' }] };

describe('a failure that is told as a result', () => {
  test.each([
    [{ status: 'error', message: 'quota used up' }],
    [{ error: 'boom' }],
    [{ ok: false, error: 'channel_not_found' }],
  ])(
    'G-W74, G-111, W-58: %j goes to the model as it is, and is neither reused nor named',
    async (failure) => {
      await using made = await aSession();
      const processor = await aProcessor(made.session, { tools: { f: failsFirst(failure) } });
      const [failed] = await processor.processLlmMessage(asking('c1', 'f'));
      const [worked] = await processor.processLlmMessage(asking('c2', 'f'));
      expect(failed).toMatchObject({ status: 'succeeded', value: failure, bindingId: null });
      expect(toToolMessages(failed === undefined ? [] : [failed])).toMatchObject([
        { content: JSON.stringify(failure) },
      ]);
      expect(worked).toMatchObject({ value: 'fine', isCached: false, bindingId: 'v1' });
      expect(processor.stats()).toMatchObject({ succeeded: 1, failed: 1, successRate: 0.5 });
      const memory = await processor.procedures?.memory();
      expect(memory?.stats()).toMatchObject({ successCount: 1, failureCount: 1 });
    },
  );

  test('one that is too long for the log is no result that is reused either', async () => {
    await using made = await aSession();
    const failure = { status: 'error', message: 'quota used up '.repeat(10_000) };
    const processor = await aProcessor(made.session, { tools: { f: failsFirst(failure) } });
    await processor.processLlmMessage(asking('c1', 'f'));
    const [again] = await processor.processLlmMessage(asking('c2', 'f'));
    expect(again).toMatchObject({ value: 'fine', isCached: false, bindingId: 'v1' });
  });

  test('is learnt as a failure by all who share a session for it', async () => {
    await using made = await aSession();
    const procedures = made.pagefold.session('shared');
    const failure = { status: 'error', message: 'quota used up' };
    const tools = { f: failsFirst(failure) };
    const processor = await aProcessor(made.session, { tools, procedures });
    await processor.processLlmMessage(asking('c1', 'f'));
    await processor.processLlmMessage(asking('c2', 'f'));
    const memory = await processor.procedures?.memory();
    expect(memory?.stats()).toMatchObject({ successCount: 1, failureCount: 1 });
    expect(memory?.findCalls({ outcome: 'failure' })).toMatchObject([
      { errorMessage: expect.stringContaining('quota used up') },
    ]);
  });

  test('W-41: is left out of prompts for tasks whoever recorded it', async () => {
    await using made = await aSession();
    await made.session.toolUsed({ toolName: 'f', result: { error: 'boom' }, callId: 'c1' });
    await made.session.toolUsed({ toolName: 'f', result: mcpFailure, callId: 'c2' });
    await made.session.toolUsed({ toolName: 'f', result: 'fine', callId: 'c3' });
    const prompt = buildPromptFromSession(await made.session.getSession(), {
      strategy: 'task',
    });
    const told = prompt.filter(({ role }) => role === 'tool').map(({ content }) => content);
    expect(told).toEqual(['fine']);
  });

  test('G-W108, G-W33: what a server of MCP answers where a call failed is neither reused nor named through any door', async () => {
    await using made = await aSession();
    const tools = await SessionTools.open(made.session);
    const report = await tools.begin('sqrt', { x: 2 });
    const finished = await tools.finish({ report, result: mcpFailure });
    expect(finished.binding).toBeNull();
    await made.session.toolUsed({ toolName: 'sqrt', arguments: { x: 3 }, result: mcpFailure });
    const [again, other] = [
      await tools.begin('sqrt', { x: 2 }),
      await tools.begin('sqrt', { x: 3 }),
    ];
    expect([tools.reusable(again), tools.reusable(other)]).toEqual([null, null]);
    const worked = await tools.finish({ report: again, result: Math.SQRT2 });
    expect(worked.binding?.id).toBe('v1');
  });

  test.each([['found'], ['found '.repeat(20_000)]])(
    'a tool that checks many things may find the same wrong with each of them',
    async (found) => {
      await using made = await aSession();
      const execute = () => ({ status: 404, error: `Not ${found}` });
      const limits = { executionBudget: 50, toolBudgetTotal: 50, perToolCap: 50 };
      const tools = { check: { execute, effect: 'read' } } as const;
      const processor = await aProcessor(made.session, { tools, guards: { limits } });
      const statuses: string[] = [];
      for (let index = 0; index < 14; index += 1) {
        const answer = asking(`c${index}`, 'check', { url: `/${index}` });
        // In order: guards judge a call by those before it.
        const [result] = await processor.processLlmMessage(answer);
        statuses.push(result?.status ?? 'none');
      }
      expect(new Set(statuses)).toEqual(new Set(['succeeded']));
      const reopened = await SessionTools.open(made.session, { limits });
      expect(await reopened.begin('check', { url: '/14' })).toMatchObject({ verdict: 'allow' });
    },
  );

  test('a note that says nothing of failures takes none away', async () => {
    await using made = await aSession();
    const tools = await SessionTools.open(made.session);
    const metadata = { guards: { hasFailed: null } };
    await made.session.toolUsed({ toolName: 'f', result: { error: 'boom' }, metadata });
    expect(tools.state.getBinding('v1')).toBeNull();
    const worked = await tools.finish({ report: await tools.begin('g', {}), result: 'fine' });
    expect(worked.binding?.id).toBe('v1');
  });

  test('whoever carried the call out may say that it failed, or that it did not', async () => {
    await using made = await aSession();
    const tools = await SessionTools.open(made.session);
    const ended = async (result: unknown, hasFailed: boolean) => {
      const report = await tools.begin('job_status', { result });
      return tools.finish({ report, result, hasFailed });
    };
    const job = await ended({ status: 'error', message: 'disk full' }, false);
    const failed = await ended('ERR 7', true);
    expect([job.binding?.id, failed.binding]).toEqual(['v1', null]);
    const prompt = buildPromptFromSession(await made.session.getSession(), { strategy: 'task' });
    const told = prompt.filter(({ role }) => role === 'tool').map(({ content }) => content);
    expect(told).toEqual([JSON.stringify({ status: 'error', message: 'disk full' })]);
  });

  test('one that counts as a result keeps its name, and is not reused all the same', async () => {
    await using made = await aSession();
    const tools = await SessionTools.open(made.session);
    const result = { error: 'boom' };
    const report = await tools.begin('sqrt', { x: 2 });
    const { binding } = await tools.finish({ report, result, hasFailed: false });
    expect(binding?.value).toEqual(result);
    expect(tools.reusable(await tools.begin('sqrt', { x: 2 }))).toBeNull();
  });
});
