import { MAX_DATE_MS, MIN_DATE_MS } from './date-ms.ts';
import { MAX_ID_LENGTH } from './ids.ts';
import type { EventRecorded } from './log-event.ts';
import { COST_PICO } from './call-cost.ts';
import { COST_ORIGINS, EVENT_SOURCES, EVENT_TYPES } from './session-event.ts';
import { isCount, USAGE_ORIGINS } from './usage.ts';
import { USAGE_UNITS } from './usage-unit.ts';

type Fields = Readonly<Record<string, unknown>>;

const SOURCES: ReadonlySet<unknown> = new Set(EVENT_SOURCES);
const TYPES: ReadonlySet<unknown> = new Set(EVENT_TYPES);
const ORIGINS: ReadonlySet<unknown> = new Set(USAGE_ORIGINS);
const UNITS: ReadonlySet<string> = new Set(USAGE_UNITS);
const COST_SOURCES: ReadonlySet<unknown> = new Set(COST_ORIGINS);

const ASCII_ID = new RegExp(`^[ -~]{1,${MAX_ID_LENGTH}}$`);
const DECIMAL = /^\d{1,40}(?:\.\d{1,12})?$/;

/**
 * Whether a decoded record is a recorded event of the usual kind: all known fields, no others, ASCII ids. It says yes only
 * where `logEventSchema` would accept the record and give back an equal one, in a fraction of the time; to everything else
 * it says no, and the schema decides.
 */
export function isOrdinaryRecord(value: unknown): value is EventRecorded {
  return (
    isMap(value) &&
    hasOrdinaryCalls(value) &&
    value['type'] === 'event-recorded' &&
    isDateMs(value['atMs']) &&
    isOrdinaryEvent(value['event']) &&
    isNullOr(value['idempotencyKey'], isAsciiId)
  );
}

/** What calls of tools take is in the record when there are any. */
function hasOrdinaryCalls(record: Fields): boolean {
  return Object.hasOwn(record, 'callTokens')
    ? hasFields(record, 5) && isWhole(record['callTokens'])
    : hasFields(record, 4);
}

function isOrdinaryEvent(value: unknown): boolean {
  return (
    hasFields(value, 11) &&
    isAsciiId(value['id']) &&
    value['message'] !== undefined &&
    isDateMs(value['timestampMs']) &&
    SOURCES.has(value['source']) &&
    TYPES.has(value['type']) &&
    isMap(value['metadata']) &&
    isNullOr(value['parentEventId'], isText) &&
    isNullOr(value['taskId'], isText) &&
    isNullOr(value['tokenUsage'], isOrdinaryUsage) &&
    isWhole(value['contentTokens']) &&
    isNullOr(value['billing'], isOrdinaryBilling)
  );
}

function isOrdinaryUsage(value: unknown): boolean {
  return (
    hasFields(value, 6) &&
    isWhole(value['promptTokens']) &&
    isWhole(value['completionTokens']) &&
    isWhole(value['totalTokens']) &&
    isText(value['model']) &&
    isNullOr(value['estimatedCostUsd'], isDecimal) &&
    ORIGINS.has(value['origin'])
  );
}

function isOrdinaryBilling(value: unknown): boolean {
  return (
    isMap(value) &&
    hasOrdinaryOrigin(value) &&
    ORIGINS.has(value['origin']) &&
    isText(value['model']) &&
    isNullOr(value['provider'], isText) &&
    isBuckets(value['usage']) &&
    isNullOr(value['estimate'], isBuckets) &&
    isNullOr(value['costPico'], isCostPico)
  );
}

/** Who said what a call cost is in the record when somebody did. */
function hasOrdinaryOrigin(billing: Fields): boolean {
  return Object.hasOwn(billing, 'costOrigin')
    ? hasFields(billing, 7) && COST_SOURCES.has(billing['costOrigin'])
    : hasFields(billing, 6);
}

function isBuckets(value: unknown): boolean {
  return (
    isMap(value) && Object.keys(value).every((unit) => UNITS.has(unit) && isWhole(value[unit]))
  );
}

/** Whether it is a map of so many fields; with as many as are asked for by name, there are no others. */
function hasFields(value: unknown, count: number): value is Fields {
  return isMap(value) && Object.keys(value).length === count;
}

function isMap(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isAsciiId(value: unknown): boolean {
  return isText(value) && ASCII_ID.test(value);
}

function isDateMs(value: unknown): boolean {
  return typeof value === 'number' && value >= MIN_DATE_MS && value <= MAX_DATE_MS;
}

function isWhole(value: unknown): boolean {
  return typeof value === 'number' && isCount(value);
}

function isCostPico(value: unknown): boolean {
  return isText(value) && COST_PICO.test(value);
}

function isDecimal(value: unknown): boolean {
  return isText(value) && DECIMAL.test(value);
}

function isNullOr(value: unknown, test: (value: unknown) => boolean): boolean {
  return value === null || test(value);
}
