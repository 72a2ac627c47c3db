import { type Call, flagValues, hasFlag, isFlag, operands } from '../call.ts';
import { awkOnlyReads } from '../code/awk-program.ts';
import { sedEffects } from '../code/sed-script.ts';
import type { ReadRule } from '../rule.ts';

/** Programs that read a little language of their own: what they do depends on the text they are given. */
export const textProgramReads: readonly ReadRule[] = [
  {
    name: 'read.jq',
    programs: ['jq', 'gojq', 'jaq', 'yq', 'xq', 'tomlq', 'dasel', 'gron', 'htmlq'],
    looks: 'picks values out of a document',
    only: [
      '-r',
      '-c',
      '-e',
      '-s',
      '-S',
      '-n',
      '-M',
      '-C',
      '-j',
      '-a',
      '-R',
      '-P',
      '-o',
      '-p',
      '--raw-output',
      '--compact-output',
      '--exit-status',
      '--slurp',
      '--sort-keys',
      '--null-input',
      '--monochrome-output',
      '--color-output',
      '--tab',
      '--indent',
      '--arg',
      '--argjson',
      '--join-output',
      '--raw-input',
      '--output-format',
      '--input-format',
      '--prettyPrint',
      '--unwrapScalar',
      '--version',
      '-0',
    ],
    valueFlags: ['--indent', '-o', '-p', '--output-format', '--input-format'],
    operands: 'pattern',
    when: (call) =>
      !(call.program !== 'jq' && hasFlag(call, '-s', '--split-exp')) &&
      // What names a format for yq names a file to write for others.
      !(call.program !== 'yq' && call.args.some((arg) => /^-[a-zA-Z]*[op]/.test(arg))) &&
      !call.args.some((arg) =>
        /\b(env|\$ENV|load|load_str|strenv|envsubst|eval|system|input_filename|import|include|debug_file|error_file|split_doc|halt_error)\b|\$ENV|\$__prog/.test(
          arg,
        ),
      ) &&
      !call.args.some((arg) => arg.startsWith('-') && isFlag(arg, '-i')),
    match: ["jq '.reboot' state.json", "jq -r '.items[].name' x.json", "yq '.services' stack.yaml"],
    notMatch: [
      "yq -i '.a=1' x.yaml",
      "jq -n 'env'",
      'jq -f prog.jq x.json',
      "jq -n '$ENV'",
      "yq -s '.a' x.yaml",
    ],
  },
  {
    name: 'read.awk',
    programs: ['awk', 'gawk', 'mawk', 'nawk'],
    looks: 'prints fields of text',
    only: ['-F', '-v'],
    valueFlags: ['-F', '-v'],
    operands: 'pattern',
    when: (call) => {
      const program = operands(call, ['-F', '-v'])[0];
      return (
        program !== undefined &&
        awkOnlyReads(program) &&
        operands(call, ['-F', '-v'])
          .slice(1)
          .every((file) => !file.includes('=') && !file.startsWith('-')) &&
        !/\bwhile\s*\(\s*1|\bfor\s*\(\s*;\s*;/.test(program)
      );
    },
    match: [
      "awk '{print $1}' /etc/hosts",
      "awk -F: '$3 > 999 {print $1}' /etc/passwd",
      "awk '/a|b/ {n++} END {print n}' x",
    ],
    notMatch: [
      'awk \'BEGIN{system("reboot")}\'',
      'awk \'{print > "x"}\' y',
      'awk \'{print | "sh"}\' y',
      'awk -f prog.awk x',
      'awk \'BEGIN{"reboot" | getline}\'',
    ],
  },
  {
    name: 'read.sed',
    programs: ['sed', 'gsed'],
    looks: 'prints edited text',
    only: [
      '-n',
      '-E',
      '-r',
      '-e',
      '-s',
      '-u',
      '-z',
      '--quiet',
      '--silent',
      '--expression',
      '--regexp-extended',
      '--posix',
      '--sandbox',
      '--separate',
      '--null-data',
      '--line-length',
      '-l',
      '--debug',
      '--version',
    ],
    valueFlags: ['-e', '--expression', '-l', '--line-length'],
    operands: 'pattern',
    when: (call) => {
      const effects = sedEffects(sedScript(call));
      return (
        !effects.unreadable &&
        !effects.runsText &&
        effects.commands.length === 0 &&
        effects.files.length === 0
      );
    },
    match: [
      "sed -n '/reboot/p' /var/log/syslog",
      "sed 's/a/b/g' x",
      "sed -n '1,5p' x",
      "sed -e '/^#/d' -e '/^$/d' x",
    ],
    notMatch: [
      "sed -i 's/a/b/' app.conf",
      "sed '1e reboot' /etc/hostname",
      "sed -n 'w out' x",
      "sed 's/a/reboot/e' x",
      'sed -f prog x',
      "sed 'r /etc/shadow' x",
    ],
  },
];

/** The scripts of a sed call as one. */
export function sedScript(call: Call): string {
  const given = flagValues(call, '-e', '--expression');
  if (given.length > 0) return given.join('\n');
  return operands(call, ['-l', '--line-length', '-f', '--file'])[0] ?? '';
}
