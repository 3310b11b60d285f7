import { openPagefold } from '../src/api/pagefold.ts';
import type { Pagefold } from '../src/api/pagefold.ts';
import type { SessionManager } from '../src/api/session-manager.ts';
import { systemClock } from '../src/runtime/system.ts';
import { createMemoryStore } from '../src/store/memory-store.ts';
import { collectedMemory } from './lib/collected-memory.ts';
import { replayContexts, replayWindow, sumFigures } from './lib/context-replay.ts';
import type { PromptFigures } from './lib/context-replay.ts';
import { growthRows } from './lib/growing-context.ts';
import { median } from './lib/median.ts';
import { loadRecallCorpora } from './lib/recall-data.ts';
import type { RecallConversation } from './lib/recall-data.ts';
import { compareRow } from './lib/row.ts';
import type { BenchRow } from './lib/row.ts';
import { BENCH_MODEL, openReplays } from './lib/session-replay.ts';

const BUDGETS = [4_000, 8_000, 32_000];
/** The longest conversation that is measured; 1,000,000 messages take some minutes and GiB more. */
const LONGEST = Number(process.env['PAGEFOLD_BENCH_MESSAGES'] ?? 100_000);
const LENGTHS = [100, 1_000, 10_000, 100_000, 1_000_000].filter((length) => length <= LONGEST);
/** What longer conversations are compared with. A session grows while it is measured: by two messages a statement, by four a question. */
const PEER_LENGTHS = [100, 1_000];
const COLD_LENGTH = 10_000;
/** Contexts of each kind, after some to warm up. */
const SAMPLES = 120;
const WARM_UP = 5;
/** Between two messages that are taken from the conversations, so that they are about different things. */
const MESSAGE_STRIDE = 7;
const WARM_UP_LENGTH = 1_000;
const WARM_UP_ROUNDS = 120;
const MAX_TOKENS = 4_000;
/** The first two while nothing is asked, as most of a conversation goes; the others when every other message is a question. */
const KINDS = ['a new message', 'nothing new', 'a question', 'thanks for an answer'] as const;
const GIBIBYTE = 1024 ** 3;

/** What do contexts of a long conversation cost: in tokens that caches of prompts miss, in time, and in memory? */
export async function run(): Promise<readonly BenchRow[]> {
  const chats = loadRecallCorpora().flatMap(({ conversations }) => conversations);
  if (chats.length === 0) return [];
  const beam = chats.filter(({ id }) => id.startsWith('beam'));
  return [...(await promptRows(beam)), ...(await buildRows(chats)), ...(await growthRows())];
}

async function promptRows(chats: readonly RecallConversation[]): Promise<readonly BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const budget of BUDGETS) {
    const all: PromptFigures[] = [];
    for (const chat of chats) {
      await using pagefold = await openReplays();
      all.push(await replayContexts(pagefold, chat, budget));
    }
    const windows = chats.map((chat) => replayWindow(chat, budget, 1));
    const halves = chats.map((chat) => replayWindow(chat, budget, 1 / 2));
    rows.push(...toPromptRows(budget, sumFigures(all), [sumFigures(windows), sumFigures(halves)]));
  }
  return rows;
}

function toPromptRows(
  budget: number,
  ours: PromptFigures,
  [window, halved]: readonly [PromptFigures, PromptFigures],
): readonly BenchRow[] {
  const title = `${budget} tokens`;
  const row = (metric: string, peer: string, values: readonly [number, number]): BenchRow =>
    compareRow(
      { metric: `${title}: ${metric}`, unit: '', ours: values[0], peer, theirs: values[1] },
      'lower',
    );
  const share = ({ compactions, builds }: PromptFigures): number => compactions / builds;
  return [
    row('tokens sent again over new ones, between compactions', 'the target', [
      ours.sent / ours.fresh,
      1.15,
    ]),
    ...(
      [
        ['sliding window', window],
        ['window, halved when full', halved],
      ] as const
    ).flatMap(([peer, theirs]) => [
      row('share of builds that compact', peer, [share(ours), share(theirs)]),
      row('tokens sent', peer, [ours.total, theirs.total]),
      row('tokens billed, cached ones at a tenth', peer, [ours.billed, theirs.billed]),
    ]),
  ];
}

