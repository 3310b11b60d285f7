/** Why a call of one of the memory's tools gave nothing. */
export const VM_TOOL_ERROR_CODES = [
  'UNKNOWN_TOOL',
  'INVALID_ARGUMENTS',
  'PAGE_NOT_FOUND',
  'FAULT_LIMIT_EXCEEDED',
  'TOKEN_BUDGET_EXCEEDED',
  'FAILURE_LIMIT_EXCEEDED',
  'REASON_NOT_ALLOWED',
  'LOAD_FAILED',
  'PAGING_DISABLED',
] as const;
/** One of {@link VM_TOOL_ERROR_CODES}. */
export type VmToolErrorCode = (typeof VM_TOOL_ERROR_CODES)[number];

/** The one form of all failures that a model is told. */
export interface VmToolError {
  /** What went wrong and what to do, in a sentence. */
  readonly error: string;
  readonly code: VmToolErrorCode;
  /** The page that was asked for; null where there was none. */
  readonly page_id: string | null;
}

/** An error as a model is told it. */
export function vmToolError(
  code: VmToolErrorCode,
  error: string,
  pageId: string | null = null,
): VmToolError {
  return { error, code, page_id: pageId };
}
