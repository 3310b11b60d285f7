import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../../../../src/domain/json.ts';
import { contentText, toUserContent } from '../../../../src/domain/message-content.ts';
import { type ChatMessage, MISSING_RESULT } from '../../../../src/memory/chat-message.ts';
import type { BuiltContext } from '../../../../src/memory/manager/context-builder.ts';
import { renderContext } from '../../../../src/memory/context/render-context.ts';
import { planFault } from '../../../../src/memory/manager/page-fault.ts';
import { pageOfEvent } from '../../../../src/memory/manager/session-page.ts';
import { DEFAULT_FAULT_POLICY } from '../../../../src/domain/paging-policy.ts';
import { promptTokens } from '../../../../src/memory/message-tokens.ts';
import { counter, MemoryLog, MODEL, snapshotOf } from '../../../lib/memory/memory-log.ts';
import { chatProblems } from '../chat-validity.ts';
import { conversations, type Step } from './conversations.ts';
import { attempt, take } from './live-session.ts';

const smallLimits = fc.oneof(
  fc.integer({ min: 40, max: 900 }),
  fc.integer({ min: 900, max: 6_000 }),
);

/** What a context takes when it is counted anew. */
function recounted({ messages, tools }: BuiltContext['rendered']): number {
  const ofTools = tools.length === 0 ? 0 : counter.countText(JSON.stringify(tools), MODEL);
  return promptTokens(messages, { counter, model: MODEL }) + ofTools;
}

function newestQuestion(
  log: MemoryLog,
): { readonly pageId: string; readonly message: JsonValue } | null {
  const found = log.entries.findLast(
    ({ event }) =>
      event.type === 'event-recorded' &&
      event.event.type === 'message' &&
      event.event.source === 'user',
  );
  if (found?.event.type !== 'event-recorded') return null;
  return { pageId: `msg_${found.position}`, message: found.event.event.message };
}

function pageIdsOf({ plan }: BuiltContext): readonly string[] {
  return plan.stretches.flatMap((stretch) =>
    stretch.kind === 'block' ? stretch.entries.map(({ page }) => page.pageId) : stretch.pageIds,
  );
}

/** Messages after the instructions and the manifest. */
function bodyOf({ plan, rendered }: BuiltContext): readonly ChatMessage[] {
  const { messages } = renderContext({ ...plan, mode: 'passive' }, { counter });
  return rendered.messages.slice(rendered.messages.length - (messages.length - 1));
}

function checkContext(log: MemoryLog, built: BuiltContext, maxTokens: number): void {
  const { rendered } = built;
  expect(rendered.tokens).toBe(recounted(rendered));
  expect(rendered.tokens).toBeLessThanOrEqual(maxTokens);
  expect(chatProblems(rendered.messages)).toEqual([]);
  const ids = pageIdsOf(built);
  expect(new Set(ids).size).toBe(ids.length);
  const question = newestQuestion(log);
  if (question === null) return;
  expect(ids).toContain(question.pageId);
  const content = toUserContent(question.message);
  const weight = Math.max(
    counter.count(content, MODEL).tokens,
    counter.countText(contentText(content), MODEL),
  );
  // Far less than half of the room that instructions, rules, tools and manifest leave.
  const isShort = weight <= (maxTokens - 600) / 4;
  const whole = contentText(content).replaceAll(/<(?=\s*\/?\s*VM:)/gi, '&lt;');
  const asked = contentText(bodyOf(built).findLast(({ role }) => role === 'user')?.content ?? '');
  expect(isShort ? asked : whole).toBe(whole);
}

/** Whether nothing happened that has to change what was sent: a page moved, a call had no result yet, rules became needed. */
function isStable(before: BuiltContext, after: BuiltContext): boolean {
  const isWaiting = before.rendered.messages.some(
    ({ role, content }) => role === 'tool' && content === MISSING_RESULT,
  );
  const [early, late] = [pageIdsOf(before), pageIdsOf(after)];
  const isToldAlike = before.plan.mode === after.plan.mode;
  return !isWaiting && isToldAlike && early.every((id, at) => late[at] === id);
}

/** All but the latest answer, which may still take calls. */
function settledMessages({ rendered: { messages } }: BuiltContext): readonly ChatMessage[] {
  const end = messages.findLastIndex(({ role }) => role !== 'assistant' && role !== 'tool');
  return messages.slice(0, end + 1);
}

async function play(
  steps: readonly Step[],
  options: { readonly maxTokens: number },
): Promise<{ readonly failed: number; readonly built: number }> {
  const log = new MemoryLog(options);
  const open = log.open();
  let [failed, count] = [0, 0];
  for (const step of steps) {
    if (step.kind !== 'built') {
      await take(log, open, step);
      continue;
    }
    const { built } = await attempt(log, open, step.maxTokens);
    if (built === null) failed += 1;
    else checkContext(log, built, step.maxTokens);
    count += 1;
  }
  open.memory.state.close();
  return { failed, built: count };
}

