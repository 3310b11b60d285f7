/** A page as an object, and a working set as a list of them: what the kernels are compared with. */
export interface ObjectPage {
  readonly id: string;
  readonly tokens: number;
  readonly modality: string;
  readonly importance: number;
  readonly isPinned: boolean;
  readonly faultTurn: number | null;
  readonly evictTurn: number | null;
}

const FAULT_TURNS = 2;
const EVICT_TURNS = 3;

/** Scores every page into an object, sorts the objects, and takes from the front until enough is freed. */
export function selectBySorting(
  pages: readonly ObjectPage[],
  turn: number,
  need: number,
): readonly ObjectPage[] {
  const candidates = pages
    .map((page, position) => ({ page, score: scoreOf(page, position / pages.length, turn) }))
    .filter(({ page }) => !page.isPinned && page.faultTurn !== turn && page.evictTurn !== turn)
    .sort((left, right) => left.score - right.score);
  const victims: ObjectPage[] = [];
  let freed = 0;
  for (const { page } of candidates) {
    if (freed >= need) break;
    victims.push(page);
    freed += page.tokens;
  }
  return victims;
}

function scoreOf(page: ObjectPage, position: number, turn: number): number {
  let penalty = 0;
  if (page.faultTurn !== null && turn - page.faultTurn < FAULT_TURNS) {
    penalty += 1 - (turn - page.faultTurn) / FAULT_TURNS;
  }
  if (page.evictTurn !== null && turn - page.evictTurn < EVICT_TURNS) {
    penalty += 0.5 * (1 - (turn - page.evictTurn) / EVICT_TURNS);
  }
  return position * 0.4 + page.importance * 0.4 + Math.min(1, penalty) * 0.2;
}
