import { toText } from '../../src/domain/json.ts';
import type { SessionMemory } from '../../src/api/session-memory.ts';
import type { SessionContext } from '../../src/api/session-context.ts';
import type { MemoryCall } from './memory-call.ts';
import { isSameValue } from './same-value.ts';
import type { Truth } from './truth.ts';
import type { Rule, Violation } from './violation.ts';

/** Holds every context that was built against its limit, and against what is made again from its receipt. */
export async function checkContexts(
  truth: Truth,
  calls: readonly MemoryCall[],
  parts: {
    readonly memory: SessionMemory;
    readonly report: (violation: Violation) => void;
  },
): Promise<void> {
  const { memory, report } = parts;
  for (const call of calls) {
    const { ask, outcome } = call;
    if (ask.type !== 'build' || outcome.kind !== 'answered') continue;
    const { answer } = outcome;
    if (answer.type !== 'build') continue;
    const violate = (rule: Rule, what: string): void => {
      const { sessionId } = truth.key;
      report({ rule, sessionId, text: `${call.tag} (${call.host}) ${what}` });
    };
    const { context } = answer;
    if (context.tokens > ask.maxTokens)
      violate('context-fits', `got ${context.tokens} tokens of ${ask.maxTokens}`);
    const twice = repeatedPage(context) ?? repeatedMessage(context);
    if (twice !== null) violate('context-repeats-nothing', `got ${twice} twice`);
    if (!isStillThere(truth, call)) continue;
    // In order: one after the other is all that a check needs.
    const difference = await differenceAgain(memory, context);
    if (difference !== null) violate('context-is-rebuilt', difference);
  }
}

/** Whether the history that a context was built from is there when all is over. */
function isStillThere(truth: Truth, call: MemoryCall): boolean {
  const { moments, timeline } = truth;
  const lives = [call.begunStamp, call.endedStamp].map(
    (stamp) => moments[truth.indexAt(stamp)]?.moment.life,
  );
  const { latest } = timeline;
  if (latest.record === null || lives.some((life) => life !== latest.life)) return false;
  return !moments.some(({ moment }) => moment.cause === 'lost' && moment.stamp > call.begunStamp);
}

async function differenceAgain(
  memory: SessionMemory,
  { receipt, messages, tools, tokens }: SessionContext,
): Promise<string | null> {
  try {
    const rebuilt = await memory.history.rebuild(receipt);
    const isSame =
      isSameValue(rebuilt.messages, messages) &&
      isSameValue(rebuilt.tools, tools) &&
      rebuilt.tokens === tokens;
    return rebuilt.check.isSame && isSame ? null : 'is another one when it is made again';
  } catch (error) {
    return `cannot be made again: ${String(error)}`;
  }
}

function repeatedPage({ receipt }: SessionContext): string | null {
  return repeated(receipt.entries.flatMap(({ pageIds }) => pageIds));
}

/** What is said begins with the tag of its call, so nothing is said twice; what was cut may have lost it. */
const TAG = /^[a-z]+\d+\.\d+\.\d+ /;

function repeatedMessage({ messages }: SessionContext): string | null {
  const said = messages.filter(
    ({ role, content }) => ['user', 'assistant'].includes(role) && content !== null,
  );
  return repeated(
    said.map(({ content }) => toText(content ?? '')).filter((text) => TAG.test(text)),
  );
}

function repeated(texts: readonly string[]): string | null {
  return texts.find((text, index) => texts.indexOf(text) !== index) ?? null;
}
