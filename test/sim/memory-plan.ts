import type { MemoryAsk } from './memory-call.ts';
import type { MemoryProfile } from './memory-profile.ts';
import { type NamedPage, newEvent, newSession, type PlannedAsk, type PlannedCall } from './plan.ts';
import type { Prng } from './prng.ts';
import type { Profile } from './profile.ts';

const TOPICS = ['harbour', 'budget', 'cache', 'invoice', 'garden'];
const PHRASES = [
  'It was counted twice and written down by the night watch.',
  'We decided to keep it as it is until spring.',
  'Nobody has asked for that so far, and nobody will.',
  'The number is 4711, and it must not be told to anybody.',
];
/** Sentences of a message that no context has room for beside others. */
const LONG = 900;

/** Draws the calls of one client that has to do with memories. */
export function drawMemoryCalls(
  memory: MemoryProfile,
  profile: Profile,
  client: number,
): readonly PlannedCall[] {
  const prng = memory.prng.split();
  return Array.from({ length: memory.callsPerClient }, (_, index) => {
    const isPatient = prng.chance(0.8);
    // A memory needs something to remember.
    const isSaid = index === 0 || prng.chance(0.35);
    return {
      id: `m${client}.${index}`,
      sessionId: prng.pick(profile.sessions),
      ask: isSaid ? drawSaid(prng, profile) : drawMemoryAsk(prng),
      repeats: 0,
      patienceMs: isPatient ? null : prng.between(1, 60),
      givesUpBy: prng.pick(['deadline', 'signal'] as const),
      isBurst: index > 0 && prng.chance(0.25),
      thinkMs: prng.between(index === 1 ? 25 : 0, 50),
    };
  });
}

function drawSaid(prng: Prng, profile: Profile): PlannedAsk {
  const source = prng.pick(['user', 'user', 'llm'] as const);
  const topic = prng.pick(TOPICS);
  const sentences = prng.chance(0.01) ? LONG : prng.between(1, 8);
  const isQuestion = source === 'user' && prng.chance(0.5);
  const told = Array.from({ length: sentences }, () => prng.pick(PHRASES)).join(' ');
  const text = isQuestion ? `What was it about the ${topic}?` : `Of the ${topic}: ${told}`;
  const policy = prng.chance(0.5) ? profile.policy : null;
  const isCreating = profile.flavour !== 'forks';
  const shape = { source, type: 'message', length: 0, hasReport: false } as const;
  return {
    type: 'command',
    command: (tag) => ({
      type: 'record-event',
      event: { ...newEvent(tag, { ...shape, opening: tag }), message: `${tag} ${text}` },
      policy,
      create: isCreating ? newSession(`${tag}+`) : null,
      idempotencyKey: null,
    }),
  };
}

type Draw = (prng: Prng) => (tag: string, page: NamedPage) => MemoryAsk;

/** Every kind of call with its weight. */
const DRAWS: readonly (readonly [number, Draw])[] = [
  [10, drawBuild],
  [4, drawFault],
  [6, drawPageFault],
  [1, drawSearch],
  [6, drawPin],
  [6, drawWrite],
];

function drawMemoryAsk(prng: Prng): PlannedAsk {
  const total = DRAWS.reduce((sum, [weight]) => sum + weight, 0);
  let left = prng.next() * total;
  const drawn = DRAWS.find(([weight]) => (left -= weight) < 0);
  const draw = drawn?.[1] ?? drawBuild;
  return { type: 'memory', share: prng.next(), ask: draw(prng) };
}

function drawBuild(prng: Prng): (tag: string, page: NamedPage) => MemoryAsk {
  const maxTokens = prng.pick([prng.between(60, 300), prng.between(300, 3_000)]);
  const mode = prng.pick(['strict', 'relaxed', 'passive'] as const);
  const question = prng.chance(0.3) ? `What about the ${prng.pick(TOPICS)}?` : undefined;
  return () => ({ type: 'build', maxTokens, mode, question });
}

function drawFault(prng: Prng): (tag: string, page: NamedPage) => MemoryAsk {
  const level = prng.pick([0, 0, 1, 2, 3] as const);
  return (_, pageId) => ({ type: 'fault', pageId, level });
}

function drawPageFault(prng: Prng): (tag: string, page: NamedPage) => MemoryAsk {
  const level = prng.pick([0, 1, 2, 3] as const);
  const isGuessed = prng.chance(0.4);
  return (_, pageId) => ({
    type: 'page_fault',
    pageId: isGuessed ? 'msg_999' : pageId,
    level,
  });
}

function drawSearch(prng: Prng): (tag: string, page: NamedPage) => MemoryAsk {
  const query = prng.pick(TOPICS);
  return () => ({ type: 'search_pages', query });
}

function drawPin(prng: Prng): (tag: string, page: NamedPage) => MemoryAsk {
  const type = prng.pick(['pin', 'pin', 'unpin'] as const);
  return (_, pageId) => ({ type, pageId });
}

function drawWrite(prng: Prng): (tag: string, page: NamedPage) => MemoryAsk {
  const isPinned = prng.chance(0.3) ? prng.chance(0.5) : undefined;
  const pageId = prng.chance(0.3) ? 'note_1' : undefined;
  const told = prng.pick(PHRASES);
  return (tag) => ({ type: 'write', content: `${tag} ${told}`, pageId, isPinned });
}
