/** Records that one append may carry; a script of a shared store must stay short. */
export const MAX_APPEND_RECORDS = 512;

/** Records in one tail; what is beyond is fetched with `read`. */
export const MAX_TAIL_RECORDS = 256;

/** Records in one page of `read`. */
export const MAX_READ_LIMIT = 10_000;

/** Sessions in one page of a listing. */
export const MAX_LIST_LIMIT = 1000;

/** Outbox entries in one answer. */
export const MAX_OUTBOX_LIMIT = 1000;

/** Characters of a writer's name. */
export const MAX_WRITER_LENGTH = 64;
