// The one place where offsets, strides, limits and codes of linear memory are written. Two compilers read this file,
// so it holds literals only.

/** Raised whenever a record, a column or a table below changes its meaning. */
export const LAYOUT_VERSION = 2;

/**
 * Bytes of text that one call takes. V8 never replaces a WASM loop that is already running by its optimised form, so a
 * call must be short enough for the next one to profit.
 */
export const TEXT_SLAB_BYTES = 32768;

/** Bytes of one tally column. */
export const TALLY_COLUMN_BYTES = 4;

/** Bytes of the whole tally. */
export const TALLY_STRIDE = 68;

// Tally columns. Those of the classes come first, those of the runs follow, and both stand in the order of their codes.
export const CLASS_LETTER = 0;
export const CLASS_DIGIT = 1;
export const CLASS_SPACE = 2;
export const CLASS_NEWLINE = 3;
export const CLASS_PUNCTUATION = 4;
export const CLASS_LATIN_EXTENDED = 5;
export const CLASS_ALPHABET = 6;
export const CLASS_ABUGIDA = 7;
export const CLASS_HAN = 8;
export const CLASS_KANA = 9;
export const CLASS_HANGUL = 10;
export const CLASS_EMOJI = 11;
export const CLASS_SYMBOL = 12;
export const CLASS_COUNT = 13;
export const COLUMN_RUNS = 13;
export const TALLY_COLUMNS = 17;

// What a run consists of. A run of RUN_NONE is not counted; the others have the columns from COLUMN_RUNS on.
export const RUN_NONE = 0;
export const RUN_WORD = 1;
export const RUN_NUMBER = 2;
export const RUN_SPACE = 3;
export const RUN_PUNCTUATION = 4;

// A class-table entry is one byte: the class in the low bits, the kind of run above it.
export const ENTRY_CLASS_MASK = 0x0f;
export const ENTRY_RUN_SHIFT = 4;

/** Class-table entries for single ASCII characters; the entries for blocks of 64 code points follow. */
export const CLASS_TABLE_ASCII = 128;

/** Code points of one block, as a power of two. */
export const CLASS_BLOCK_BITS = 6;

/** One byte for each ASCII character and each block of the basic multilingual plane. */
export const CLASS_TABLE_BYTES = 1152;

/** The call did what it was asked. */
export const STATUS_OK = 0;

/** The length is negative or does not fit the slab; nothing was counted. */
export const STATUS_BAD_LENGTH = -1;

// --- Working sets ---

/** The set does not exist. */
export const STATUS_BAD_SET = -2;

/** The slot holds no page. */
export const STATUS_BAD_SLOT = -3;

/** A number is out of its range; nothing was changed. */
export const STATUS_BAD_VALUE = -4;

/** The tokens do not fit the budget; nothing was changed. */
export const STATUS_NO_ROOM = -5;

/** The content of the page is not in the process, or would be lost. */
export const STATUS_NOT_RESIDENT = -6;

/** The memory cannot grow further; nothing was changed. */
export const STATUS_NO_MEMORY = -7;

/** The pages that may leave do not have that many tokens. */
export const STATUS_IMPOSSIBLE = -8;

/** The page has no representation at this level. */
export const STATUS_LEVEL_ABSENT = -9;

/** The set or the kernel is at its limit of pages or sets. */
export const STATUS_TOO_MANY = -10;

export const MAX_SETS = 262144;
/** Slots of a new set, as a power of two; a set doubles until it has the largest. */
export const SET_CAPACITY_SHIFT = 4;
export const SET_MAX_CAPACITY_SHIFT = 22;
/** Sums over the largest set stay far below 2^53, so a double holds them exactly. */
export const MAX_PAGE_TOKENS = 268435455;
export const MAX_BUDGET_TOKENS = 2147483647;
/** Turns end far enough below the guards, so that adding a window never overflows. */
export const MAX_TURN = 1073741823;
export const MAX_WINDOW_TURNS = 65535;
export const MAX_WEIGHT = 1000000;

