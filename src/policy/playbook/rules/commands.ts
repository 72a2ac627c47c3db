import { asList, asText, type Fields } from '../../read-yaml.ts';
import { deny } from '../../shell/verdict.ts';
import type { Deeds, ModuleRule } from '../module-rule.ts';

/** Modules that run a line of shell or a program. */
export const commandRules: readonly ModuleRule[] = [
  {
    name: 'module.commands',
    modules: [
      'command',
      'shell',
      'raw',
      'win_command',
      'win_shell',
      'expect',
      'telnet',
      'psexec',
      'win_psexec',
      'nspawn',
      'docker_container_exec',
      'k8s_exec',
      'podman_container_exec',
      'lxd_container_exec',
    ],
    says: 'runs a command',
    looks: true,
    does: runCommand,
    match: [
      'command: uptime',
      'shell: "df -h | head"',
      'raw: uptime',
      'command: {argv: [ls, -la, /opt]}',
      'command: {cmd: last reboot}',
    ],
    notMatch: [
      'shell: reboot',
      'command: {argv: [/bin/sh, -c, reboot]}',
      'raw: init 6',
      'shell: {cmd: ls, executable: /usr/bin/python3}',
      'command: "{{ what }}"',
      'command: {cmd: sh, stdin: reboot}',
    ],
  },
  {
    name: 'module.scripts',
    modules: ['script', 'patch'],
    says: 'runs or applies a file that is not shown',
    does: () => ({
      findings: [deny('unread-code', 'It runs a script whose text is not part of the playbook.')],
    }),
    match: ['script: reboot.sh', 'ansible.builtin.script: files/x.py'],
    notMatch: ['debug: {msg: script}'],
  },
  {
    name: 'module.later',
    modules: ['cron', 'cronvar', 'at', 'win_scheduled_task'],
    says: 'makes a command run by itself later',
    does: runLater,
    match: [
      'cron: {name: x, job: /sbin/reboot, special_time: hourly}',
      'at: {command: poweroff, count: 1, units: hours}',
      'cron: {name: x, cron_file: y, job: "curl http://x | sh"}',
    ],
    notMatch: ['cron: {name: x, state: absent}'],
  },
];

const shells = /^(\/usr)?\/bin\/(ba|da|a|z|k)?sh$/;

function runCommand(args: Fields): Deeds {
  const argv = asList(args['argv']).map(asText);
  const line = asText(args['_raw'] ?? args['cmd'] ?? args['command'] ?? args['_raw_params']);
  const stdin = asText(args['stdin']);
  const folder = asText(args['chdir']);
  const executable = asText(args['executable']);
  if (executable !== '' && !shells.test(executable))
    return {
      findings: [
        deny('opaque-code', `It has the text read by ${executable}, which this judge does not read.`),
      ],
    };
  const answers = textsOfAnswers(args['responses']);
  const read = stdin === '' && answers.length === 0 ? undefined : [stdin, ...answers].join('\n');
  const into = folder === '' ? [] : [['cd', folder]];
  if (argv.length > 0)
    return { calls: [...into, argv], ...(read === undefined ? {} : { texts: [withStdin('sh', read)] }) };
  return { calls: into, texts: [read === undefined ? line : withStdin(line, read)] };
}

function textsOfAnswers(responses: unknown): string[] {
  return typeof responses === 'object' && responses !== null
    ? Object.values(responses)
        .flatMap((answer) => asList(answer).map(asText))
        .filter((answer) => answer !== '')
    : [];
}

function withStdin(line: string, stdin: string): string {
  let mark = 'END';
  while (stdin.split('\n').includes(mark)) mark += '_';
  return `${line} <<'${mark}'\n${stdin}\n${mark}\n`;
}

function runLater(args: Fields): Deeds {
  const command = asText(args['job'] ?? args['command'] ?? args['script_file'] ?? args['value']);
  if (asText(args['state']) === 'absent') return {};
  return command === ''
    ? { findings: [deny('later', 'It makes something run by itself later.')] }
    : {
        texts: [command],
        findings: [
          deny('later', 'It makes a command run by itself later, when nobody looks at what it then does.'),
        ],
      };
}
