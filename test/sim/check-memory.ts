import { toText } from '../../src/domain/json.ts';
import type { LogEvent } from '../../src/domain/log-event.ts';
import type { MemoryChange } from '../../src/domain/memory-change.ts';
import { toPageContent, toTranscriptEvent } from '../../src/memory/manager/page-contents.ts';
import { pageOfEvent } from '../../src/memory/manager/session-page.ts';
import type { Call } from './call.ts';
import type { Evidence } from './check-answers.ts';
import { codeOf, type Inspection, type MemoryAnswer, type MemoryCall } from './memory-call.ts';
import type { MemoryProfile } from './memory-profile.ts';
import { isSameValue } from './same-value.ts';
import { eventOf, type Truth } from './truth.ts';
import type { Rule, Violation } from './violation.ts';

/** Errors that a call of a memory may end with, whatever the state of its session. */
const EXPECTED_CODES: ReadonlySet<string | null> = new Set([
  'ABORTED',
  'DEADLINE_EXCEEDED',
  'INVALID_INPUT',
  'OVERLOADED',
  'SESSION_CONFLICT',
  'SESSION_NOT_FOUND',
  'STORAGE_ERROR',
  'TOKEN_LIMIT_EXCEEDED',
]);

/** What a tool tells without anything being recorded. */
const UNCOUNTED_CODES: ReadonlySet<string | null> = new Set([
  'FAULT_LIMIT_EXCEEDED',
  'FAILURE_LIMIT_EXCEEDED',
]);

/** What is known of the memory of one session when all is over. */
export interface MemoryCase {
  readonly truth: Truth;
  readonly profile: MemoryProfile;
  /** In the order of the answers. */
  readonly calls: readonly MemoryCall[];
  readonly evidence: readonly Evidence[];
  /** The memory of a process that starts when all is over; null when there is no session. */
  readonly fresh: Inspection | null;
}

/** Holds the calls of the memory of one session against its log. */
export class MemoryCheck {
  readonly #case: MemoryCase;
  readonly #report: (violation: Violation) => void;

  constructor(of: MemoryCase, report: (violation: Violation) => void) {
    this.#case = of;
    this.#report = report;
  }

  check(): void {
    for (const call of this.#case.calls) this.#checkCall(call);
    this.#checkGuards();
    this.#checkStrays();
    this.#checkNotes();
    const { timeline } = this.#case.truth;
    for (let life = 1; life <= timeline.lives; life += 1) this.#checkBudgets(life);
    this.#checkTexts();
  }

  /** All processes saw the same as one that starts now. */
  checkInspections(calls: readonly MemoryCall[]): void {
    const { fresh } = this.#case;
    for (const call of calls) {
      const { outcome } = call;
      if (outcome.kind === 'answered' && outcome.answer.type === 'inspected') {
        if (isSameValue(outcome.answer.inspection, fresh)) continue;
        this.#violate('memories-agree', call, differenceOf(outcome.answer.inspection, fresh));
      } else if (fresh !== null || outcome.kind !== 'refused') {
        this.#violate('memories-agree', call, `was told ${outcome.kind}`);
      }
    }
  }

  #checkCall(call: MemoryCall): void {
    const { outcome, commands } = call;
    const committed = commands.filter(isCommitted);
    const isDoubtful = commands.some(({ outcome: { kind } }) => kind === 'unknown');
    if (committed.length > 1)
      this.#violate('memory-once', call, `recorded ${committed.length} times`);
    switch (outcome.kind) {
      case 'answered':
        this.#checkAnswer(call, outcome.answer, committed[0]);
        return;
      case 'refused':
        if (!EXPECTED_CODES.has(outcome.code))
          this.#violate('error-is-expected', call, `failed with ${String(outcome.error)}`);
        if (committed.length > 0 || isDoubtful)
          this.#violate('memory-once', call, `was refused with ${outcome.code}, and recorded`);
        return;
      case 'regressed':
        if (!this.#case.truth.moments.some(({ moment }) => moment.cause === 'lost'))
          this.#violate('loss-is-real', call, 'was told of a loss that never was');
        return;
      default:
    }
  }

  #checkAnswer(call: MemoryCall, answer: MemoryAnswer, committed: Call | undefined): void {
    const isRecorded = committed !== undefined;
    if (answer.type === 'build') {
      const { changePosition } = answer.context.receipt;
      const position = committed === undefined ? null : positionOf(committed);
      if (position !== changePosition)
        this.#violate('memory-once', call, `names change ${changePosition}, made ${position}`);
    } else if (![isRecorded, null].includes(isWorthARecord(answer))) {
      this.#violate('memory-once', call, isRecorded ? 'recorded for nothing' : 'recorded nothing');
    }
  }

