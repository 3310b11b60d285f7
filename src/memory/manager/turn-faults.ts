/** What a model loaded in a turn. */
export interface TurnFaults {
  readonly turn: number;
  readonly count: number;
  readonly tokens: number;
  /** Calls that gave nothing. */
  readonly failures: number;
}

/** Before the model loaded anything. */
export const NO_FAULTS: TurnFaults = { turn: 0, count: 0, tokens: 0, failures: 0 };
