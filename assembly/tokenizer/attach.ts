import { enterLargeWindow, enterRegion, leaveLargeWindow, region, setRules, textAt } from './state';
import {
  COUNTER_LAYOUT_VERSION,
  ENCODING_CL100K,
  IDS,
  MAX_REGIONS,
  REGION_BYTES,
  REGIONS_AT,
  STATUS_BAD_ARGUMENT,
  STATUS_NOT_ATTACHED,
  STATUS_OK,
  WASM_PAGE_BYTES,
} from '../shared/tokenizer-layout';

/** Bytes that are looked at together. */
const LINE: usize = 64;

/** The layout this module was built with; the host refuses another one. */
export function layoutVersion(): i32 {
  return COUNTER_LAYOUT_VERSION;
}

/** Makes this instance count in the region with the index, which the host has claimed for its thread. */
export function attach(index: i32, encoding: i32, foldsLongS: bool): i32 {
  if (index < 0 || index >= MAX_REGIONS) return STATUS_BAD_ARGUMENT;
  if (encoding < 0 || encoding > ENCODING_CL100K) return STATUS_BAD_ARGUMENT;
  const address: usize = <usize>REGIONS_AT + <usize>index * <usize>REGION_BYTES;
  const bytes: usize = <usize>memory.size() * WASM_PAGE_BYTES;
  if (address + REGION_BYTES > bytes) return STATUS_BAD_ARGUMENT;
  setRules(encoding, foldsLongS);
  enterRegion(address);
  return STATUS_OK;
}

/** Forgets whatever the caches of the region hold. What is clear already is not written, so it does not become resident. */
export function clearRegion(): i32 {
  if (region == 0) return STATUS_NOT_ATTACHED;
  for (let line: usize = region; line < region + REGION_BYTES; line += LINE) {
    let used: u64 = 0;
    for (let at: usize = line; at < line + LINE; at += 8) used |= load<u64>(at);
    if (used != 0) memory.fill(line, 0, LINE);
  }
  return STATUS_OK;
}

/** Address of the window in use; the host writes the text there as UTF-8. */
export function windowAddress(): usize {
  return textAt;
}

/** Address of the slab of ids. */
export function idsAddress(): usize {
  return region + IDS;
}

/** Counts in the large window, which the host must have locked. */
export function enterLarge(): i32 {
  if (region == 0) return STATUS_NOT_ATTACHED;
  enterLargeWindow();
  return STATUS_OK;
}

/** Counts in the window of the region again. */
export function leaveLarge(): i32 {
  if (region == 0) return STATUS_NOT_ATTACHED;
  leaveLargeWindow();
  return STATUS_OK;
}
