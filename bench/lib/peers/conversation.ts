/** A question and its answer, as plain text. */
export interface Turn {
  readonly question: string;
  readonly answer: string;
}

/** How many tokens a text has, or is taken to have. */
export type CountText = (text: string) => number;

/** One conversation in memory, driven through the public interface of a library. */
export interface Conversation {
  /** Records a question and its answer. */
  record(turn: Turn): Promise<void>;
  /** The latest so many messages, oldest first. */
  latest(count: number): Promise<readonly unknown[]>;
  /** What the caller has to keep so that the conversation stays; null when the library keeps it. */
  readonly storage: object | null;
}

/** Builds the messages of a prompt within a budget of tokens. */
export type BuildContext = (maxTokens: number) => Promise<readonly unknown[]>;

/** A library that keeps conversations. */
export interface Library {
  readonly name: string;
  /** Sessions of more turns are not measured: recording into them, or preparing them, would take minutes. */
  readonly maxTurns: number;
  /** The same for building a context with exact counts. */
  readonly maxExactTurns: number;
  /** A conversation that holds the turns already; ids are never used twice. */
  open(id: string, turns: readonly Turn[]): Promise<Conversation>;
  /** A builder of contexts for a conversation; null when the library has no budget of tokens. */
  contextBuilder: ((conversation: Conversation, count: CountText) => BuildContext) | null;
}
