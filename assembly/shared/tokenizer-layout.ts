// The one place where the memory of the token counter is laid out. Two compilers read this file, so it holds literals only.
//
//   0x000000  control words: what the tables are, and who has which region
//   0x000400  tables, the same for all threads and never written again once they are built   (13 MiB)
//   0xd10000  the large window, for the one thread that meets a long piece                    (8.6 MiB, untouched until then)
//  0x15a0000  regions, one for each thread, with everything that a count changes              (1.8 MiB each)

/** Raised whenever an address, an entry or an export below changes its meaning. */
export const COUNTER_LAYOUT_VERSION = 6;

/** Bytes of one page of WebAssembly memory. */
export const WASM_PAGE_BYTES = 65536;

// Control words, 32 bits each.
export const CONTROL_VERSION = 0x0;
/** How far building has come: one of the STAGE codes. */
export const CONTROL_STAGE = 0x4;
export const CONTROL_TOKENS = 0x8;
/** Bytes of the longest token. */
export const CONTROL_LONGEST = 0xc;
/** The address of the window of the thread that uses the large one; 0 while none does. */
export const CONTROL_LARGE_LOCK = 0x10;
/** One word for each region: 0 when it is free, else its owner. */
export const CONTROL_OWNERS = 0x40;
/** One word for each region: 0 as long as it has never been claimed, and all zeros therefore. */
export const CONTROL_USED = 0x140;

export const STAGE_EMPTY = 0;
export const STAGE_READY = 1;

/** Threads that can count at once. */
export const MAX_REGIONS = 64;

// Classes of code points: a block number for each 128 code points, and the blocks, one byte a code point.
export const CLASS_INDEX_AT = 0x400;
export const CLASS_BLOCKS_AT = 0x4800;
export const CLASS_INDEX_BYTES = 17408;
export const MAX_CLASS_BLOCK_BYTES = 38912;
export const CLASS_BLOCK_SHIFT = 7;
export const LAST_CODE_POINT = 0x10ffff;

/** May stand in the upper part of an o200k_base word: Lu, Lt, Lm, Lo, M. */
export const CLASS_UPPER = 1;
/** May stand in the lower part of an o200k_base word: Ll, Lm, Lo, M. */
export const CLASS_LOWER = 2;
/** Any letter (L). A combining mark is UPPER and LOWER, yet no letter. */
export const CLASS_LETTER = 4;
/** Any number (N). */
export const CLASS_NUMBER = 8;
/** White space other than a line end. */
export const CLASS_BLANK = 16;
/** `\r` or `\n`. */
export const CLASS_LINE_END = 32;
/** Behind the last byte of the text: no code point at all. */
export const CLASS_END = 128;

/** u32[65536] by two bytes: the rank of the token of these two, or NO_RANK. */
export const PAIR_RANKS_AT = 0x10000;
/** u32[65536] by code point of three bytes: {rank + 1 of its token: 20, bit 31: see RAGGED}. */
export const CHAR_RANKS_AT = 0x50000;
/** u64[65536], open addressing: {two code points: 32, rank + 1 of the token of both: 20, bit 63: see LONGER}. */
export const CHAR_PAIRS_AT = 0x90000;
/** u16[65536] by the first four bytes: which lengths of 4 to 18 tokens have; the top bit stands for 19 and more. */
export const LENGTHS_AT = 0x110000;
/** 2048 x two u64 by the first sixteen bytes: which lengths of 19 to 128 tokens have. */
export const LONG_LENGTHS_AT = 0x130000;
/** 65536 bits by the two bytes at a joint: whether a merge joins parts there that are not both whole code points of three bytes. */
export const RAGGED_JOINTS_AT = 0x138000;
/** 2^19 bits by the code points at a joint: whether a merge joins whole code points of three bytes there. */
export const CHAR_JOINTS_AT = 0x13a000;
/** 65536 bits by the two bytes at a joint: whether a merge joins the single byte behind it to what is before. */
export const LEAD_JOINTS_AT = 0x14a000;
/** 65536 bits by the two bytes at a joint: whether a merge joins the single byte before it to what is behind. */
export const TRAIL_JOINTS_AT = 0x14c000;
/** 1024 buckets of 16 u32: {tag: 13, rank + 1: 19}, tokens that no line below has. */
export const BUCKETS_AT = 0x150000;
/** 32768 lines of 8 u64, tokens of up to 7 bytes: {rest of the key: 44, rank + 1: 20}. */
export const SHORT_TOKENS_AT = 0x160000;
/** 32768 lines of 4 entries, tokens of 8 to 15 bytes: {the first 8 bytes: 64, rest of the key: 45, rank + 1: 19}. */
export const MIDDLE_TOKENS_AT = 0x360000;
/** u64 by rank: {left part: 20, right part: 20, bytes of the left: 8, bytes of the right: 8}. */
export const SPLITS_AT = 0x560000;
/** 16 bytes by rank: {up to 15 bytes, length: 8}, or {address of the bytes: 32, nothing, length: 8}; and one more to copy beyond. */
export const ARENA_AT = 0x6f0000;
/** The bytes of tokens of 16 and more. */
export const LONG_BYTES_AT = 0xa20000;
export const LONG_BYTES_END = 0xa60000;
/** 32768 lines of 8 u64: {left rank: 20, right rank: 20, rank + 1 of the token of both: 20}. */
export const PAIRS_AT = 0xa60000;
/** 8192 lines of 16 u32, pairs of the first 4096 ranks: {rest of the key: 11, rank + 1 of the token of both: 21}. */
export const NEAR_PAIRS_AT = 0xc60000;
/** 2^20 bits over the hashes of the pairs in PAIRS_AT: most pairs that make no token end here. */
export const PAIR_BLOOM_AT = 0xce0000;
/** u16[256]: the rank of each byte. */
export const BYTE_RANKS_AT = 0xd00000;

