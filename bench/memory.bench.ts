import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { SubjectName } from './lib/peers/heap-subject.ts';
import { compareRow } from './lib/row.ts';
import type { BenchRow } from './lib/row.ts';

/** Compares with other packages. */
export const needsPeers: boolean = true;

const PROBE = fileURLToPath(import.meta.resolve('./lib/peers/heap-probe.ts'));

const TURNS = 20;
const SESSIONS = 10_000;
const IDLE_SESSIONS = 100_000;
/** LangGraph keeps every state of a thread, 17 kB a message at this length. */
const LANGGRAPH_SESSIONS = 200;

const MEGABYTE = 1024 ** 2;

const PEERS = {
  raw: 'Map + array',
  openai: 'OpenAI Agents MemorySession',
  langchain: 'LangChain InMemoryChatMessageHistory',
  langgraph: 'LangGraph MemorySaver',
  llamaindex: 'LlamaIndex Memory',
  mastra: 'Mastra Memory',
  adk: 'Google ADK InMemorySessionService',
} as const;

type Peer = keyof typeof PEERS;

/** How much memory do sessions, messages and vocabularies take? */
export function run(): readonly BenchRow[] {
  const peers = Object.keys(PEERS) as Peer[]; // the keys of the record above
  return [
    ...emptySessionRows(peers, { ours: 'active', sessions: SESSIONS }),
    ...emptySessionRows(peers, { ours: 'idle', sessions: IDLE_SESSIONS }),
    ...messageRows(peers),
    ...['o200k_base', 'cl100k_base'].flatMap(vocabularyRows),
  ];
}

function emptySessionRows(
  peers: readonly Peer[],
  params: { readonly ours: 'active' | 'idle'; readonly sessions: number },
): readonly BenchRow[] {
  const { ours, sessions } = params;
  const perSession = (name: SubjectName): number => weigh(name, { sessions, turns: 0 }) / sessions;
  const ownBytes = perSession(ours);
  // A thread of LangGraph without a message is nothing at all.
  return peers
    .filter((peer) => peer !== 'langgraph')
    .map((peer) =>
      bytesRow({
        metric: `empty session, ${sessions.toLocaleString('en')} of them, ours ${ours}`,
        ours: ownBytes,
        peer: PEERS[peer],
        theirs: perSession(peer),
      }),
    );
}

function messageRows(peers: readonly Peer[]): readonly BenchRow[] {
  const ownBytes = perMessage('idle', SESSIONS);
  return peers.map((peer) => {
    const isLangGraph = peer === 'langgraph';
    const sessions = isLangGraph ? LANGGRAPH_SESSIONS : SESSIONS;
    const note = isLangGraph ? `, peer: ${sessions} sessions` : '';
    return bytesRow({
      metric: `message of 100 characters, ${SESSIONS.toLocaleString('en')} sessions of ${TURNS} turns${note}`,
      ours: ownBytes,
      peer: PEERS[peer],
      theirs: perMessage(peer, sessions),
    });
  });
}

function perMessage(name: SubjectName, sessions: number): number {
  const full = weigh(name, { sessions, turns: TURNS });
  const empty = name === 'langgraph' ? 0 : weigh(name, { sessions, turns: 0 });
  return (full - empty) / (sessions * TURNS * 2);
}

function vocabularyRows(encoding: string): readonly BenchRow[] {
  const ours = probe('vocabulary', 'pagefold', encoding) / MEGABYTE;
  return ['js-tiktoken', 'gpt-tokenizer'].map((peer) =>
    compareRow(
      {
        metric: `resident memory of a loaded ${encoding} vocabulary`,
        unit: 'MB',
        ours,
        peer,
        theirs: probe('vocabulary', peer, encoding) / MEGABYTE,
      },
      'lower',
    ),
  );
}

function bytesRow(row: Omit<BenchRow, 'unit' | 'ratio'>): BenchRow {
  return compareRow({ ...row, unit: 'heap bytes' }, 'lower');
}

function weigh(
  name: SubjectName,
  size: { readonly sessions: number; readonly turns: number },
): number {
  return probe('sessions', name, String(size.sessions), String(size.turns));
}

/** Bytes that a process of its own counted: nothing of what others left behind, and collections can be forced. */
function probe(...args: readonly string[]): number {
  const output = execFileSync(
    process.execPath,
    [...process.execArgv, '--expose-gc', '--max-old-space-size=8192', PROBE, ...args],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const { bytes } = JSON.parse(output) as { readonly bytes: number }; // what the probe prints
  return bytes;
}