export const PAGE_TYPE_COUNT = 6;
export const MODALITY_COUNT = 5;
export const TIER_COUNT = 5;
export const LEVEL_COUNT = 4;
/** The tier of what stands in the context. */
export const TIER_CONTEXT = 0;
/** The tier of what is hot and not in the context. */
export const TIER_HOT = 1;
/** The first tier whose content need not be in the process. */
export const TIER_STORED = 2;

// The kind of a page is one byte: its type in the low bits, its modality above them.
export const KIND_TYPE_MASK = 0x07;
export const KIND_MODALITY_SHIFT = 3;

/** A turn in which something never happened: as an unsigned distance it is far from every turn. */
export const TURN_NEVER = -2147483648;
/** Token count of a representation that does not exist. */
export const TOKENS_ABSENT = -1;
/** No slot, no seat. */
export const INDEX_NONE = -1;
/** Guard of a page that is pinned: later than every turn. */
export const GUARD_PINNED = 2147483647;

export const FLAG_LIVE = 1;
export const FLAG_PIN_EXPLICIT = 2;
export const FLAG_PIN_AUTO = 4;
export const FLAG_PIN_PAGE = 8;
export const FLAG_DIRTY = 16;
/** The content is in the process. */
export const FLAG_RESIDENT = 32;
/** The content is in an artifact store. */
export const FLAG_STORED = 64;
export const FLAGS_PINNED = 14;
/** The flags that a caller may set and clear. */
export const FLAGS_SETTABLE = 126;

// Columns of a slot: bytes in front of the column for each slot of capacity. Widest first, so all are aligned.
export const SLOT_IMPORTANCE = 0;
export const SLOT_OVERRIDE = 8;
export const SLOT_ACCESSED = 16;
export const SLOT_LEVEL_TOKENS = 24;
export const SLOT_ACCESS_COUNT = 40;
export const SLOT_FAULT_TURN = 44;
export const SLOT_EVICT_TURN = 48;
export const SLOT_SEAT = 52;
export const SLOT_TIER_PREVIOUS = 56;
export const SLOT_TIER_NEXT = 60;
export const SLOT_TYPE_PREVIOUS = 64;
export const SLOT_TYPE_NEXT = 68;
export const SLOT_CREATED = 72;
export const SLOT_CONTENT_VERSION = 76;
export const SLOT_KIND = 80;
export const SLOT_TIER = 81;
export const SLOT_LEVEL = 82;
export const SLOT_FLAGS = 83;
/** Bytes of one slot over all columns. */
export const SLOT_STRIDE = 84;

// Columns of a seat, which is a place in the context. What scoring reads stands here in order, so that four seats are
// one load.
export const SEAT_IMPORTANCE = 0;
export const SEAT_GUARD = 8;
export const SEAT_TOKENS = 12;
export const SEAT_SLOT = 16;
export const SEAT_KIND = 20;
/** Bytes of one seat over all columns. */
export const SEAT_STRIDE = 21;
/** A set has a quarter more seats than slots (as a shift), so closing gaps is paid for by the moves that made them. */
export const SEAT_SPARE_SHIFT = 2;

// The record of a set: SET_RECORD_BYTES of scalars, then the tables, then the columns.
export const SET_RECORD_BYTES = 136;
export const SET_TYPE_BONUS = 136;
export const SET_MODALITY_FACTOR = 184;
export const SET_TIER_TOKENS = 224;
export const SET_MODALITY_TOKENS = 264;
export const SET_TIER_PAGES = 304;
export const SET_TYPE_PAGES = 324;
export const SET_MODALITY_PAGES = 348;
export const SET_TIER_FIRST = 368;
export const SET_TIER_LAST = 388;
export const SET_TYPE_FIRST = 408;
export const SET_TYPE_LAST = 432;
export const SET_HEADER_BYTES = 464;