  /** Every change was decided on the memory right before it. */
  #checkGuards(): void {
    const { evidence, truth } = this.#case;
    for (const { call, own } of evidence) {
      const [index] = own;
      if (call.ask.type !== 'command' || call.ask.command.type !== 'change-memory') continue;
      if (index === undefined) continue;
      const { basisRevision } = call.ask.command;
      const revision = truth.moments[index]?.state?.memoryRevision;
      if (revision !== basisRevision + 1)
        this.#violate('memory-is-guarded', call, `decided on ${basisRevision} became ${revision}`);
    }
  }

  /** A change that was acknowledged to nobody is one of which somebody could not be told what became of it. */
  #checkStrays(): void {
    const { evidence, truth } = this.#case;
    // A store that lost history forgot with it what it had refused, so a late copy may find its place.
    if (truth.moments.some(({ moment }) => moment.cause === 'lost')) return;
    const claimed = new Set(evidence.flatMap(({ own }) => own));
    const doubtful = evidence.flatMap(({ call: { ask, outcome } }) =>
      outcome.kind === 'unknown' && ask.type === 'command' && ask.command.type === 'change-memory'
        ? [JSON.stringify(ask.command.changes)]
        : [],
    );
    for (const [index, { event }] of truth.moments.entries()) {
      if (event?.type !== 'memory-changed' || claimed.has(index)) continue;
      const at = doubtful.indexOf(JSON.stringify(event.changes));
      if (at < 0) this.#violate('memory-once', null, `nobody asked for record ${index}`);
      else doubtful.splice(at, 1);
    }
  }

  /** A note that was acknowledged is in the log once, one that was refused is not. */
  #checkNotes(): void {
    const { truth, calls } = this.#case;
    const written = truth.moments.flatMap(({ event, moment }) =>
      changesOf(event).flatMap((change) =>
        change.kind === 'written' ? [{ text: toText(change.page.content), moment }] : [],
      ),
    );
    for (const call of calls) {
      const { ask, outcome } = call;
      if (ask.type !== 'write') continue;
      const own = written.filter(({ text }) => text === ask.content);
      const count = own.filter(({ moment }) => !moment.isLost).length;
      const isWrong = outcome.kind === 'answered' ? own.length === 0 : false;
      if (count > 1 || isWrong || (outcome.kind === 'refused' && count > 0))
        this.#violate('memory-once', call, `wrote a note ${count} times, told ${outcome.kind}`);
    }
  }

  /** A model never gets more in a turn than its policy says, over all processes. */
  #checkBudgets(life: number): void {
    const { faults } = this.#case.profile.options;
    let loaded = 0;
    let failed = 0;
    for (const { record } of this.#case.truth.timeline.ofLife(life)) {
      const event = eventOf(record ?? '');
      if (isQuestion(event)) [loaded, failed] = [0, 0];
      for (const change of changesOf(event)) {
        loaded += Number(change.kind === 'faulted' && change.actor === 'model');
        failed += Number(change.kind === 'fault-failed');
      }
      const most = { loaded: faults?.maxFaultsPerTurn, failed: faults?.maxFailedFaultsPerTurn };
      if (loaded > (most.loaded ?? 0) || failed > (most.failed ?? 0))
        this.#violate('memory-budget', null, `${loaded} loaded and ${failed} failed in one turn`);
    }
  }

  /** All that was said or written can be read in full. */
  #checkTexts(): void {
    const { truth, fresh } = this.#case;
    if (fresh === null) return;
    for (const [pageId, text] of expectedTexts(truth)) {
      if (fresh.texts[pageId] !== text)
        this.#violate('content-is-readable', null, `${pageId} is not what was recorded`);
    }
    for (const [pageId, text] of Object.entries(fresh.texts)) {
      if (text === null) this.#violate('content-is-readable', null, `${pageId} is not there`);
    }
  }

  #violate(rule: Rule, call: { tag: string; host: string } | null, what: string): void {
    const { sessionId } = this.#case.truth.key;
    const text = call === null ? what : `${call.tag} (${call.host}) ${what}`;
    this.#report({ rule, sessionId, text });
  }
}

function isCommitted({ outcome }: Call): boolean {
  return outcome.kind === 'replied' && outcome.reply.kind === 'committed';
}

function positionOf({ outcome }: Call): number | null {
  return outcome.kind === 'replied' && outcome.reply.kind === 'committed'
    ? outcome.reply.firstPosition
    : null;
}

/** Null where it depends on what was recorded before: a page is pinned once, and kept once in a turn. */
function isWorthARecord(answer: MemoryAnswer): boolean | null {
  switch (answer.type) {
    case 'written':
      return true;
    case 'pinned':
      return null;
    case 'fault':
      return answer.outcome.kind === 'loaded';
    case 'tool': {
      const { page, effects } = JSON.parse(answer.text) as ToolResult; // made by toolResultText
      const code = codeOf(answer.text);
      if (code !== null) return !UNCOUNTED_CODES.has(code);
      if (answer.text.includes('"already_mapped":true')) return null;
      return page !== undefined && effects !== undefined;
    }
    default:
      return false;
  }
}

interface ToolResult {
  readonly page?: unknown;
  readonly effects?: object;
}

function changesOf(event: LogEvent | null): readonly MemoryChange[] {
  return event?.type === 'memory-changed' ? event.changes : [];
}

function isQuestion(event: LogEvent): boolean {
  if (event.type !== 'event-recorded') return false;
  return pageOfEvent(event.event, 1)?.role === 'user';
}

/** What the pages of the present session have to say, as its own log tells. */
function expectedTexts({ timeline }: Truth): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  const surviving = timeline.surviving();
  const shared = sharedOf(surviving[0]?.record ?? null);
  for (const { record, version } of surviving) {
    const event = eventOf(record ?? '');
    if (event.type === 'event-recorded') {
      const page = pageOfEvent(event.event, version + shared);
      const content = page === null ? null : toPageContent(page, toTranscriptEvent(event.event));
      if (content !== null) texts.set(content.page.pageId, content.text);
    }
    for (const change of changesOf(event)) {
      if (change.kind === 'written') texts.set(change.page.pageId, toText(change.page.content));
    }
  }
  return texts;
}

function sharedOf(first: string | null): number {
  const event = first === null ? null : eventOf(first);
  return event?.type === 'session-created' ? (event.fork?.position ?? 0) : 0;
}

function differenceOf(one: Inspection, other: Inspection | null): string {
  if (other === null) return 'sees a session that is not there';
  const [left, right] = [JSON.stringify(one), JSON.stringify(other)];
  let at = 0;
  while (at < left.length && left[at] === right[at]) at += 1;
  const from = Math.max(0, at - 60);
  return `sees ${left.slice(from, at + 80)}, a new process ${right.slice(from, at + 80)}`;
}
