import {
  FLAGS_PINNED,
  FLAG_LIVE,
  INDEX_NONE,
  KIND_MODALITY_SHIFT,
  KIND_TYPE_MASK,
  LEVEL_COUNT,
  MODALITY_COUNT,
  PAGE_TYPE_COUNT,
  POLICY_COLUMNS,
  SEAT_SPARE_SHIFT,
  SET_CAPACITY_SHIFT,
  TIER_CONTEXT,
  TIER_COUNT,
} from '../../../assembly/shared/layout.ts';

/** Everything that one working set of the JavaScript kernel holds: the twin of a region of linear memory. */
export class PageColumns {
  capacity: number = 1 << SET_CAPACITY_SHIFT;
  slotEnd: number = 0;
  freeSlot: number = INDEX_NONE;
  pages: number = 0;
  seatEnd: number = 0;
  turn: number = 0;
  version: number = 0;
  nextCreated: number = 0;
  pinnedTokens: number = 0;
  totalTokens: number;
  reservedTokens: number;
  /** From this turn on no page is excluded for what happened to it lately. */
  hardUntil: number = 0;
  /** Whether any type bonus or modality factor does anything. */
  isWeighted: boolean = false;
  readonly policy: Float64Array = new Float64Array(POLICY_COLUMNS);

  importance: Float64Array = new Float64Array(this.capacity);
  override: Float64Array = new Float64Array(this.capacity);
  accessed: Float64Array = new Float64Array(this.capacity);
  levelTokens: Int32Array = new Int32Array(this.capacity * LEVEL_COUNT);
  accessCount: Uint32Array = new Uint32Array(this.capacity);
  faultTurn: Int32Array = new Int32Array(this.capacity);
  evictTurn: Int32Array = new Int32Array(this.capacity);
  seat: Int32Array = new Int32Array(this.capacity);
  tierPrevious: Int32Array = new Int32Array(this.capacity);
  tierNext: Int32Array = new Int32Array(this.capacity);
  typePrevious: Int32Array = new Int32Array(this.capacity);
  typeNext: Int32Array = new Int32Array(this.capacity);
  created: Uint32Array = new Uint32Array(this.capacity);
  contentVersion: Uint32Array = new Uint32Array(this.capacity);
  kind: Uint8Array = new Uint8Array(this.capacity);
  tier: Uint8Array = new Uint8Array(this.capacity);
  level: Uint8Array = new Uint8Array(this.capacity);
  flags: Uint8Array = new Uint8Array(this.capacity);

  seatImportance: Float64Array = new Float64Array(seatsOf(this.capacity));
  seatGuard: Int32Array = new Int32Array(seatsOf(this.capacity));
  seatTokens: Int32Array = new Int32Array(seatsOf(this.capacity));
  seatSlot: Int32Array = new Int32Array(seatsOf(this.capacity));
  seatKind: Uint8Array = new Uint8Array(seatsOf(this.capacity));

  readonly tierTokens: Float64Array = new Float64Array(TIER_COUNT);
  readonly modalityTokens: Float64Array = new Float64Array(MODALITY_COUNT);
  readonly tierPages: Int32Array = new Int32Array(TIER_COUNT);
  readonly typePages: Int32Array = new Int32Array(PAGE_TYPE_COUNT);
  readonly modalityPages: Int32Array = new Int32Array(MODALITY_COUNT);
  readonly tierFirst: Int32Array = new Int32Array(TIER_COUNT).fill(INDEX_NONE);
  readonly tierLast: Int32Array = new Int32Array(TIER_COUNT).fill(INDEX_NONE);
  readonly typeFirst: Int32Array = new Int32Array(PAGE_TYPE_COUNT).fill(INDEX_NONE);
  readonly typeLast: Int32Array = new Int32Array(PAGE_TYPE_COUNT).fill(INDEX_NONE);

  constructor(totalTokens: number, reservedTokens: number) {
    this.totalTokens = totalTokens;
    this.reservedTokens = reservedTokens;
  }

