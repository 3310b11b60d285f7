import { parseVmToolCall, type VmToolRequest } from '../context/vm-tool-call.ts';
import { vmToolError } from '../context/vm-tool-error.ts';
import { buildSearchResult, buildToolResult, toolResultText } from '../context/vm-tool-result.ts';
import type { FaultDesk } from './fault-desk.ts';
import type { PageSearch } from './page-search.ts';

/** Carries out a call of one of the memory's tools; what went wrong is told in the text. */
export async function callTool(
  request: VmToolRequest,
  {
    desk,
    search,
    isOff,
  }: { readonly desk: FaultDesk; readonly search: PageSearch; readonly isOff: boolean },
): Promise<string> {
  const call = parseVmToolCall(request);
  if (call.kind === 'error') return toolResultText(call.error);
  if (isOff) {
    const message = 'Pages are loaded by the service alone';
    return toolResultText(vmToolError('PAGING_DISABLED', message));
  }
  if (call.kind === 'search_pages') {
    const { query, limit, modality, pageType } = call;
    const options = { limit, modality: modality ?? undefined, pageType: pageType ?? undefined };
    const { results, totalAvailable } = await search.search(query, options);
    return toolResultText(buildSearchResult(results, totalAvailable));
  }
  const { pageId, targetLevel, reason } = call;
  const asked = { pageId, level: targetLevel, reason, actor: 'model' } as const;
  return toolResultText(buildToolResult(await desk.fault(asked)));
}
