import { openPagefold } from '../../api/pagefold.ts';
import type { ListedSession } from '../../api/listed-session.ts';
import { DEFAULT_TENANT, idSchema, tenantSchema } from '../../domain/ids.ts';
import { parseInput } from '../../domain/parse.ts';
import { archiveLines, restoreArchive } from '../archive/session-archive.ts';
import { type Arguments, parseArguments } from '../arguments.ts';
import { decodeSource } from '../chat-export/source-text.ts';
import type { Command } from '../command.ts';
import { artifactsOf } from '../artifact-folder.ts';
import { printOrWrite } from '../output.ts';
import {
  eraseSession,
  eraseTenant,
  eraseUser,
  idOf,
  type SessionWork,
} from '../session-erasure.ts';
import { DEPLOYMENT_OPTIONS, DEPLOYMENT_USAGE, redisOf } from '../redis-options.ts';
import { formatAmount, formatCount, formatUsd } from '../text/figures.ts';
import { safeText } from '../text/safe-text.ts';
import { formatTable } from '../text/table.ts';
import { UsageError } from '../usage-error.ts';

const OPTIONS = {
  ...DEPLOYMENT_OPTIONS,
  artifacts: { type: 'string' },
  tenant: { type: 'string' },
  user: { type: 'string' },
  limit: { type: 'string' },
  export: { type: 'string' },
  out: { type: 'string' },
  restore: { type: 'string' },
  erase: { type: 'string' },
  'erase-user': { type: 'string' },
  'erase-tenant': { type: 'string' },
  cascade: { type: 'boolean' },
  json: { type: 'boolean' },
} as const;

const DEFAULT_LIMIT = 50;
const MAX_PAGE = 1000;

/** `pagefold sessions`: lists the sessions of a deployment, copies one out or in, and erases them. */
export const sessionsCommand: Command = {
  name: 'sessions',
  summary: 'list, copy and erase the sessions of a deployment in Redis',
  usage: `Usage: pagefold sessions [OPTIONS]

Lists the sessions of a tenant, latest activity first, or does one of the things below.

${DEPLOYMENT_USAGE}
  --artifacts FOLDER  the folder of the artifact store that the service has
  --tenant TENANT     whose sessions they are, ${DEFAULT_TENANT} without it
  --user USER         lists those of one user only
  --limit N           lists so many at most, ${DEFAULT_LIMIT} without it
  --json              the same for programs, one session a line

  --export ID         writes a session as lines of JSON, with those it was forked from; pagefold show prints them
  --out FILE          where to, standard output without it
  --restore FILE      stores the sessions of such an export, under the tenant and the ids that it names, and keeps those
                      that are there; they live for 24 hours after their latest record, or for as long as
                      SESSION_DEFAULT_TTL says
  --erase ID          erases a session, and takes what it cost out of the tenant's sums; its children stay; one that has
                      forks is refused
  --cascade           with --erase: its children and forks go too
  --erase-user USER   erases all that the tenant has of a user
  --erase-tenant NAME erases all of a tenant; goes without --tenant`,
  async run(args, terminal) {
    const parsed = parseArguments(args, OPTIONS);
    parsed.nothingElse();
    const action = actionOf(parsed);
    const artifacts = artifactsOf(parsed);
    await using pagefold = await openPagefold({ store: { redis: redisOf(parsed) }, artifacts });
    await action({ pagefold, parsed, terminal, tenant: tenantOf(parsed) });
  },
};

type Action = (work: SessionWork) => Promise<void>;

/** Options that go with an action only. */
const ACTIONS: Readonly<Record<string, readonly [Action, readonly string[]]>> = {
  export: [exportSession, ['out', 'tenant']],
  restore: [restoreSessions, []],
  erase: [eraseSession, ['tenant', 'cascade']],
  'erase-user': [eraseUser, ['tenant']],
  'erase-tenant': [eraseTenant, []],
};

/** The one thing to do; an option that would mean nothing to it is refused, as whoever gave it means something else. */
function actionOf(parsed: Arguments): Action {
  const named = Object.keys(ACTIONS).filter((name) => parsed.text(name) !== null);
  const [name, other] = named;
  if (other !== undefined) throw new UsageError(`--${name} and --${other} go one at a time`);
  const [action, taken] = ACTIONS[name ?? ''] ?? [list, ['tenant', 'user', 'limit', 'json']];
  const others = ['tenant', 'user', 'limit', 'out', 'cascade', 'json'].filter(
    (option) => !taken.includes(option) && (parsed.has(option) || parsed.text(option) !== null),
  );
  if (others[0] === undefined) return action;
  throw new UsageError(
    name === undefined
      ? `--${others[0]} goes with --${others[0] === 'out' ? 'export' : 'erase'}`
      : `--${others[0]} does not go with --${name}`,
  );
}

function tenantOf(parsed: Arguments): string {
  const tenant = parsed.text('tenant');
  return tenant === null ? DEFAULT_TENANT : parseInput(tenantSchema, tenant, '--tenant');
}

async function list({ pagefold, parsed, terminal, tenant }: SessionWork): Promise<void> {
  const user = parsed.text('user');
  const userId = user === null ? undefined : parseInput(idSchema, user, '--user');
  const limit = parsed.count('limit') ?? DEFAULT_LIMIT;
  const listed: ListedSession[] = [];
  for await (const session of pagefold.sessions({
    tenant,
    userId,
    order: 'updated',
    limit: Math.min(limit, MAX_PAGE),
  })) {
    if (listed.length === limit) break;
    listed.push(session);
  }
  if (parsed.has('json')) {
    for (const session of listed) await terminal.print(`${JSON.stringify(session)}\n`);
    return;
  }
  if (listed.length === 0) await terminal.print('no sessions\n');
  else await terminal.print(`${tableOf(listed).join('\n')}\n`);
}

function tableOf(sessions: readonly ListedSession[]): readonly string[] {
  const rows = sessions.map(({ key, labels, updatedAtMs, counters }) => [
    safeText(key.sessionId),
    safeText(labels.userId ?? ''),
    new Date(updatedAtMs).toISOString(),
    formatCount(counters.messages),
    formatCount(counters.tokens),
    formatUsd(counters.costUsd),
  ]);
  const columns = [
    { title: 'session', align: 'left' },
    { title: 'user', align: 'left' },
    { title: 'latest record', align: 'left' },
    { title: 'messages', align: 'right' },
    { title: 'tokens', align: 'right' },
    { title: 'cost', align: 'right' },
  ] as const;
  return formatTable(columns, rows);
}

async function exportSession({ pagefold, parsed, terminal, tenant }: SessionWork): Promise<void> {
  const session = pagefold.session(idOf(parsed, 'export'), { tenant });
  await printOrWrite(terminal, parsed.text('out'), archiveLines(pagefold, session));
}

async function restoreSessions({ pagefold, parsed, terminal }: SessionWork): Promise<void> {
  const path = parsed.text('restore') ?? '';
  const source = decodeSource(path, await terminal.readFile(path));
  for await (const one of restoreArchive(pagefold, source)) {
    const what = `${safeText(one.sessionId)} of ${safeText(one.tenant)}`;
    const records = formatAmount(one.records, 'record');
    await terminal.print(
      one.isKept ? `${what} is there with these ${records}\n` : `restored ${what}: ${records}\n`,
    );
  }
}