  /**
   * Doubles the capacity. The capacity comes last: where an allocation fails, some columns are longer than needed and nothing
   * else has changed.
   */
  grow(): void {
    const capacity = this.capacity * 2;
    this.importance = lengthened(this.importance, capacity);
    this.override = lengthened(this.override, capacity);
    this.accessed = lengthened(this.accessed, capacity);
    this.levelTokens = lengthened(this.levelTokens, capacity * LEVEL_COUNT);
    this.accessCount = lengthened(this.accessCount, capacity);
    this.faultTurn = lengthened(this.faultTurn, capacity);
    this.evictTurn = lengthened(this.evictTurn, capacity);
    this.seat = lengthened(this.seat, capacity);
    this.tierPrevious = lengthened(this.tierPrevious, capacity);
    this.tierNext = lengthened(this.tierNext, capacity);
    this.typePrevious = lengthened(this.typePrevious, capacity);
    this.typeNext = lengthened(this.typeNext, capacity);
    this.created = lengthened(this.created, capacity);
    this.contentVersion = lengthened(this.contentVersion, capacity);
    this.kind = lengthened(this.kind, capacity);
    this.tier = lengthened(this.tier, capacity);
    this.level = lengthened(this.level, capacity);
    this.flags = lengthened(this.flags, capacity);
    this.#growSeats(seatsOf(capacity));
    this.capacity = capacity;
  }

  /** Whether the slot holds a page. */
  isLive(slot: number): boolean {
    return slot >= 0 && slot < this.slotEnd && (this.flagsOf(slot) & FLAG_LIVE) !== 0;
  }

  /** The flags of a slot. */
  flagsOf(slot: number): number {
    return this.flags[slot] ?? 0;
  }

  /** Whether any pin holds the page. */
  isPinned(slot: number): boolean {
    return (this.flagsOf(slot) & FLAGS_PINNED) !== 0;
  }

  /** The tier of a page. */
  tierOf(slot: number): number {
    return this.tier[slot] ?? 0;
  }

  /** Whether a page stands in the context. */
  isInContext(slot: number): boolean {
    return this.tierOf(slot) === TIER_CONTEXT;
  }

  /** The level at which a page is shown. */
  levelOf(slot: number): number {
    return this.level[slot] ?? 0;
  }

  /** The type of a page. */
  typeOf(slot: number): number {
    return (this.kind[slot] ?? 0) & KIND_TYPE_MASK;
  }

  /** The modality of a page. */
  modalityOf(slot: number): number {
    return (this.kind[slot] ?? 0) >>> KIND_MODALITY_SHIFT;
  }

  /** What a page costs at a level. */
  tokensAt(slot: number, level: number): number {
    return this.levelTokens[slot * LEVEL_COUNT + level] ?? 0;
  }

  /** What a page costs at its present level. */
  tokensOf(slot: number): number {
    return this.tokensAt(slot, this.levelOf(slot));
  }

  #growSeats(seats: number): void {
    this.seatImportance = lengthened(this.seatImportance, seats);
    this.seatGuard = lengthened(this.seatGuard, seats);
    this.seatTokens = lengthened(this.seatTokens, seats);
    this.seatSlot = lengthened(this.seatSlot, seats);
    this.seatKind = lengthened(this.seatKind, seats);
  }
}

/** Seats of a set with that many slots. */
export function seatsOf(capacity: number): number {
  return capacity + (capacity >>> SEAT_SPARE_SHIFT);
}

interface Column<Self> {
  readonly length: number;
  set(from: Self): void;
}

function lengthened<Self extends Column<Self>>(column: Self, length: number): Self {
  if (column.length >= length) return column; // Left by a growth that failed behind it.
  // A typed array makes another one of its own kind.
  const make = column.constructor as new (length: number) => Self;
  const next = new make(length);
  next.set(column);
  return next;
}
