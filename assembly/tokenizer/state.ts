import {
  DEAD,
  ENCODING_O200K,
  LARGE_DEAD_AT,
  LARGE_STACK_AT,
  LARGE_WINDOW_AT,
  STACK,
  WINDOW,
} from '../shared/tokenizer-layout';

// What differs between the threads that share the memory. Every thread has an instance of its own, and with it these
// globals; everything else that a count changes lies in the region that they point to.

/** Where this thread's region begins; 0 before it has one. */
export let region: usize = 0;
export let encoding: i32 = ENCODING_O200K;
/** Whether 'ſ is a contraction as 's is, which Unicode's case folding makes of it. */
export let foldsLongS: bool = false;

/** Where the text is, and where the piece that is merged leaves its tokens. */
export let textAt: usize = 0;
export let stackAt: usize = 0;
export let deadAt: usize = 0;

/** How far the latest look ahead went: a piece is certain only when that is before the end of the window. */
export let reach: usize = 0;

let workDone: u32 = 0;
let callsDone: u32 = 0;

/** Points this instance to a region. */
export function enterRegion(address: usize): void {
  region = address;
  leaveLargeWindow();
}

/** Says how to split. */
export function setRules(newEncoding: i32, newFoldsLongS: bool): void {
  encoding = newEncoding;
  foldsLongS = newFoldsLongS;
}

/** Counts in the window that all threads share; the host has made sure that no other one does. */
export function enterLargeWindow(): void {
  textAt = LARGE_WINDOW_AT;
  stackAt = LARGE_STACK_AT;
  deadAt = LARGE_DEAD_AT;
}

/** Counts in the window of the region again. */
export function leaveLargeWindow(): void {
  textAt = region + WINDOW;
  stackAt = region + STACK;
  deadAt = region + DEAD;
}

/** Notes how far a look ahead went. */
export function setReach(address: usize): void {
  reach = address;
}

/** Adds steps to the work done. */
export function addWork(steps: u32): void {
  workDone += steps;
}

/** Adds a call to those that tests look for. */
export function addCall(): void {
  callsDone += 1;
}

/**
 * Code points that the rules for any text have looked at, and steps of merging so far. Tests prove with it that the work does not
 * grow faster than the text, and that chunks and blocks spare it.
 */
export function work(): u32 {
  return workDone;
}

/** Windows counted so far; tests prove with it that this module ran. */
export function callCount(): u32 {
  return callsDone;
}
