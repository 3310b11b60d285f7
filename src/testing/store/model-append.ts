import { expect } from 'vitest';
import { assertNever } from '../../domain/assert.ts';
import type { SessionKey } from '../../domain/ids.ts';
import type { AppendParams, AppendResult, HistoryPoint, TimeToLive } from '../../store/store.ts';
import { anAppend } from '../store-builders.ts';
import { expiryOf, type ModelSession, type ModelVerdict, type StoreModel } from './model.ts';
import type { Numbering } from './operation-numbers.ts';
import type { StoreSubject } from './store-subject.ts';

/** Which history a caller claims to know; nothing where there is none of that sort. */
export const KNOWLEDGE = ['nothing', 'latest', 'oldest', 'forged', 'ahead', 'dead'] as const;

/** See {@link KNOWLEDGE}. */
export type Knowledge = (typeof KNOWLEDGE)[number];

/** An append in terms of what happened before it. */
export interface ModelAppend {
  readonly key: SessionKey;
  readonly writer: string;
  readonly numbering: Numbering;
  readonly knowledge: Knowledge;
  readonly mode: 'any' | 'expected';
  readonly count: number;
  readonly timeToLive: TimeToLive;
}

/** Sends an append to the model and the store, and compares. */
export async function compareAppend(
  wanted: ModelAppend,
  model: StoreModel,
  subject: StoreSubject,
): Promise<void> {
  // A millisecond apart, so that every store has the same order of creation and of activity.
  await subject.advance(1);
  model.advance(1);
  const params = toParams(wanted, model);
  const before = model.find(params.key);
  const verdict = model.append(params);
  const session = before ?? model.find(params.key);
  const result = await subject.store.append(params);
  expect(toVerdict(result)).toEqual(verdict);
  if ('expiresAtMs' in result) expect(result.expiresAtMs ?? Infinity).toBe(expiryOf(session));
  if ('point' in result) learnPoint(session, result.point);
  model.advance(0);
}

/** The point of history that a caller with this knowledge names. */
export function knownPoint(
  model: StoreModel,
  key: SessionKey,
  knowledge: Knowledge,
): HistoryPoint | null {
  const points = [...(model.find(key)?.points.values() ?? [])];
  const latest = points.at(-1) ?? null;
  switch (knowledge) {
    case 'nothing':
      return null;
    case 'latest':
      return latest;
    case 'oldest':
      return points[0] ?? null;
    case 'forged':
      return latest === null ? null : { ...latest, hash: 'forged' };
    case 'ahead':
      return latest === null ? null : { ...latest, version: latest.version + 1 };
    case 'dead':
      return [...(model.findGone(key)?.points.values() ?? [])].at(-1) ?? null;
    default:
      return assertNever(knowledge);
  }
}

/** Notes the point that the store named for a version; it must never name another. */
export function learnPoint(session: ModelSession | undefined, point: HistoryPoint | null): void {
  expect(point?.version).toBe(session?.records.length);
  if (session === undefined || point === null) return;
  expect(point).toEqual(session.points.get(point.version) ?? point);
  session.points.set(point.version, point);
}

function toParams(wanted: ModelAppend, model: StoreModel): AppendParams {
  const { key, writer, count, mode, timeToLive } = wanted;
  const known = knownPoint(model, key, wanted.knowledge);
  const operation = model.operations.draw(JSON.stringify([key, writer]), wanted.numbering);
  const records = Array.from({ length: count }, (_, index) => `${writer}/${operation}/${index}`);
  const write = { writer, operation };
  if (known === null) return anAppend({ key, write, records, timeToLive });
  return anAppend({ key, known, mode, write, records });
}

function toVerdict(result: AppendResult): ModelVerdict {
  switch (result.kind) {
    case 'ok':
    case 'duplicate':
      return { kind: result.kind, firstPosition: result.firstPosition, tail: result.tail.records };
    case 'conflict':
      return { kind: 'conflict', tail: result.tail.records };
    case 'fenced':
      throw new TypeError('nobody raised an epoch');
    default:
      return { kind: result.kind };
  }
}
