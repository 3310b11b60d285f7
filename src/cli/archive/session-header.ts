import type { SessionStats } from '../../domain/session-stats.ts';
import type { Session } from '../../domain/session.ts';
import { formatCount, formatSpending } from '../text/figures.ts';
import { safeLine } from '../text/safe-text.ts';

/** What a session is and holds, in a few lines: a word, then its figure. */
export function formatHeader(session: Session, stats: SessionStats): readonly string[] {
  const { properties } = session.metadata;
  const entries: readonly (readonly [string, string | null])[] = [
    ['session', session.id],
    ['tenant', session.tenant],
    ['fork of', session.fork === null ? null : forkText(session.fork)],
    ['created', stats.createdAt],
    ['messages', messagesText(stats)],
    ['tool calls', formatCount(stats.toolCalls)],
    ['tokens', formatCount(stats.totalTokens)],
    ['cost', formatSpending(stats)],
    ['segments', formatCount(stats.sessionSegments)],
    ['records', formatCount(session.version)],
    ['properties', Object.keys(properties).length === 0 ? null : JSON.stringify(properties)],
  ];
  return entries.flatMap(([name, value]) =>
    value === null ? [] : [`${name.padEnd(LABEL_COLUMNS)}${safeLine(value)}`],
  );
}

const LABEL_COLUMNS = 12;

function forkText(fork: NonNullable<Session['fork']>): string {
  return `${fork.sessionId}, after record ${formatCount(fork.position)}`;
}

function messagesText(stats: SessionStats): string {
  const parts = [
    `${formatCount(stats.userMessages)} of the user`,
    `${formatCount(stats.aiMessages)} of the model`,
  ];
  return `${formatCount(stats.totalMessages)} (${parts.join(', ')})`;
}