/** Access counts with a frequency of their own; later ones have the last, which is 1. */
export const FREQUENCY_ENTRIES = 22027;

// One result is 16 bytes: the score, then two numbers. For victims they are slot and tokens, for a plan slot and action.
export const RESULT_SCORE = 0;
export const RESULT_KEY = 8;
export const RESULT_VALUE = 12;
export const RESULT_STRIDE = 16;
/** The action of a plan that takes the page out; lower ones are the level to fold to. */
export const ACTION_EVICT = 4;
export const ACTION_KEEP = 5;

/** Selection among pages that may leave. */
export const MODE_NORMAL = 0;
/** Selection that turns to freshly protected pages once nothing else is left. */
export const MODE_EMERGENCY = 1;

export const ORDER_OLDEST = 0;
export const ORDER_NEWEST = 1;

// The facts of one page, one double a column.
export const FACT_TYPE = 0;
export const FACT_MODALITY = 1;
export const FACT_TIER = 2;
export const FACT_LEVEL = 3;
export const FACT_LEVEL_TOKENS = 4;
export const FACT_IMPORTANCE = 8;
export const FACT_OVERRIDE = 9;
export const FACT_FLAGS = 10;
export const FACT_ACCESSED_MS = 11;
export const FACT_ACCESS_COUNT = 12;
export const FACT_FAULT_TURN = 13;
export const FACT_EVICT_TURN = 14;
export const FACT_CONTENT_VERSION = 15;
/** Order of creation in the set; read, never taken. */
export const FACT_CREATED = 16;
export const FACT_COLUMNS = 17;

// The figures of one set, one double a column.
export const FIGURE_TOTAL = 0;
export const FIGURE_RESERVED = 1;
export const FIGURE_TURN = 2;
export const FIGURE_VERSION = 3;
export const FIGURE_PAGES = 4;
export const FIGURE_CAPACITY = 5;
export const FIGURE_EVICTABLE = 6;
export const FIGURE_TIER_TOKENS = 7;
export const FIGURE_TIER_PAGES = 12;
export const FIGURE_TYPE_PAGES = 17;
export const FIGURE_MODALITY_PAGES = 23;
export const FIGURE_MODALITY_TOKENS = 28;
export const FIGURE_COLUMNS = 33;

// An eviction policy, one double a column.
export const POLICY_POSITION = 0;
export const POLICY_IMPORTANCE = 1;
export const POLICY_THRASH = 2;
export const POLICY_HOT_RECENCY = 3;
export const POLICY_HOT_FREQUENCY = 4;
export const POLICY_HOT_IMPORTANCE = 5;
export const POLICY_HOT_THRASH = 6;
/** Whether the context knows the importance of pages, or only overrides (then others count as 0.5). */
export const POLICY_PAGE_IMPORTANCE = 7;
export const POLICY_FAULT_TURNS = 8;
export const POLICY_EVICT_TURNS = 9;
export const POLICY_FAULT_HARD_TURNS = 10;
export const POLICY_EVICT_HARD_TURNS = 11;
export const POLICY_TYPE_BONUS = 12;
export const POLICY_MODALITY_FACTOR = 18;
export const POLICY_COLUMNS = 23;

// What an audit found, by invariant.
export const AUDIT_SUMS = 1;
export const AUDIT_BUDGET = 2;
export const AUDIT_LISTS = 3;
export const AUDIT_SEATS = 4;
export const AUDIT_RESIDENCE = 5;
export const AUDIT_LEVELS = 6;
export const AUDIT_COPIES = 7;
export const AUDIT_FREE_SLOTS = 8;

// --- Ranking by BM25 ---

/** Bytes of one posting: the page in four, its frequency and the length of the page in two each. */
export const POSTING_STRIDE = 8;
export const POSTING_MAX = 65535;
export const MAX_RANKED_PAGES = 4194304;
/** Results of one ranking; they are kept in order by insertion. */
export const MAX_RANKED = 1024;
