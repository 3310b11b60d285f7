import { contentText, toAnswerContent } from '../../domain/message-content.ts';
import type { PageRepresentation } from '../../domain/page-mutation.ts';
import { declaredCalls, type ToolRequest, toolUseOf } from '../../domain/tool-call.ts';
import { foldArguments } from '../folding/fold-arguments.ts';
import { capFor } from '../shorten-messages.ts';
import type { CountText } from '../search/page-outline.ts';
import type { PageContent } from './page-contents.ts';
import { callText } from './session-page.ts';
import { LINE_TOKENS, type PageCutting, type ShownPage, showPage } from './shown-page.ts';

/** A page of an answer that asks for tools, or of a call and what came of it. */
export interface CallPage {
  /** What was said, or what came of the call. */
  readonly words: string;
  readonly calls: readonly ToolRequest[];
  readonly isResult: boolean;
}

/** What stands for arguments that are told elsewhere. */
const ASKED_ELSEWHERE = '...';

/** What a page says beside its calls; null for one that has none. */
export function callPageOf({ event }: PageContent): CallPage | null {
  if (event === null) return null;
  const { message, source, type } = event;
  if (type === 'tool_call') {
    const use = toolUseOf(message);
    return { words: use.outcome?.content ?? '', calls: [use], isResult: true };
  }
  if (type !== 'message' || source !== 'llm') return null;
  const calls = declaredCalls(message);
  const isAsking = calls.length > 0;
  return isAsking ? { words: contentText(toAnswerContent(message)), calls, isResult: false } : null;
}

/** What a representation shows of a page, its calls apart from its words where it says so. */
export function showContent(
  content: PageContent,
  representation: PageRepresentation,
  cutting: PageCutting,
): ShownPage {
  const { callTokens, toldCalls } = representation;
  const page = callTokens === undefined ? null : callPageOf(content);
  if (page === null || callTokens === undefined)
    return showPage(content.text, representation, cutting);
  const { countTokens } = cutting;
  const words = showPage(page.words, representation, cutting).text;
  const asked = foldCalls(page.calls, callTokens, countTokens);
  const lines = callLines(page, callTokens === 0 ? page.calls.map(() => ASKED_ELSEWHERE) : asked);
  const told = toldCalls === undefined ? lines : toldCalls.flatMap((at) => lines[at] ?? []);
  const text = toText(told, words, page);
  return { representation, text, tokens: countTokens(text) + LINE_TOKENS, turn: { words, asked } };
}

function callLines({ calls }: CallPage, asked: readonly string[]): readonly string[] {
  return calls.map((call, at) => callText({ ...call, arguments: asked[at] ?? '' }));
}

function toText(told: readonly string[], words: string, { isResult }: CallPage): string {
  if (isResult) return `${told.join('\n')} -> ${words}`;
  return [words, ...told].filter((text) => text !== '').join('\n');
}

/** The arguments of calls in so many tokens together: long ones pay, short ones stay whole. */
function foldCalls(
  calls: readonly ToolRequest[],
  callTokens: number,
  countTokens: CountText,
): readonly string[] {
  const lengths = calls.map((call) => countTokens(call.arguments));
  const maxTokens = capFor(lengths, callTokens);
  return calls.map((call) => foldArguments(call.arguments, { maxTokens, countTokens }));
}

/** Tokens of all arguments of a page. */
function argumentTokens({ calls }: CallPage, countTokens: CountText): number {
  return calls.reduce((sum, call) => sum + countTokens(call.arguments), 0);
}

/** Whether a representation shows less than half of the arguments of a page; what came of a call leaves them to the answer. */
export function hasShortCalls(
  content: PageContent,
  { callTokens }: PageRepresentation,
  countTokens: CountText,
): boolean {
  const page = callTokens === undefined ? null : callPageOf(content);
  if (page === null || callTokens === undefined || (page.isResult && callTokens === 0))
    return false;
  return callTokens < argumentTokens(page, countTokens) / 2;
}

/**
 * A cut of a page that stands as a turn, as long as one of its text: half of it is for the words, and more where calls leave it. What came
 * of a call has room for its arguments too, as the answer that asked for it may be none of the context.
 */
export function turnCut(
  content: PageContent,
  cut: PageRepresentation,
  countTokens: CountText,
): PageRepresentation {
  const { text, maxTokens } = cut;
  const page = text === null && maxTokens !== null ? callPageOf(content) : null;
  if (page === null || maxTokens === null) return cut;
  const most = Math.max(Math.floor(maxTokens / 2), maxTokens - countTokens(page.words));
  const callTokens = Math.min(argumentTokens(page, countTokens), most);
  return { ...cut, maxTokens: maxTokens - callTokens, callTokens };
}
