import { AnswerCheck, type Evidence } from './check-answers.ts';
import { HostCheck } from './check-host.ts';
import { addUp, LogCheck } from './check-log.ts';
import { checkMemories } from './check-memories.ts';
import { checkTags } from './check-tags.ts';
import { TENANT } from './client.ts';
import { isSameValue } from './same-value.ts';
import type { Run } from './simulation.ts';
import { findTruths, type Truth } from './truth.ts';
import type { Violation } from './violation.ts';

/** Everything a simulation did that the library promises not to do. */
export async function check(run: Run): Promise<readonly Violation[]> {
  const violations: Violation[] = [];
  const report = (violation: Violation): void => void violations.push(violation);
  for (const text of run.complaints) {
    const rule = text.includes('appends') ? 'one-append-at-a-time' : 'answered-in-time';
    report({ rule, sessionId: null, text });
  }
  const store = run.server.inner;
  const truths = findTruths(run.profile.sessions, run.server.timelines, TENANT);
  const sums = [];
  for (const truth of truths.values()) {
    const evidence = checkAnswers(run, truth, report);
    checkTags(truth, evidence, report);
    checkAudit(run, truth, report);
    await checkMemories(run, { truth, evidence }, report);
    sums.push(await new LogCheck(truth, store, report).check());
  }
  const used = await store.tenantUsage({ tenant: TENANT });
  if (!isSameValue(used, addUp(sums))) {
    report({
      rule: 'sums-agree',
      sessionId: null,
      text: 'the usage of the tenant is not that of its logs',
    });
  }
  return violations;
}

function checkAnswers(
  run: Run,
  truth: Truth,
  report: (violation: Violation) => void,
): readonly Evidence[] {
  const calls = run.calls.filter(({ key }) => key.sessionId === truth.key.sessionId);
  const evidence = new AnswerCheck(truth, report).check(calls);
  const hosts = new Map<string, HostCheck>();
  for (const item of evidence) {
    const { host } = item.call;
    const hostCheck = hosts.get(host) ?? new HostCheck(truth, report);
    hosts.set(host, hostCheck);
    hostCheck.take(item);
  }
  return evidence;
}

/** When all is over, every process tells the same, and that is where the log ends. */
function checkAudit(run: Run, truth: Truth, report: (violation: Violation) => void): void {
  const { sessionId } = truth.key;
  const last = truth.moments.at(-1);
  for (const { key, tag, host, outcome, begunStamp } of run.calls) {
    if (key.sessionId !== sessionId || begunStamp < run.lastStamp) continue;
    if (outcome.kind === 'read' && isSameValue(outcome.state, last?.state)) continue;
    report({
      rule: 'processes-agree',
      sessionId,
      text: `${tag} (${host}) was not told the end of the log`,
    });
  }
}