/** Bytes that the file of a vocabulary begins with: the tokens of one byte, in rank order. */
export const SINGLE_BYTES = 256;
/** Bytes of one merge in that file: {left part: 20, right part: 20}. */
export const MERGE_BYTES = 5;
/** Where the host puts that file, in the tables of pairs: these are built after the merges have been read. */
export const VOCABULARY_AT = 0xa60000;
export const MAX_VOCABULARY_BYTES = 0x200000;
export const MAX_TOKENS = 204800;
export const MAX_TOKEN_BYTES = 128;
export const NO_RANK = 0xffffffff;
/** A token goes on after this code point and stops inside the next one. */
export const RAGGED = 0x80000000;

/** Bytes behind the text that may be read: a chunk of 64 that begins with the last byte. */
export const WINDOW_PAD = 64;

/**
 * Bytes of text that one call takes. V8 never replaces a WASM loop that is already running by its optimised form, so a
 * call must be short enough for the next one to profit: with 4 MiB at once the first pass ran at 60 instead of 80 MB/s.
 */
export const WINDOW_BYTES = 32768;

/**
 * A longer piece is cut, which may cost a token: memory is bounded whatever the text. 64 less than 4 MiB, so that the bit behind the
 * last byte, which is looked at and cleared too, is still in the area of the dead bits.
 */
export const LARGE_WINDOW_BYTES = 4194240;

export const LARGE_WINDOW_AT = 0xd10000;
export const LARGE_STACK_AT = 0x1120000;
export const LARGE_DEAD_AT = 0x1520000;

export const REGIONS_AT = 0x15a0000;
export const REGION_BYTES = 0x1d0000;

// Offsets in a region. The fronts are adaptive caches of what pieces count, with the bytes themselves as keys.
/** u64[32768]: {up to 7 bytes, length: 3, tokens: 5}. */
export const FRONT_SHORT = 0x0;
/** 16 bytes[16384]: {8 to 15 bytes, length: 4, tokens: 4}. */
export const FRONT_MIDDLE = 0x40000;
/** 32 bytes[16384]: {16 to 30 bytes, tokens: 8, length: 8}. */
export const FRONT_LONG = 0x80000;
/** 64 bytes[8192]: {31 to 62 bytes, length: 8, tokens: 8}. */
export const FRONT_LONGEST = 0x150000;
/** u64[8192], as FRONT_SHORT, of pieces that are no token. */
export const MEMO_SHORT = 0x100000;
/** 16 bytes[8192], as FRONT_MIDDLE, of pieces that are no token. */
export const MEMO_MIDDLE = 0x110000;
/** What a merge of a short piece needs: 320 bytes. */
export const MERGE_SCRATCH = 0x130000;
/** 16 bytes[16]: pieces that are looked up together: {address: 32, length: 32, line of the vocabulary: 32, nothing: 32}. */
export const PENDING = 0x130200;
/** Where what is only loaded to have it near is stored, so that no compiler leaves out the load. */
export const TOUCHED = 0x130300;
export const WINDOW = 0x131000;
/** Lengths of the tokens of the piece that was merged last. */
export const STACK = 0x139080;
/** One bit a byte of the piece: whether no tokens lead on from there. */
export const DEAD = 0x141100;
export const IDS = 0x142200;
export const MAX_IDS = 8192;
/** u64[2048]: what runs of one byte count: {tokens: 32, length: 16, byte: 15, see BEGINS_TWICE: 1}. */
export const RUN_COUNTS = 0x14b000;
/** u8[128] by byte: the length of the token that its long runs begin with. */
export const RUN_STEPS = 0x14f000;

/** The limit that stands for none. */
export const NO_LIMIT = 0x7fffffff;

export const ENCODING_O200K = 0;
export const ENCODING_CL100K = 1;

/** The call did what it was asked. */
export const STATUS_OK = 0;
/** Tables are not ready yet; there is more to do. */
export const STATUS_MORE = 1;
/** A length, an address or an index is out of range; nothing was done. */
export const STATUS_BAD_ARGUMENT = -1;
/** The merge table is not one that these tables can hold. */
export const STATUS_BAD_TABLE = -2;
/** There is no region to count in yet. */
export const STATUS_NOT_ATTACHED = -3;
