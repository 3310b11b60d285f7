import type { Call } from './call.ts';
import type { Evidence } from './check-answers.ts';
import type { Truth } from './truth.ts';
import type { Violation } from './violation.ts';

/**
 * Holds the answers of one process incarnation about one session against each other: what it says never goes backwards,
 * and when the store lost what the process had already told somebody, it says so before it goes on.
 */
export class HostCheck {
  readonly #truth: Truth;
  readonly #report: (violation: Violation) => void;
  #served = 0;
  #isLossReported = false;

  constructor(truth: Truth, report: (violation: Violation) => void) {
    this.#truth = truth;
    this.#report = report;
  }

  /** Takes the next answer of the process, in the order of the answers. */
  take({ call, index }: Evidence): void {
    if (call.outcome.kind === 'regressed') this.#isLossReported = true;
    const state = stateOf(call);
    if (index === null || state === undefined) return;
    const to = this.#truth.indexAt(call.endedStamp);
    const served = this.#truth.find(state, { from: Math.max(this.#served, index), to });
    if (served === null) {
      this.#violate(
        'never-backwards',
        call,
        'was answered with less than the same process had told before',
      );
      return;
    }
    if (!this.#isLossReported && this.#skipsLoss(this.#served, { now: served, latest: to })) {
      this.#violate('loss-is-reported', call, 'was answered as if the store had lost nothing');
    }
    if (served > this.#served) this.#isLossReported = false;
    this.#served = served;
  }

  /** Whether what the process told before was lost, and what it tells now does not contain it. */
  #skipsLoss(
    before: number,
    { now, latest }: { readonly now: number; readonly latest: number },
  ): boolean {
    const { moments } = this.#truth;
    const old = moments[before];
    if (old?.moment.isLost !== true) return false;
    const loss = moments.findIndex(
      ({ moment }, index) =>
        index > before && moment.cause === 'lost' && moment.version < old.moment.version,
    );
    if (loss < 0 || now < loss) return false;
    // A session that was lost as a whole and created anew looks to the store like one that was deleted, even when that one
    // went as well since.
    const lives = moments.slice(loss, latest + 1).map(({ moment }) => moment.life);
    if (lives.some((life) => life !== old.moment.life)) return false;
    // A late copy of a lost write may have recorded it again at its place, and then nothing is missing.
    const same = moments.findLast(
      ({ moment }, index) => index <= now && moment.version === old.moment.version && index > loss,
    );
    return same?.moment.record !== old.moment.record;
  }

  #violate(rule: 'never-backwards' | 'loss-is-reported', call: Call, text: string): void {
    this.#report({
      rule,
      sessionId: this.#truth.key.sessionId,
      text: `${call.tag} (${call.host}) ${text}`,
    });
  }
}

function stateOf(call: Call): Parameters<Truth['find']>[0] | undefined {
  const { outcome } = call;
  if (outcome.kind === 'replied') return outcome.reply.state;
  return outcome.kind === 'read' ? outcome.state : undefined;
}
