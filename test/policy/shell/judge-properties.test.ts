import fc from 'fast-check';
import { expect, test } from 'vitest';
import { judgeCommand, judgeScript } from '#policy/shell/judge-command.ts';
import { denied } from './denied.ts';
import { readOnly } from './read-only.ts';

const shellText = fc
  .array(
    fc.constantFrom(
      'ls',
      'reboot',
      'x=1',
      '$x',
      '"',
      "'",
      '`',
      '$(',
      ')',
      '((',
      '))',
      '{',
      '}',
      '[[',
      ']]',
      ';',
      '&&',
      '||',
      '|',
      '&',
      '<',
      '>',
      '<<',
      '<<<',
      '\n',
      ' ',
      '\\',
      '*',
      '?',
      '[',
      ']',
      '!',
      '#',
      '~',
      'if',
      'then',
      'fi',
      'for',
      'do',
      'done',
      'case',
      'esac',
      'in',
      'function',
      'f()',
      '${',
      '@P',
      ',',
      '=',
      '$((',
      'EOF',
      '-c',
      'sh',
      'sudo',
      'find',
    ),
    { maxLength: 40 },
  )
  .map((tokens) => tokens.join(''));
const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array).toString('latin1'));
const anyText = fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), shellText, bytes);

const plainlyDenied = [
  'reboot',
  'systemctl poweroff',
  'rm -rf /',
  'dd if=/dev/zero of=/dev/sda',
  'cat /etc/shadow',
  'mkfs.ext4 /dev/sdb',
  'qm destroy 100',
  'kill -9 -1',
];
const oneLine = readOnly.filter((command) => !/[\n#]|<<|\]\]$/.test(command));

test('the judge answers for any text whatever', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      expect(['allow', 'approval', 'deny']).toContain(judgeCommand(text).verdict);
      expect(['allow', 'approval', 'deny']).toContain(judgeScript(text).verdict);
    }),
    { numRuns: 3_000 },
  );
});

test('a denied command is never allowed because it stands among allowed ones', () => {
  const forbidden = fc.constantFrom(
    ...Object.values(denied)
      .flat()
      .filter((command) => !command.includes('\n')),
    ...plainlyDenied,
  );
  const joint = fc.constantFrom('; ', ' && ', ' || ', ' | ', '\n', ' |& ', ' & ');
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...oneLine), { minLength: 1, maxLength: 5 }),
      forbidden,
      joint,
      fc.nat(5),
      (allowed, bad, glue, at) => {
        const parts = [...allowed];
        parts.splice(Math.min(at, parts.length), 0, bad);
        expect(judgeCommand(parts.join(glue)).verdict).not.toBe('allow');
      },
    ),
    { numRuns: 3_000 },
  );
});

test('a plainly denied command stays denied inside a substitution of an allowed one', () => {
  const wrap = fc.constantFrom(
    (bad: string) => `$(${bad})`,
    (bad: string) => `"$(${bad})"`,
    (bad: string) => `\`${bad}\``,
    (bad: string) => `<(${bad})`,
    (bad: string) => `\${x:-$(${bad})}`,
    (bad: string) => `"a$(ls; ${bad})b"`,
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...oneLine),
      fc.constantFrom(...plainlyDenied),
      wrap,
      (allowed, bad, around) => {
        expect(judgeCommand(`${allowed} ${around(bad)}`).verdict).toBe('deny');
      },
    ),
    { numRuns: 1_000 },
  );
});

test('quotes, backslashes and line continuations do not get a denied command allowed', () => {
  const noise = fc.constantFrom('', '', '', "''", '""', '\\\n', '\\', '\'\'""');
  fc.assert(
    fc.property(
      fc.constantFrom(...plainlyDenied),
      fc.infiniteStream(noise),
      fc.boolean(),
      (command, stream, quoted) => {
        const spelled = [...command]
          .map((char) => {
            const extra = stream.next().value;
            if (char === ' ') return ' ';
            if (extra === '\\') return /[a-z]/.test(char) ? `\\${char}` : char;
            return quoted && extra === "''" ? `'${char}'` : `${char}${extra}`;
          })
          .join('');
        expect(judgeCommand(spelled).verdict).toBe('deny');
      },
    ),
    { numRuns: 2_000 },
  );
});

test('a wrapper around a denied command does not get it allowed', () => {
  const wrapper = fc.constantFrom(
    'sudo',
    'env',
    'nice -n 5',
    'nohup',
    'timeout 5',
    'setsid',
    'command',
    'exec',
    'xargs',
    'time',
    'stdbuf -oL',
    'ionice -c3',
    'busybox',
    'chroot /',
    'nsenter -t 1',
    'flock x',
    'watch',
    'strace',
    'ssh n100',
    'docker exec c',
    'find . -exec',
  );
  fc.assert(
    fc.property(
      fc.array(wrapper, { minLength: 1, maxLength: 4 }),
      fc.constantFrom('reboot', 'rm -rf /etc', 'mkfs.ext4 /dev/sdb', 'cat /etc/shadow'),
      (wrappers, bad) => {
        expect(judgeCommand([...wrappers, bad].join(' ')).verdict).toBe('deny');
      },
    ),
    { numRuns: 1_000 },
  );
});

test('the rebuilt form of an allowed command is allowed again and means the same words', () => {
  const joint = fc.constantFrom('; ', ' && ', ' || ', ' | ', '\n');
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...readOnly), { minLength: 1, maxLength: 4 }),
      joint,
      (commands, glue) => {
        const first = judgeCommand(commands.join(glue));
        if (first.normal === undefined) return;
        const second = judgeCommand(first.normal);
        expect(second).toMatchObject({ verdict: 'allow', normal: first.normal });
        expect(second.argv).toEqual(first.argv);
      },
    ),
    { numRuns: 2_000 },
  );
});

test('any words that are printed come back unchanged', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.string({ unit: fc.constantFrom(...' \n\t\'"\\$`*?[]{}()<>|&;#~!=%abAB01-./'), maxLength: 12 }),
        { maxLength: 5 },
      ),
      (words) => {
        const command = ['echo', ...words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`)].join(' ');
        expect(judgeCommand(command)).toMatchObject({ verdict: 'allow', argv: [['echo', ...words]] });
      },
    ),
    { numRuns: 1_000 },
  );
});