/** CPU time of contexts in milliseconds, one of each sample. */
type Costs = Readonly<Record<(typeof KINDS)[number], number[]>>;

interface LongSession {
  readonly length: number;
  readonly pagefold: Pagefold;
  readonly session: SessionManager;
  readonly start: StartCosts | undefined;
  readonly costs: Costs;
}

async function buildRows(chats: readonly RecallConversation[]): Promise<readonly BenchRow[]> {
  await warmUp(chats);
  const sessions: LongSession[] = [];
  for (const length of LENGTHS) {
    // In order: what one start takes is measured.
    sessions.push(await openLong(chats, length));
  }
  try {
    await sampleInTurn(sessions, statementsOf(chats), tell);
    await sampleInTurn(sessions, questionsOf(chats), ask);
  } finally {
    await Promise.all(sessions.map(({ pagefold }) => pagefold.close()));
  }
  const starts = sessions.find(({ length }) => length === COLD_LENGTH)?.start;
  return [...sessions.flatMap((one) => lengthRows(one, sessions)), ...startRows(starts)];
}

/**
 * In turn and each time in another order, so that what disturbs one length disturbs the others. All have the heap of the longest
 * around them, whose garbage is collected at anybody's expense.
 */
async function sampleInTurn(
  sessions: readonly LongSession[],
  messages: readonly string[],
  step: typeof ask,
): Promise<void> {
  for (let sample = -WARM_UP; sample < SAMPLES; sample += 1) {
    const at = sample + WARM_UP;
    const first = at % sessions.length;
    for (const { session, costs } of [...sessions.slice(first), ...sessions.slice(0, first)]) {
      // In order: what is measured has the process to itself.
      await step(session, messageAt(messages, at), sample < 0 ? null : costs);
    }
  }
}

function messageAt(messages: readonly string[], at: number): string {
  const message = messages[at * MESSAGE_STRIDE];
  if (message === undefined) throw new Error('there are fewer messages than samples');
  return message;
}

function lengthRows(
  { length, costs }: LongSession,
  sessions: readonly LongSession[],
): readonly BenchRow[] {
  const peers = sessions.filter((one) => PEER_LENGTHS.includes(one.length) && one.length <= length);
  return KINDS.flatMap((kind) =>
    peers.map((peer) => {
      const metric = `a context of ${MAX_TOKENS} tokens from ${length} messages: ${kind}`;
      const [ours, theirs] = [costOf(kind, costs), costOf(kind, peer.costs)];
      const row = { metric, unit: 'CPU ms', ours, theirs };
      return compareRow({ ...row, peer: `ours from ${peer.length} messages` }, 'lower');
    }),
  );
}

