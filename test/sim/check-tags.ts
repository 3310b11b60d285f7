import type { Call } from './call.ts';
import type { Evidence } from './check-answers.ts';
import { tagOf } from './plan.ts';
import type { TrueMoment, Truth } from './truth.ts';
import type { Rule, Violation } from './violation.ts';

/** What a session creates on the way carries the tag of the call with this sign behind it. */
const CREATION_SIGN = '+';

/**
 * Looks from the log at the calls: everything recorded belongs to a call that was acknowledged or whose outcome is
 * unknown, and to it once.
 */
export function checkTags(
  truth: Truth,
  evidence: readonly Evidence[],
  report: (violation: Violation) => void,
): void {
  const { sessionId } = truth.key;
  const violate = (rule: Rule, text: string): void => report({ rule, sessionId, text });
  const callOf = new Map(evidence.map(({ call }) => [call.tag, call]));
  const claimed = new Set(evidence.flatMap(({ own }) => own));
  const kept = new Map<string, number>();
  let strays = 0;
  for (const [index, trueMoment] of truth.moments.entries()) {
    const tag = recordedTag(trueMoment);
    if (tag === undefined) continue;
    if (tag === null) strays += Number(!claimed.has(index));
    else {
      const call = callOf.get(tag.replace(CREATION_SIGN, ''));
      if (!isExcusedByLoss(truth, call, index)) checkWriter(call, tag, violate);
      if (!trueMoment.moment.isLost) kept.set(tag, (kept.get(tag) ?? 0) + 1);
    }
  }
  for (const [tag, count] of kept) {
    if (count > 1) violate('at-most-once', `what ${tag} asked for was recorded ${count} times`);
  }
  const doubtful = evidence.filter(({ call }) => isDoubtful(call)).length;
  const lost = truth.moments.filter(({ moment }) => moment.isLost).length;
  if (strays > doubtful + lost)
    violate('refused-has-no-effect', `${strays} records belong to no call`);
}

/** Undefined when nothing was recorded at that moment, or what goes with the segment that closes right behind it. */
function recordedTag({ event }: TrueMoment): string | null | undefined {
  if (event === null) return undefined;
  const isOfClosing = event.type === 'segments-summarised' && event.summary.revision === 0;
  return isOfClosing ? undefined : tagOf(event);
}

function checkWriter(
  call: Call | undefined,
  tag: string,
  violate: (rule: Rule, text: string) => void,
): void {
  if (call === undefined) {
    violate('refused-has-no-effect', `nobody asked for what ${tag} recorded`);
    return;
  }
  const { outcome } = call;
  if (isDoubtful(call) || (outcome.kind === 'replied' && outcome.reply.kind === 'committed'))
    return;
  const how = outcome.kind === 'refused' ? `refused with ${outcome.code}` : `answered without it`;
  violate('refused-has-no-effect', `${tag} (${call.host}) was ${how} and is in the log`);
}

/**
 * A store that lost history forgot with it what it had refused, so a late copy of a refused write may find its place; and
 * it forgot what it had recorded, so the next copy of a lost write may be refused.
 */
function isExcusedByLoss(truth: Truth, call: Call | undefined, index: number): boolean {
  const { moments } = truth;
  const wasLost = moments[index]?.moment.isLost === true;
  return moments.some(({ moment }, at) => {
    if (call === undefined || moment.cause !== 'lost' || moment.stamp < call.begunStamp)
      return false;
    return at < index || (wasLost && moment.stamp < call.endedStamp);
  });
}

function isDoubtful({ outcome }: Call): boolean {
  return outcome.kind === 'unknown' || outcome.kind === 'regressed';
}
