import { PagefoldError } from '../../domain/errors.ts';
import type { PageEntry } from '../table/page-entry.ts';
import type { ManagerCore } from './manager-core.ts';

/** Something of a memory that does not agree with something else. */
export interface HealthFinding {
  /** What was compared with the page table. */
  readonly where: 'log' | 'index' | 'contents' | 'context' | 'budget' | 'kernel';
  /** Null where no single page is meant. */
  readonly pageId: string | null;
  /** What there was and what there should have been; never content. */
  readonly message: string;
}

/** The state of a memory: healthy when nothing was found. */
export interface HealthReport {
  readonly isHealthy: boolean;
  readonly findings: readonly HealthFinding[];
}

/** Compares all that is kept twice, and lists every mismatch. Looks at every page. */
export function checkHealth(core: ManagerCore): HealthReport {
  const findings = [...logFindings(core), ...pageFindings(core), ...kernelFindings(core)];
  return { isHealthy: findings.length === 0, findings };
}

function logFindings({ state, journal }: ManagerCore): readonly HealthFinding[] {
  const { pages, context } = journal.log.state();
  const findings: HealthFinding[] = [];
  const add = (pageId: string | null, message: string): void => {
    findings.push({ where: 'log', pageId, message });
  };
  for (const [pageId, told] of pages) {
    const entry = state.table.lookup(pageId);
    if (entry === null) {
      add(pageId, 'is in the log and not in the table');
      continue;
    }
    if (told.tier !== entry.tier) add(pageId, `tier ${told.tier} in the log, ${entry.tier} here`);
    if (told.level !== entry.level)
      add(pageId, `level ${told.level} in the log, ${entry.level} here`);
    const isPinned = entry.pin === 'explicit' || entry.pin === 'page';
    if (told.isPinned !== isPinned) add(pageId, `pinned ${told.isPinned} in the log`);
  }
  for (const pageId of state.table.ids())
    if (!pages.has(pageId)) add(pageId, 'is in the table and not in the log');
  const order = state.table.idsOfTier('L0');
  const isSame = order.length === context.length && order.every((id, at) => id === context[at]);
  if (!isSame) add(null, 'the context has another order in the log');
  return findings;
}

function pageFindings(core: ManagerCore): readonly HealthFinding[] {
  const { state } = core;
  const entries = [...state.table.ids()].flatMap((id) => state.table.lookup(id) ?? []);
  const findings = entries.flatMap((entry) => entryFindings(core, entry));
  const held = entries.filter(({ card }) => state.contents.get(card.pageId) !== null).length;
  if (state.contents.size !== held)
    findings.push({ where: 'contents', pageId: null, message: 'contents without a page' });
  const sum = entries
    .filter(({ tier }) => tier === 'L0')
    .reduce((total, { tokens }) => total + tokens, 0);
  const { usedTokens, totalTokens, reservedTokens } = state.table.set.figures();
  if (usedTokens !== sum || sum > totalTokens - reservedTokens) {
    const message = `${usedTokens} tokens used, ${sum} by its pages`;
    findings.push({ where: 'budget', pageId: null, message });
  }
  return findings;
}

function entryFindings({ state }: ManagerCore, entry: PageEntry): readonly HealthFinding[] {
  const { pageId } = entry.card;
  const findings: HealthFinding[] = [];
  const isHere = state.contents.get(pageId) !== null;
  if (!state.index.has(pageId))
    findings.push({ where: 'index', pageId, message: 'cannot be found' });
  if (entry.isResident !== isHere)
    findings.push({ where: 'contents', pageId, message: `resident ${entry.isResident}` });
  if (!isHere && entry.artifactId === null)
    findings.push({ where: 'contents', pageId, message: 'is nowhere' });
  const level = state.contextPage(pageId).shown?.representation.level ?? 0;
  if (entry.tier === 'L0' && level !== entry.level)
    findings.push({ where: 'context', pageId, message: `shown at ${level}, not ${entry.level}` });
  return findings;
}

function kernelFindings({ state }: ManagerCore): readonly HealthFinding[] {
  try {
    state.table.set.audit();
    return [];
  } catch (error) {
    if (!PagefoldError.isInstance(error)) throw error;
    return [{ where: 'kernel', pageId: null, message: error.code }];
  }
}