/** The mean, since one context in ten is put together anew; of those that find nothing new the median, which a collection is no part of. */
function costOf(kind: (typeof KINDS)[number], costs: Costs): number {
  const values = costs[kind];
  if (kind === 'nothing new') return median(values);
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

async function openLong(
  chats: readonly RecallConversation[],
  length: number,
): Promise<LongSession> {
  const store = await filledStore(chats, length);
  const start = length === COLD_LENGTH ? await coldStart(store, length) : undefined;
  const pagefold = await openPagefold({ store, defaultModel: BENCH_MODEL });
  return { length, pagefold, session: openSession(pagefold), start, costs: noCosts() };
}

function noCosts(): Costs {
  return { 'a new message': [], 'nothing new': [], 'a question': [], 'thanks for an answer': [] };
}

function startRows(start: StartCosts | undefined): readonly BenchRow[] {
  if (start === undefined) return [];
  const row = { peer: 'none', theirs: Number.NaN };
  return [
    compareRow(
      { ...row, metric: `memory from ${COLD_LENGTH} messages`, unit: 'CPU ms', ours: start.cpuMs },
      'lower',
    ),
    compareRow({ ...row, metric: 'heap of a page', unit: 'bytes', ours: start.bytes }, 'lower'),
  ];
}

/** Otherwise what is measured first is measured with code that was not optimised yet. */
async function warmUp(chats: readonly RecallConversation[]): Promise<void> {
  const { session, pagefold } = await openLong(chats, WARM_UP_LENGTH);
  const [statements, questions] = [statementsOf(chats), questionsOf(chats)];
  for (let round = 0; round < WARM_UP_ROUNDS; round += 1) {
    await tell(session, messageAt(statements, round), null);
    await ask(session, messageAt(questions, round), null);
  }
  await pagefold.close();
}

async function filledStore(
  chats: readonly RecallConversation[],
  length: number,
): Promise<ReturnType<typeof createMemoryStore>> {
  const store = createMemoryStore({ clock: systemClock(), maxBytes: 8 * GIBIBYTE });
  await fill(store, chats, length);
  return store;
}

/** Messages of the conversations one after the other, again and again with a number of their own. */
async function fill(
  store: ReturnType<typeof createMemoryStore>,
  chats: readonly RecallConversation[],
  length: number,
): Promise<void> {
  await using pagefold = await openPagefold({ store, defaultModel: BENCH_MODEL });
  const session = openSession(pagefold);
  const texts = textsOf(chats);
  for (let count = 0; count < length; count += 1) {
    const text = `${texts[count % texts.length]} (${count})`;
    // In order: it is one conversation.
    if (count % 2 === 0) await session.recordUser(text);
    else await session.recordAnswer(text, { model: BENCH_MODEL });
  }
}

/** What people tell each other, and do not ask. */
function statementsOf(chats: readonly RecallConversation[]): readonly string[] {
  return textsOf(chats).filter((text) => !text.includes('?'));
}

function textsOf(chats: readonly RecallConversation[]): readonly string[] {
  return chats
    .filter(({ id }) => id.startsWith('conv'))
    .flatMap(({ pages }) => pages.map(({ text }) => text));
}

function openSession(pagefold: Pagefold): SessionManager {
  return pagefold.session('long', { memory: { maxTokens: MAX_TOKENS } });
}

interface StartCosts {
  readonly cpuMs: number;
  readonly bytes: number;
}

async function coldStart(
  store: ReturnType<typeof createMemoryStore>,
  length: number,
): Promise<StartCosts> {
  await using pagefold = await openPagefold({ store, defaultModel: BENCH_MODEL });
  const session = openSession(pagefold);
  await session.exists();
  const before = collectedMemory();
  const cpuMs = await cpuMsOf(() => session.memory.stats());
  const after = collectedMemory();
  const bytes = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers;
  return { cpuMs, bytes: bytes / length };
}

function questionsOf(chats: readonly RecallConversation[]): readonly string[] {
  return chats
    .filter(({ id }) => id.startsWith('conv'))
    .flatMap((chat) => chat.questions.map(({ text }) => text));
}

/** A context after a message that asks nothing, and one that nothing is new for: the one between takes in what the first recorded. */
async function tell(session: SessionManager, message: string, costs: Costs | null): Promise<void> {
  await session.recordAnswer('I see.', { model: BENCH_MODEL });
  await session.recordUser(message);
  const newMessage = await buildMs(session);
  await buildMs(session);
  const nothingNew = await buildMs(session);
  costs?.['a new message'].push(newMessage);
  costs?.['nothing new'].push(nothingNew);
}

/** A context after a question, and one after a message behind it, which lets go of what was loaded for the question. */
async function ask(session: SessionManager, question: string, costs: Costs | null): Promise<void> {
  await session.recordAnswer('With pleasure.', { model: BENCH_MODEL });
  await session.recordUser(question);
  const asked = await buildMs(session);
  await session.recordAnswer('I looked that up.', { model: BENCH_MODEL });
  await session.recordUser('Thank you, that is what I wanted to know.');
  const thanked = await buildMs(session);
  costs?.['a question'].push(asked);
  costs?.['thanks for an answer'].push(thanked);
}

function buildMs(session: SessionManager): Promise<number> {
  return cpuMsOf(() => session.memory.buildContext());
}

async function cpuMsOf(task: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await task();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
