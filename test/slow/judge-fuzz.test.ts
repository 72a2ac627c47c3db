import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { forEachChild, parse, type SyntaxNode } from 'unbash';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { judgeCommand } from '#policy/shell/judge-command.ts';

/**
 * Random scripts are judged, and every allowed one is run in real bash that finds no program at all and reports what
 * it was asked to start. `zap` stands for anything that must not run.
 */
const scripts = 2_000;
const seed = Number(process.env['FUZZ_SEED'] ?? 20261121);
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'chiffon-fuzz-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A small generator of numbers (mulberry32), so that a run can be repeated by its seed. */
function randomSource(start: number): () => number {
  let state = start >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const random = randomSource(seed);
const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
const chance = (share: number) => random() < share;

const programs = [
  'ls',
  'cat',
  'head -n 1',
  'wc -l',
  'grep x',
  'grep -c x',
  'df',
  'free',
  'uptime',
  'id',
  'whoami',
  'cut -c1',
  'sort',
  'uniq',
  'tr a b',
  'stat',
  'du',
  "awk '{print $1}'",
  'sed -n 1p',
  'jq .',
  'date',
  'ps',
  'git log',
  'basename',
];
const harmless = [
  'a',
  'b.txt',
  '-l',
  "'c d'",
  '"e f"',
  'g\\ h',
  "''",
  '/etc/hosts',
  '--',
  "'$(zap)'",
  "'`zap`'",
  "'a[$(zap)]'",
  "'; zap'",
  '"; zap"',
  '\\;',
  "'|'",
  "'#'",
  '# zap',
  "'\n'",
  '~/x',
  'x=y',
  '2',
  "'{a,b}'",
  '{}',
  'a*b',
  "it\\'s",
  '\\$x',
  "'\\'",
  '"\\""',
  'a\\\nb',
  '@',
  '%',
  '^',
  'a#b',
  '-',
  '=',
  '$',
  '!',
];
const tricky = [
  '$(zap)',
  '`zap`',
  '"$(zap)"',
  '$x',
  '${x:-$(zap)}',
  '$((1))',
  "$(( 'a[$(zap)]' ))",
  '{zap,}',
  '*',
  '[a]',
  "$'zap'",
  '$"zap"',
  '<(zap)',
  '>(zap)',
  '\nzap',
  '\\\nzap',
  ';zap',
  '& zap',
  '|zap',
  '\rzap',
  '\u00a0zap',
  '"',
  "'",
  '`',
  '(',
  ')',
  '{',
  '}',
  '\\',
  '${x@P}',
  '>zap',
  '<<E\n$(zap)\nE\n',
  '<<"E"\nzap\nE\n',
  '<<<$(zap)',
  '<<<zap',
  '2>&1',
  '>/dev/null',
  '&>/dev/null',
  '#\nzap',
  '((zap))',
  '[[ -v a[$(zap)] ]]',
  '|& zap',
  '!zap',
  '\t;zap',
  '||zap',
  '&&zap',
];
const joints = ['; ', ' && ', ' || ', ' | ', '\n', ' & ', ';;', '\n\n', ' |& ', ';\t', ' ;\n'];
const leads = [
  '',
  '',
  '',
  '',
  '',
  '',
  '! ',
  'x=1 ',
  'time ',
  'exec ',
  'eval ',
  'command ',
  '(',
  '{ ',
  'if ',
  'while ',
  'nice ',
  'env ',
  '\\',
  '"l"',
  'zap ',
  '$x ',
  "''",
  'function f ',
  'f() ',
  'coproc ',
];

function command(): string {
  const words = Array.from({ length: Math.floor(random() * 4) }, () =>
    chance(0.12) ? pick(tricky) : pick(harmless),
  );
  return `${chance(0.1) ? pick(leads) : ''}${pick(programs)}${words.length > 0 ? ' ' : ''}${words.join(chance(0.05) ? '' : ' ')}`;
}

function script(): string {
  const length = 1 + Math.floor(random() * 4);
  return Array.from({ length }, () => command()).reduce((left, right) => `${left}${pick(joints)}${right}`);
}

/** The names of the programs a rebuilt command would start. */
function programsOf(normal: string): Set<string> {
  const names = new Set<string>();
  const visit = (node: SyntaxNode): void => {
    if (node.type === 'Command' && node.name) {
      names.add(node.name.value);
      // `command` is a builtin, so bash reports the program behind it, which is judged too.
      const [first] = node.args;
      if (node.name.value === 'command' && first?.type === 'Word') names.add(first.value);
    }
    forEachChild(node, visit);
  };
  visit(parse(normal));
  return names;
}

/** What bash tries to start: its PATH leads nowhere, so every program that is not a builtin is reported. */
function startedByBash(text: string): string[] {
  const harness = `command_not_found_handle() { printf 'started:%s\\n' "$1" >&9; return 0; }\n${text}`;
  const result = spawnSync('/bin/bash', ['--noprofile', '--norc', '-c', harness], {
    cwd: folder,
    env: { PATH: join(folder, 'nothing'), HOME: folder },
    stdio: ['ignore', 'ignore', 'ignore', 'ignore', 'ignore', 'ignore', 'ignore', 'ignore', 'ignore', 'pipe'],
    timeout: 5_000,
    encoding: 'utf8',
  });
  const report = String(result.output[9] ?? '');
  return [...report.matchAll(/^started:(.*)$/gm)].map((match) => match[1] as string);
}

test(`of ${scripts} random scripts none that is allowed starts a program that was not judged`, {
  timeout: 300_000,
}, () => {
  const escaped: { script: string; normal: string; started: string }[] = [];
  let allowed = 0;
  for (let i = 0; i < scripts; i++) {
    const text = script();
    const { verdict, normal } = judgeCommand(text);
    if (verdict !== 'allow' || normal === undefined) continue;
    allowed++;
    const names = programsOf(normal);
    for (const run of [text, normal])
      for (const started of startedByBash(run))
        if (!names.has(started)) escaped.push({ script: text, normal, started });
  }
  expect(escaped).toEqual([]);
  expect(allowed / scripts).toBeGreaterThan(0.1);
});

test('the harness sees what bash starts', () => {
  expect(startedByBash('ls; echo $(zap) | cat')).toEqual(expect.arrayContaining(['ls', 'zap', 'cat']));
});
