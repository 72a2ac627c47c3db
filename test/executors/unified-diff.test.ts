import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unifiedDiff } from '#executors/file/unified-diff.ts';

/** Applies a unified diff strictly: every context and removed line must stand where the hunk says. */
function applied(before: string, diff: string): string {
  const old = before === '' ? [] : (before.match(/[^\n]*\n|[^\n]+$/g) ?? []);
  const result: string[] = [];
  let next = 0;
  const lines = diff.split('\n').slice(2);
  for (let i = 0; i < lines.length; i++) {
    const hunk = lines[i]?.match(/^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@$/);
    if (hunk) {
      const [start, count, newStart, newCount] = hunk.slice(1).map((n) => (n === undefined ? 1 : Number(n)));
      const from = count === 0 ? (start ?? 0) : (start ?? 0) - 1;
      while (next < from) result.push(old[next++] ?? '');
      expect(result.length).toBe(newCount === 0 ? newStart : (newStart ?? 0) - 1);
      continue;
    }
    const kind = lines[i]?.[0];
    if (kind === undefined || kind === '\\') continue;
    const text = `${lines[i]?.slice(1)}${lines[i + 1]?.startsWith('\\') ? '' : '\n'}`;
    if (kind !== '+') expect(old[next++]).toBe(text);
    if (kind !== '-') result.push(text);
  }
  return [...result, ...old.slice(next)].join('');
}

const line = fc.constantFrom('a', 'b', 'c', '', '  indented', '-- x', '+y', '@@ -1 +1 @@', '\\ odd');
const text = fc
  .tuple(fc.array(line, { maxLength: 40 }), fc.boolean())
  .map(([lines, feed]) => lines.join('\n') + (feed && lines.length > 0 ? '\n' : ''));

describe('a unified diff', () => {
  it('turns the old text into the new one when it is applied', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const diff = unifiedDiff(before, after, 'old', 'new');
        if (before === after) expect(diff).toBe('');
        else expect(applied(before, diff)).toBe(after);
      }),
      { numRuns: 500 },
    );
  });

  it('is no longer than it must be', () => {
    const before = Array.from({ length: 30 }, (_, i) => `line ${i}\n`).join('');
    const after = before.replace('line 4\n', 'line four\n').replace('line 20\n', '');
    expect(unifiedDiff(before, after, 'a', 'b')).toBe(
      '--- a\n+++ b\n' +
        '@@ -2,7 +2,7 @@\n line 1\n line 2\n line 3\n-line 4\n+line four\n line 5\n line 6\n line 7\n' +
        '@@ -18,7 +18,6 @@\n line 17\n line 18\n line 19\n-line 20\n line 21\n line 22\n line 23\n',
    );
  });

  it('says when a text does not end with a line feed', () => {
    expect(unifiedDiff('a', 'a\n', 'x', 'y')).toBe(
      '--- x\n+++ y\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n',
    );
  });

  it('stays quick when nothing is alike', () => {
    const before = Array.from({ length: 20_000 }, (_, i) => `old ${i}\n`).join('');
    const after = Array.from({ length: 20_000 }, (_, i) => `new ${i}\n`).join('');
    const began = performance.now();
    expect(applied(before, unifiedDiff(before, after, 'a', 'b'))).toBe(after);
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it.skipIf(!existsSync('/usr/bin/patch'))('is understood by patch', () => {
    const folder = mkdtempSync(join(tmpdir(), 'chiffon-diff-'));
    fc.assert(
      fc.property(text, text, (before, after) => {
        if (before === after || after === '' || before === '') return;
        writeFileSync(join(folder, 'file'), before);
        const input = unifiedDiff(before, after, 'file', 'file');
        execFileSync('patch', ['-s', '-p0', '--no-backup-if-mismatch', 'file'], { cwd: folder, input });
        expect(readFileSync(join(folder, 'file'), 'utf8')).toBe(after);
      }),
      { numRuns: 40 },
    );
    rmSync(folder, { recursive: true });
  });
});
