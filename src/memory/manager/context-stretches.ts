import { isJsonObject, type JsonObject, type JsonValue } from '../../domain/json.ts';
import type { PageLevel } from '../../domain/page.ts';
import type { ContextEntry, ContextStretch } from '../context/context-plan.ts';
import { declaredCalls, hasOutcome, toolRequestOf } from '../../domain/tool-call.ts';
import { renderTurns } from '../chat-message.ts';
import { toTurns, type TranscriptEvent, type Turn, type TurnCall } from '../transcript.ts';
import type { StandingPage } from './memory-state.ts';
import type { PageContent } from './page-contents.ts';
import { callText } from './session-page.ts';
import type { ShownPage } from './shown-page.ts';

/** A page of a context with what it holds. */
export interface FilledPage {
  readonly place: StandingPage;
  readonly content: PageContent;
  readonly isPinned: boolean;
}

/**
 * The stretches of a context. Pages that stand as turns and follow each other are told as the conversation they were; all others
 * are entries of a block. A call whose result is not in the context is not shown either, unless the result is still to come.
 * @param isPending Whether everything that was said after a page follows it in the context, so that nothing of it was left out.
 */
export function toStretches(
  pages: readonly FilledPage[],
  isPending: (pageId: string) => boolean,
): readonly ContextStretch[] {
  const stretches: ContextStretch[] = [];
  for (const run of withResults(runsOf(pages))) {
    const [first] = run;
    if (first === undefined) continue;
    if (isTurn(first)) stretches.push(...turnStretches(run, isPending));
    else stretches.push({ kind: 'block', entries: run.map(toEntry) });
  }
  return stretches;
}

/** What follows each other in the same form. */
function runsOf(pages: readonly FilledPage[]): readonly (readonly FilledPage[])[] {
  const runs: FilledPage[][] = [];
  for (const page of pages) {
    const last = runs.at(-1);
    if (last?.[0] !== undefined && isTurn(last[0]) === isTurn(page)) last.push(page);
    else runs.push([page]);
  }
  return runs;
}

/**
 * Runs whose calls have their results at once: pages that were loaded in between come after them, however often some came while
 * results were still awaited. What stood apart stays apart, so that no block changes for a result that comes after it.
 */
function withResults(runs: readonly (readonly FilledPage[])[]): readonly (readonly FilledPage[])[] {
  const joined = [...runs];
  for (const at of joined.keys()) {
    // Turns and blocks take turns, so that the next turns are two further on.
    for (let next = at + 2; next < joined.length; next += 2) {
      const [asking = [], answering = []] = [joined[at], joined[next]];
      const count = awaitedResults(asking, answering);
      if (count === 0) break;
      joined[at] = [...asking, ...answering.slice(0, count)];
      joined[next] = answering.slice(count);
      if (count < answering.length) break;
    }
  }
  return joined;
}

/** How many of the results that a run begins with come while another run waits for some. */
function awaitedResults(asking: readonly FilledPage[], answering: readonly FilledPage[]): number {
  const [first] = answering;
  if (first === undefined || !isTurn(first)) return 0;
  const isOther = answering.findIndex(({ content }) => content.event?.type !== 'tool_call');
  const results = isOther === -1 ? answering : answering.slice(0, isOther);
  const events = openEvents(asking);
  let count = 0;
  for (const { content } of results) {
    if (content.event === null || !isWaiting(events)) break;
    events.push(content.event);
    count += 1;
  }
  return count;
}

/** The events of a run from the last message on to which a result may belong. */
function openEvents(run: readonly FilledPage[]): TranscriptEvent[] {
  const start = run.findLastIndex(
    ({ content: { event } }) => event?.type === 'message' && event.source !== 'system',
  );
  return run.slice(Math.max(0, start)).flatMap(({ content }) => content.event ?? []);
}

function isWaiting(events: readonly TranscriptEvent[]): boolean {
  return toTurns(events).some(
    (turn) => turn.kind === 'assistant' && turn.calls.some(({ outcome }) => outcome === null),
  );
}

/** Whether a page is told as a part of the conversation, and not as an entry of a block. */
export function standsAsTurn({ form }: StandingPage, { event }: PageContent): boolean {
  return form === 'turn' && event !== null;
}

/**
 * Whether all stretches before a page stay the same whatever follows from it on, and all from it on whatever was before: what people and
 * models say ends the turn before it, and with that the wait for its results.
 */
export function beginsExchange({ place, content }: FilledPage): boolean {
  const { event } = content;
  return standsAsTurn(place, content) && event?.type === 'message' && event.source !== 'system';
}

function isTurn({ place, content }: FilledPage): boolean {
  return standsAsTurn(place, content);
}

