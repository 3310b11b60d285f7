import { openPagefold, type Pagefold } from '../api/pagefold.ts';
import { assertNoSessionExport } from './archive/session-archive.ts';
import type { ExportedConversation } from './chat-export/conversation.ts';
import { parseChatExport } from './chat-export/chat-export.ts';
import { decodeSource } from './chat-export/source-text.ts';
import { type PlannedFamily, planTracking, type ReadExport } from './chat-export/tracking-plan.ts';
import { Pace } from './replay/pace.ts';
import { replayAll } from './replay/replay.ts';
import type { Terminal } from './terminal.ts';
import { formatCount } from './text/figures.ts';
import type { TrackingOptions } from './tracking-options.ts';
import { UsageError } from './usage-error.ts';

/** Sessions that were recorded. */
export interface Tracked {
  readonly pagefold: Pagefold;
  readonly families: readonly PlannedFamily[];
  readonly elapsedMs: number;
}

const CLEAR_LINE = '\r\u001b[K';
/** Sessions named when one has to be chosen. */
const NAMED_SESSIONS = 10;

/**
 * Reads and checks chat exports, records what they hold in a runtime of its own, and hands that over for as long as `use`
 * takes.
 * @throws INVALID_INPUT naming file, line and field, before anything is recorded.
 */
export async function withTracked(
  options: TrackingOptions,
  terminal: Terminal,
  use: (tracked: Tracked) => Promise<void>,
): Promise<void> {
  const families = await planFamilies(options, terminal);
  // Without an end: exports are old, and a replay may take long.
  const timeToLive = { absoluteMs: null, slidingMs: null };
  await using pagefold = await openPagefold({ tokens: options.tokens, timeToLive });
  const { context, concurrency } = options;
  const onStep = watchedPace(families, terminal);
  const startedAtMs = terminal.nowMs();
  try {
    const { signal } = terminal;
    await replayAll(families, { pagefold, context, concurrency, signal, onStep });
  } finally {
    if (terminal.isWatched) terminal.warn(CLEAR_LINE);
  }
  await use({ pagefold, families, elapsedMs: terminal.nowMs() - startedAtMs });
}

/** The error that asks for one of several sessions. */
export function chooseOne(families: readonly PlannedFamily[]): UsageError {
  const sessions = families.flat();
  const tenantsOf = new Map<string, number>();
  for (const { sessionId } of sessions)
    tenantsOf.set(sessionId, (tenantsOf.get(sessionId) ?? 0) + 1);
  const ids = sessions.map(({ sessionId, tenant }) =>
    tenantsOf.get(sessionId) === 1 ? sessionId : `${sessionId} (--tenant ${tenant})`,
  );
  const first = ids.slice(0, NAMED_SESSIONS).join(', ');
  const more =
    ids.length > NAMED_SESSIONS ? ` and ${formatCount(ids.length - NAMED_SESSIONS)} more` : '';
  return new UsageError(`--session takes one of ${first}${more}`);
}

async function planFamilies(
  { files, defaults, sessionId }: TrackingOptions,
  terminal: Terminal,
): Promise<readonly PlannedFamily[]> {
  const exports: ReadExport[] = [];
  for (const file of files) {
    // In order: files may be large, and standard input is there once.
    const source = decodeSource(file, await terminal.readFile(file));
    assertNoSessionExport(source);
    exports.push({ stem: source.stem, conversations: parseChatExport(source) });
  }
  const families = planTracking(named(exports, sessionId), defaults);
  if (sessionId === null) return families;
  const chosen = families.filter((family) => family.some((one) => one.sessionId === sessionId));
  if (chosen.length === 0) throw chooseOne(families);
  const inTenant = chosen.filter(([root]) => root?.tenant === defaults.tenant);
  return inTenant.length === 0 ? chosen : inTenant;
}

/** A single conversation without an id of its own takes the one that was asked for. */
function named(exports: readonly ReadExport[], id: string | null): readonly ReadExport[] {
  const all = exports.flatMap(({ conversations }) => conversations);
  const [only] = all;
  if (id === null || all.length !== 1 || only === undefined || only.id !== null) return exports;
  const conversation: ExportedConversation = { ...only, id };
  return exports.map(({ stem }) => ({ stem, conversations: [conversation] }));
}

function watchedPace(families: readonly PlannedFamily[], terminal: Terminal): () => Promise<void> {
  const totalSteps = families.flat().reduce((sum, { steps }) => sum + steps.length, 0);
  const pace = new Pace({
    nowMs: () => terminal.nowMs(),
    totalSteps,
    onTurn: ({ steps }) => {
      if (!terminal.isWatched) return;
      terminal.warn(`${CLEAR_LINE}${formatCount(steps)} of ${formatCount(totalSteps)} recorded`);
    },
  });
  return () => pace.step();
}
