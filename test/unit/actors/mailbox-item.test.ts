import { describe, expect, test } from 'vitest';
import type { CallOptions } from '../../../src/actors/envelope.ts';
import { fail, type MailboxItem, settle, watch } from '../../../src/actors/mailbox-item.ts';
import { PagefoldError } from '../../../src/domain/errors.ts';
import { virtualClock } from '../../../src/testing/virtual-clock.ts';
import { aRecordCommand } from '../../lib/commands.ts';

interface Watched {
  readonly item: MailboxItem;
  readonly errors: unknown[];
  readonly releases: () => number;
}

function anItem(type: 'command' | 'read' = 'command'): Watched {
  const errors: unknown[] = [];
  let releases = 0;
  const item: MailboxItem = {
    ask:
      type === 'read'
        ? { type, freshness: 'local', resolve: () => undefined }
        : { type, command: aRecordCommand(), resolve: () => undefined },
    length: 0,
    phase: 'queued',
    reject: (error) => errors.push(error),
    release: () => {
      releases += 1;
    },
  };
  return { item, errors, releases: () => releases };
}

function codesOf(errors: readonly unknown[]): readonly string[] {
  return errors.map((error) => (PagefoldError.isInstance(error) ? error.code : String(error)));
}

describe('settle', () => {
  test('answers and releases exactly once', () => {
    const { item, errors, releases } = anItem();
    let answers = 0;
    settle(item, () => {
      answers += 1;
    });
    settle(item, () => {
      answers += 1;
    });
    fail(item, new Error('too late'));
    expect({ answers, releases: releases(), errors }).toEqual({
      answers: 1,
      releases: 1,
      errors: [],
    });
  });
});

describe('watch', () => {
  function watched(options: CallOptions, type: 'command' | 'read' = 'command') {
    const clock = virtualClock();
    const parts = anItem(type);
    const unwatch = watch(parts.item, { options, clock });
    return { ...parts, clock, unwatch };
  }

  test('W-73: fails an aborted call for certain before its turn', () => {
    const controller = new AbortController();
    const { errors } = watched({ signal: controller.signal });
    const reason = new Error('the user left');
    controller.abort(reason);
    expect(codesOf(errors)).toEqual(['ABORTED']);
    expect(errors).toMatchObject([{ cause: reason }]);
  });

  test('invariant 3: leaves the outcome of a command open that is aborted in its turn', () => {
    const controller = new AbortController();
    const { item, errors } = watched({ signal: controller.signal });
    item.phase = 'running';
    const reason = new Error('the user left');
    controller.abort(reason);
    expect(codesOf(errors)).toEqual(['UNKNOWN_OUTCOME']);
    expect(errors).toMatchObject([{ cause: reason }]);
  });

  test('fails an aborted read for certain in its turn too', () => {
    const controller = new AbortController();
    const { item, errors } = watched({ signal: controller.signal }, 'read');
    item.phase = 'running';
    controller.abort();
    expect(codesOf(errors)).toEqual(['ABORTED']);
  });

  test('fails a call whose deadline passes before its turn', () => {
    const deadlineMs = virtualClock().nowMs() + 50;
    const { errors, clock } = watched({ deadlineMs });
    clock.advance(49);
    expect(errors).toEqual([]);
    clock.advance(1);
    expect(codesOf(errors)).toEqual(['DEADLINE_EXCEEDED']);
  });

  test('invariant 3: leaves the outcome open when the deadline passes in the turn', () => {
    const deadlineMs = virtualClock().nowMs() + 50;
    const { item, errors, clock } = watched({ deadlineMs });
    item.phase = 'running';
    clock.advance(50);
    expect(codesOf(errors)).toEqual(['UNKNOWN_OUTCOME']);
  });

  test('leaves neither a timer nor a listener behind', () => {
    const controller = new AbortController();
    const deadlineMs = virtualClock().nowMs() + 50;
    const { errors, clock, unwatch } = watched({ signal: controller.signal, deadlineMs });
    unwatch();
    expect(clock.msToNextTimer()).toBeNull();
    controller.abort();
    expect(errors).toEqual([]);
  });

  test('fails a call once when both the signal and the deadline end it', () => {
    const controller = new AbortController();
    const deadlineMs = virtualClock().nowMs() + 50;
    const { errors, clock } = watched({ signal: controller.signal, deadlineMs });
    controller.abort();
    clock.advance(50);
    expect(codesOf(errors)).toEqual(['ABORTED']);
  });
});