function levelOf({ shown }: StandingPage): PageLevel {
  return shown?.representation.level ?? 0;
}

function toEntry({ place, content, isPinned }: FilledPage): ContextEntry {
  return {
    page: content.page,
    level: levelOf(place),
    text: place.shown?.text ?? content.text,
    isPinned,
  };
}

function turnStretches(
  run: readonly FilledPage[],
  isPending: (pageId: string) => boolean,
): readonly ContextStretch[] {
  const pageOf = new Map<string, StandingPage>();
  const events = run.flatMap(({ place, content }) => {
    if (content.event === null) return [];
    pageOf.set(content.event.id, place);
    return [place.shown === null ? content.event : shortened(content.event, place.shown)];
  });
  return toTurns(events).flatMap((given): readonly ContextStretch[] => {
    const said = pageOf.get(given.eventId ?? '');
    const turn = withShortCalls(given, (eventId) => pageOf.get(eventId)?.shown ?? null);
    const whole = withoutLostCalls(turn, () => said !== undefined && tellsWaiting(said, isPending));
    if (whole === null) return [];
    const calls = whole.kind === 'assistant' ? whole.calls : [];
    const results = calls.flatMap(({ eventId }) => pageOf.get(eventId ?? '') ?? []);
    const places = said === undefined ? results : [said, ...results];
    const pageIds = places.map(({ pageId }) => pageId);
    const level = places
      .map(levelOf)
      .reduce((deepest, each) => (each > deepest ? each : deepest), 0);
    return [{ kind: 'turn', pageIds, level, messages: renderTurns([whole]) }];
  });
}

/** Whether calls of an answer are told whose results may still come: where there was no room for all calls, only those with results are. */
function tellsWaiting(
  { pageId, shown }: StandingPage,
  isPending: (id: string) => boolean,
): boolean {
  return shown?.representation.toldCalls === undefined && isPending(pageId);
}

/** The turn without calls whose results are not shown; null when nothing is left of it. */
function withoutLostCalls(turn: Turn, isPending: () => boolean): Turn | null {
  if (turn.kind !== 'assistant') return turn;
  const calls = turn.calls.filter(({ outcome }) => outcome !== null);
  if (calls.length === turn.calls.length || isPending()) return turn;
  return calls.length === 0 && (turn.content ?? '') === '' ? null : { ...turn, calls };
}

/**
 * The turn with the arguments that its pages show. They are put in here, as a call without an id is told by its arguments, and has to
 * find its result.
 */
function withShortCalls(turn: Turn, shownBy: (eventId: string) => ShownPage | null): Turn {
  if (turn.kind !== 'assistant') return turn;
  const asked = shownBy(turn.eventId ?? '')?.turn?.asked;
  const calls = turn.calls.map((call, at): TurnCall => {
    // One that the answer did not ask for is told by the page of its result alone.
    const own = call.isDeclared ? asked?.[at] : shownBy(call.eventId ?? '')?.turn?.asked[0];
    return own === undefined ? call : { ...call, arguments: own };
  });
  return { ...turn, calls };
}

/** The event with less to say; what it calls stays, and is not said a second time in what it says or answers. */
function shortened(event: TranscriptEvent, { text, turn }: ShownPage): TranscriptEvent {
  const { message } = event;
  if (turn !== undefined) return saying(event, turn.words);
  if (event.type === 'tool_call') {
    const asked = `${callText(toolRequestOf(message))} -> `;
    const result = text.startsWith(asked) ? text.slice(asked.length) : text;
    return { ...event, message: toldResult(isJsonObject(message) ? message : {}, result) };
  }
  return { ...event, message: shortenedMessage(message, text) };
}

/** The event with other words and the same calls. */
function saying(event: TranscriptEvent, words: string): TranscriptEvent {
  const { message } = event;
  if (!isJsonObject(message)) return { ...event, message: words };
  if (event.type !== 'tool_call')
    return { ...event, message: { ...message, content: words === '' ? null : words } };
  return hasOutcome(message) ? { ...event, message: toldResult(message, words) } : event;
}

/** A call with another result, in whatever form the one before was. */
function toldResult(message: JsonObject, result: string): JsonObject {
  const { error: _, output: __, content: ___, ...call } = message;
  return { ...call, success: true, result };
}

function shortenedMessage(message: JsonValue, text: string): JsonValue {
  const calls = new Set(declaredCalls(message).map(callText));
  if (!isJsonObject(message)) return text;
  const lines = text.split('\n').filter((line) => !calls.has(line));
  const content = lines.length === 0 && calls.size > 0 ? null : lines.join('\n');
  return { ...message, content };
}
