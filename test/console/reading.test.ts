import { describe, expect, test } from 'vitest';
import type { AuditRow } from '#api/contract/requests.ts';
import { CardState } from '#core/card.ts';
import { confirmCode } from '#core/plan.ts';
import { looksLikeCode } from '../../src/console/card/confirm-code.ts';
import { readDiff } from '../../src/console/card/diff.ts';
import { readLineLink, writeLineLink } from '../../src/console/log/line-link.ts';
import { iconFor, iconNames, iconSvg } from '../../src/console/look/icon.ts';
import { auditQuery, withFilter } from '../../src/console/pages/audit-query.ts';
import { auditCsv, auditNdjson } from '../../src/console/pages/csv.ts';
import { runState, stateLook } from '../../src/console/parts/states.ts';

describe('a unified diff', () => {
  test('is counted and its file headers are left out', () => {
    const diff = readDiff(
      '--- a/compose.yaml\n+++ b/compose.yaml\n@@ -5,3 +5,3 @@\n jellyfin:\n-  image: a\n+  image: b\n',
    );
    expect(diff).toEqual({
      added: 1,
      removed: 1,
      lines: [
        { kind: 'place', text: '@@ -5,3 +5,3 @@' },
        { kind: 'same', text: 'jellyfin:' },
        { kind: 'removed', text: '  image: a' },
        { kind: 'added', text: '  image: b' },
      ],
    });
  });

  test('keeps content that looks like a header', () => {
    const diff = readDiff('--- a\n+++ b\n@@ -1,2 +1,2 @@\n--- old rule\n+++ new rule\n');
    expect(diff.lines.slice(1)).toEqual([
      { kind: 'removed', text: '-- old rule' },
      { kind: 'added', text: '++ new rule' },
    ]);
  });

  test('without hunks is read line by line', () => {
    expect(readDiff('+one\n+two\n').added).toBe(2);
  });

  test('that says there is no newline at the end counts no line for it', () => {
    expect(readDiff('@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b').lines).toHaveLength(3);
  });
});

describe('a link to lines', () => {
  test.each([
    ['#t2:L18', { task: 2, attempt: 1, from: 18, to: 18 }],
    ['#t2:L18-L21', { task: 2, attempt: 1, from: 18, to: 21 }],
    ['#t4.2:L118-L121', { task: 4, attempt: 2, from: 118, to: 121 }],
  ])('%s is read and written alike', (fragment, link) => {
    expect(readLineLink(fragment)).toEqual(link);
    expect(writeLineLink(link)).toBe(fragment);
  });

  test('the wrong way round is put right', () => {
    expect(readLineLink('#t1:L9-L3')).toEqual({ task: 1, attempt: 1, from: 3, to: 9 });
  });

  test.each(['', '#', '#e123', '#t:L1', '#t1:L', '#t1:L1-'])('%j is none', (fragment) => {
    expect(readLineLink(fragment)).toBeNull();
  });
});

describe('a confirm code', () => {
  test('as the core makes it is always taken, in small letters too', () => {
    for (let seed = 0; seed < 200; seed++) {
      const code = confirmCode(`hash ${seed}`);
      expect(looksLikeCode(code)).toBe(true);
      expect(looksLikeCode(` ${code.toLowerCase()} `)).toBe(true);
    }
  });

  test.each(['', 'K7F3Q', 'K7F3QAA', 'K7F3Q0', 'K7F3QI', 'K7F 3Q'])('%j does not have its form', (text) => {
    expect(looksLikeCode(text)).toBe(false);
  });
});

describe('the record as a file', () => {
  const row: AuditRow = {
    id: 7,
    at: '2026-11-21T13:05:00.000Z',
    stream: 'plan:142',
    seq: 3,
    kind: 'plan.approved',
    actor: '=anna',
    plan: 'P-142',
    run: null,
    host: 'n100',
    service: null,
    outcome: null,
    summary: 'Anna said "yes",\nthen left',
    hash: 'abc',
  };

  test('is CSV that a spreadsheet reads as text, never as a formula', () => {
    expect(auditCsv([row])).toBe(
      'id,at,kind,actor,plan,run,host,service,outcome,summary,stream,seq,hash\r\n' +
        '7,2026-11-21T13:05:00.000Z,plan.approved,\'=anna,P-142,,n100,,,"Anna said ""yes"",\nthen left",plan:142,3,abc\r\n',
    );
  });

  test('is NDJSON that reads back as it was', () => {
    const lines = auditNdjson([row, row]).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([row, row]);
  });
});

describe('a question to the record', () => {
  test('asks for whole days of the viewer', () => {
    const query = new URLSearchParams(auditQuery(new URLSearchParams('since=2026-11-20&until=2026-11-21')));
    const day = Date.parse(query.get('until') ?? '') - Date.parse(query.get('since') ?? '');
    expect(day).toBe(2 * 86_400_000);
  });

  test('leaves out what is empty or unknown', () => {
    expect(auditQuery(new URLSearchParams('outcome=failed&service=&x=1'))).toBe('outcome=failed&limit=100');
  });

  test('changes one filter and keeps the others', () => {
    const address = new URLSearchParams('outcome=failed&host=n100');
    expect(withFilter(address, 'outcome', '')).toBe('/audit?host=n100');
    expect(withFilter(new URLSearchParams('host=n100'), 'host', '')).toBe('/audit');
  });
});

describe('a state', () => {
  test('of every kind has a shape, and one from a newer server is shown as unknown', () => {
    for (const state of CardState.options)
      expect(stateLook(state).shape === 'unknown').toBe(state === 'unknown');
    expect(stateLook('brand_new')).toEqual(stateLook('unknown'));
    expect(stateLook('toString')).toEqual(stateLook('unknown'));
  });

  test('of a run reads like a card’s, whichever of the two a list names', () => {
    expect(runState('completed')).toBe('done');
    expect(runState('review')).toBe('unknown');
    expect(runState('running')).toBe('running');
    expect(runState('done')).toBe('done');
  });

  test('that needs a person, one that went well and one that failed differ in shape, not only in colour', () => {
    const shapes = [
      'needs_you',
      'running',
      'done',
      'failed',
      'gave_up',
      'refused',
      'unknown',
      'answer',
      'queued',
    ] as const;
    expect(new Set(shapes.map((state) => stateLook(state).shape)).size).toBe(shapes.length);
  });
});

describe('the favicon', () => {
  test.each([
    [0, '0'],
    [2, '2'],
    [9, '9'],
    [10, 'more'],
    [-1, '0'],
  ])('for %i waiting decisions is %s', (waiting, name) => expect(iconFor(waiting)).toBe(name));

  test('carries the count as a picture, and nothing when nothing waits', () => {
    expect(iconSvg('0')).not.toContain('<text');
    for (const name of iconNames.slice(1)) expect(iconSvg(name)).toContain('<text');
  });
});
