import { describe, expect, test } from 'vitest';
import { RecordLog } from '../../../src/store/record-log.ts';

function aLog(length: number): RecordLog {
  const log = new RecordLog();
  for (let version = 1; version <= length; version++) log.push(`r${version}`, version * 1.5);
  return log;
}

describe('RecordLog', () => {
  test.each([0, 1, 15, 16, 17, 255, 256, 257, 512, 513, 1000])(
    'holds %i records in order',
    (length) => {
      const log = aLog(length);
      expect(log.length).toBe(length);
      expect(log.slice(1, 10_000)).toEqual(Array.from({ length }, (_, index) => `r${index + 1}`));
    },
  );

  test('gives the link after every version and no other', () => {
    const log = aLog(600);
    const versions = [1, 2, 16, 17, 256, 257, 512, 513, 600];
    expect(versions.map((version) => log.linkAt(version))).toEqual(
      versions.map((version) => version * 1.5),
    );
    expect([0, -1, 601, 700, 1_000_000, 1.5].map((version) => log.linkAt(version))).toEqual([
      null,
      null,
      null,
      null,
      null,
      null,
    ]);
  });

  test('gives stretches across chunks', () => {
    const log = aLog(600);
    expect(log.slice(255, 4)).toEqual(['r255', 'r256', 'r257', 'r258']);
    expect(log.slice(512, 2)).toEqual(['r512', 'r513']);
    expect(log.slice(599, 10)).toEqual(['r599', 'r600']);
    expect(log.slice(601, 10)).toEqual([]);
  });
});
