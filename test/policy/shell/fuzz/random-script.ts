/**
 * Random shell scripts from a seed: harmless words, quotes and joints of all kinds, and now and then something tricky.
 * `zap` stands for anything that must not run.
 */
export function scriptsFrom(seed: number): () => string {
  const random = randomSource(seed);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const chance = (share: number) => random() < share;
  const command = () => {
    const words = Array.from({ length: Math.floor(random() * 4) }, () =>
      chance(0.12) ? pick(tricky) : pick(harmless),
    );
    return `${chance(0.1) ? pick(leads) : ''}${pick(programs)}${words.length > 0 ? ' ' : ''}${words.join(chance(0.05) ? '' : ' ')}`;
  };
  return () => {
    const length = 1 + Math.floor(random() * 4);
    return Array.from({ length }, command).reduce((left, right) => `${left}${pick(joints)}${right}`);
  };
}

/** The names of everything that a random script may start. */
export function namesInScripts(): readonly string[] {
  return [...new Set(['zap', ...programs.map((program) => program.split(' ')[0] ?? '')])];
}

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
