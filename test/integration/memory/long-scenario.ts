/** What is decided early: the topic, how it is said, and what has to be known of it at the end. */
export const DECISIONS = [
  ['database', 'We decided to use PostgreSQL 16 for the database.', 'PostgreSQL 16'],
  ['cache', 'We decided that the cache is Valkey with a TTL of 90 seconds.', '90 seconds'],
  ['deployment', 'We decided that every deployment goes out on Tuesdays.', 'Tuesdays'],
  ['authentication', 'We decided on passkeys for authentication.', 'passkeys'],
  ['invoicing', 'We decided that invoicing is done in Swiss francs.', 'Swiss francs'],
] as const;
export const TURNS = 220;
/** The limit of every context. */
export const MAX_TOKENS = 4_000;
const NOISE = 'The weather report says nothing new about lunch, trains and the office plants today';

/** One turn of the conversation. */
export interface ScenarioTurn {
  readonly question: string;
  readonly answer: string;
  /** Whether it asks for one of the decisions. */
  readonly isRecall: boolean;
}

/** What is said in a turn, counted from 1: the decisions in turns 3 to 7, the questions about them in the last five. */
export function scenarioTurn(turn: number): ScenarioTurn {
  const asked = DECISIONS[turn - (TURNS - DECISIONS.length + 1)];
  const told = DECISIONS[turn - 3]?.[1] ?? `${NOISE}, part ${turn}.`;
  return {
    question: asked === undefined ? told : `Remind me, what did we decide about the ${asked[0]}?`,
    answer: `Noted, that was part ${turn}: ${NOISE}.`,
    isRecall: asked !== undefined,
  };
}
