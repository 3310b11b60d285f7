import type { Pagefold } from '../api/pagefold.ts';
import type { ErasureReceipt } from '../api/erase-scope.ts';
import { PagefoldError } from '../domain/errors.ts';
import { idSchema, tenantSchema } from '../domain/ids.ts';
import { parseInput } from '../domain/parse.ts';
import type { Arguments } from './arguments.ts';
import type { Terminal } from './terminal.ts';
import { formatAmount } from './text/figures.ts';
import { safeText } from './text/safe-text.ts';
import { UsageError } from './usage-error.ts';

/** What an action on the sessions of a deployment works on. */
export interface SessionWork {
  readonly pagefold: Pagefold;
  readonly parsed: Arguments;
  readonly terminal: Terminal;
  readonly tenant: string;
}

/** What an erasure of all that somebody has works on. */
export interface ErasureWork extends Pick<SessionWork, 'parsed' | 'tenant'> {
  readonly pagefold: Pick<Pagefold, 'erase' | 'listSessions' | 'sessions'>;
  readonly terminal: Pick<Terminal, 'print' | 'warn'>;
}

/** The id that an option takes. @throws INVALID_INPUT naming the option */
export function idOf(parsed: Arguments, option: string): string {
  return parseInput(idSchema, parsed.text(option), `--${option}`);
}

/** Erases a session. */
export async function eraseSession({
  pagefold,
  parsed,
  terminal,
  tenant,
}: SessionWork): Promise<void> {
  const session = pagefold.session(idOf(parsed, 'erase'), { tenant });
  const children = parsed.has('cascade') ? 'cascade' : undefined;
  await terminal.print(`${receiptText(await session.erase({ children }))}\n`);
}

/** Erases all that a tenant has of a user. */
export async function eraseUser(work: ErasureWork): Promise<void> {
  const { tenant } = work;
  await eraseOwned(work, { tenant, userId: idOf(work.parsed, 'erase-user') });
}

/** Erases all of a tenant. */
export async function eraseTenant(work: ErasureWork): Promise<void> {
  const name = work.parsed.text('erase-tenant');
  await eraseOwned(work, { tenant: parseInput(tenantSchema, name, '--erase-tenant') });
}

interface Owner {
  readonly tenant: string;
  readonly userId?: string;
}

async function eraseOwned(
  { pagefold, parsed, terminal }: ErasureWork,
  owner: Owner,
): Promise<void> {
  await assertRightPlace(pagefold, parsed, owner);
  const before = await listSessions(pagefold, owner);
  const receipt = await pagefold.erase(owner).catch(async (error: unknown) => {
    // Where that cannot be told either, what failed first is the better answer.
    const left = await listSessions(pagefold, owner, before.newestMs).catch(() => null);
    const what = formatAmount(before.count, 'session');
    const gone =
      left === null
        ? `some of ${what} may be gone`
        : `${Math.max(0, before.count - left.count)} of ${what} went`;
    terminal.warn(`pagefold: ${gone} before it failed${hintFor(error, parsed)}\n`);
    throw error;
  });
  await terminal.print(`${receiptText(receipt)}\n`);
}

function hintFor(error: unknown, parsed: Arguments): string {
  const isRefused = PagefoldError.isInstance(error) && error.code === 'INVALID_SESSION_OPERATION';
  if (!isRefused || parsed.text('artifacts') !== null) return '';
  return '; --artifacts FOLDER says where the content is';
}

/**
 * With an artifact store, content of sessions that are not there goes too: of another deployment than the folder's, that is the content of
 * all sessions that live.
 */
async function assertRightPlace(
  pagefold: ErasureWork['pagefold'],
  parsed: Arguments,
  { tenant }: Owner,
): Promise<void> {
  if (parsed.text('artifacts') === null) return;
  if (parsed.text('namespace') === null)
    throw new UsageError(
      'to erase with --artifacts takes --namespace, as content goes whose sessions are not there',
    );
  const { heads } = await pagefold.listSessions({ tenant, limit: 1 });
  if (heads.length > 0) return;
  throw new UsageError(
    `the tenant ${safeText(tenant)} has no sessions there, and what --artifacts holds may be of another deployment's: nothing was erased`,
  );
}

interface Listing {
  readonly count: number;
  /** When the newest of them began. */
  readonly newestMs: number;
}

/** Sessions that began up to a time: a service that lives goes on to begin others, and their ids may be too many to be remembered. */
async function listSessions(
  pagefold: ErasureWork['pagefold'],
  owner: Owner,
  untilMs: number = Infinity,
): Promise<Listing> {
  let [count, newestMs] = [0, 0];
  for await (const { createdAtMs } of pagefold.sessions({ ...owner, limit: 1000 })) {
    if (createdAtMs > untilMs) continue;
    count += 1;
    newestMs = Math.max(newestMs, createdAtMs);
  }
  return { count, newestMs };
}

function receiptText(
  receipt: Pick<ErasureReceipt, 'sessions' | 'records' | 'artifacts'> &
    Partial<Pick<ErasureReceipt, 'youngArtifacts'>>,
): string {
  const { sessions, records, artifacts, youngArtifacts } = receipt;
  const counts = [
    formatAmount(sessions, 'session'),
    formatAmount(records, 'record'),
    ...(artifacts === null ? [] : [formatAmount(artifacts, 'artifact')]),
  ];
  const isAnyYoung = typeof youngArtifacts === 'number' && youngArtifacts > 0;
  const left = isAnyYoung
    ? [
        `${formatAmount(youngArtifacts, 'artifact')} may be of a session that is beginning: erase again in ten minutes`,
      ]
    : [];
  return [`erased ${counts.join(', ')}`, ...left].join('\n');
}
