import type { ListParams, SessionHead } from '../session-head.ts';

/** Whether a session meets every condition of a listing. */
export function isListed(head: SessionHead, params: ListParams): boolean {
  return (
    (params.userId === undefined || head.labels.userId === params.userId) &&
    head.key.sessionId.startsWith(params.sessionIdPrefix ?? '') &&
    isWithin(head.createdAtMs, params.createdFromMs, params.createdBeforeMs) &&
    isWithin(head.updatedAtMs, params.updatedFromMs, params.updatedBeforeMs) &&
    hasProperties(head, params.properties ?? {})
  );
}

function isWithin(
  timeMs: number,
  fromMs: number = -Infinity,
  beforeMs: number = Infinity,
): boolean {
  return timeMs >= fromMs && timeMs < beforeMs;
}

function hasProperties({ labels }: SessionHead, wanted: Readonly<Record<string, string>>): boolean {
  return Object.entries(wanted).every(
    ([name, value]) => Object.hasOwn(labels.properties, name) && labels.properties[name] === value,
  );
}