describe('buildContext', () => {
  test('M-189 M-199 M-W11 M-W35 M-W42: keeps its limit, sends valid messages once each, the newest question always', async () => {
    let checked = 0;
    await fc.assert(
      fc.asyncProperty(
        conversations(smallLimits, { isOdd: true }),
        fc.constantFrom(300, 2_000, 128_000),
        async (steps, maxTokens) => {
          const { failed, built } = await play(steps, { maxTokens });
          checked += built - failed;
        },
      ),
      { numRuns: 40, endOnFailure: true },
    );
    expect(checked).toBeGreaterThan(30);
  });

  test('is possible with 600 tokens, whatever was said', async () => {
    await fc.assert(
      fc.asyncProperty(
        conversations(fc.integer({ min: 600, max: 3_000 }), { isOdd: true }),
        fc.constantFrom(300, 2_000, 128_000),
        async (steps, maxTokens) => {
          expect((await play(steps, { maxTokens })).failed).toBe(0);
        },
      ),
      { numRuns: 40, endOnFailure: true },
    );
  });
});

describe('a context between two compactions', () => {
  test('M-W44: begins with all messages of the one before', async () => {
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(
        conversations(fc.constant(6_000), { isOdd: true }),
        fc.constantFrom(2_000, 128_000),
        async (steps, maxTokens) => {
          const log = new MemoryLog({ maxTokens });
          const open = log.open();
          let before: BuiltContext | null = null;
          const pairs: (readonly [readonly ChatMessage[], readonly ChatMessage[]])[] = [];
          for (const step of steps) {
            if (step.kind === 'improved') continue;
            if (step.kind !== 'built') {
              await take(log, open, step);
              continue;
            }
            const { built } = await attempt(log, open, 6_000);
            const isAppended = built?.changes.every(({ kind }) => kind !== 'compacted') === true;
            if (before !== null && built !== null && isAppended && isStable(before, built)) {
              const settled = settledMessages(before);
              pairs.push([settled, built.rendered.messages.slice(0, settled.length)]);
            }
            before = built;
          }
          compared += pairs.length;
          for (const [earlier, later] of pairs) expect(later).toEqual(earlier);
        },
      ),
      { numRuns: 40, endOnFailure: true },
    );
    expect(compared).toBeGreaterThan(20);
  });
});

describe('LogMemory', () => {
  test('M-W63 M-W70: is the same whenever and in whatever pieces the log is read', async () => {
    await fc.assert(
      fc.asyncProperty(
        conversations(smallLimits, { isOdd: true }),
        fc.constantFrom(300, 2_000, 128_000),
        fc.integer({ min: 1, max: 9 }),
        async (steps, maxTokens, pieceSize) => {
          const log = new MemoryLog({ maxTokens });
          const open = log.open();
          for (const step of steps) {
            if (step.kind === 'built') await attempt(log, open, step.maxTokens);
            else await take(log, open, step);
          }
          await log.follow(open);
          const [late, piecewise] = [log.open(), log.open()];
          await log.follow(late);
          await log.follow(piecewise, pieceSize);

          expect(snapshotOf(late)).toEqual(snapshotOf(open));
          expect(snapshotOf(piecewise)).toEqual(snapshotOf(open));
        },
      ),
      { numRuns: 40, endOnFailure: true },
    );
  });
});

describe('the pages of a session', () => {
  test('M-143 M-W01: can all be loaded whole, at level 0, and are what was recorded', async () => {
    await fc.assert(
      fc.asyncProperty(
        conversations(smallLimits, { isOdd: true }),
        fc.constantFrom(1, 4, 512),
        async (steps, maxHotPages) => {
          const log = new MemoryLog({ maxTokens: 1_000, maxHotPages });
          const open = log.open();
          for (const step of steps) {
            if (step.kind === 'built') await attempt(log, open, step.maxTokens);
            else await take(log, open, step);
          }
          await log.follow(open);
          const { state } = open.memory;
          for (const { position, event } of log.entries) {
            if (event.type !== 'event-recorded') continue;
            const page = pageOfEvent(event.event, position);
            if (page === null) continue;
            const asked = { pageId: page.pageId, level: 0, reason: 'resolve_reference' } as const;
            const { outcome } = await planFault(state, {
              ...asked,
              actor: 'user',
              maxContextTokens: Infinity,
              policy: DEFAULT_FAULT_POLICY,
            });
            if (outcome.kind === 'already_mapped') await state.pages.ensure([page.pageId]);
            expect(outcome).toMatchObject({ level: 0 });
            expect(outcome.kind).not.toBe('failed');
            expect(state.contents.get(page.pageId)?.text).toBe(page.content);
          }
        },
      ),
      { numRuns: 40, endOnFailure: true },
    );
  });
});
