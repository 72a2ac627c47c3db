import { asList, asText, type Fields, isYes } from '../../read-yaml.ts';
import type { Deeds, ModuleRule } from '../module-rule.ts';

/** Modules that look at, fetch, write or remove files. */
export const fileRules: readonly ModuleRule[] = [
  {
    name: 'module.file',
    modules: ['file', 'win_file', 'acl', 'xattr'],
    says: 'makes, changes or removes a file or folder',
    does: changeFile,
    match: [
      'file: {path: /, state: absent}',
      'file: {path: /etc/pve, state: absent}',
      'file: {path: "{{ nobody_knows }}", state: absent}',
      'file: {src: /sbin/reboot, dest: /usr/local/bin/x, state: link}',
      'file: {path: /etc, mode: "0777", recurse: true}',
      'file: {path: /opt/x, mode: u+s}',
    ],
    notMatch: [
      'file: {path: /opt/app, state: directory}',
      'file: {path: /opt/app/old.log, state: absent}',
      'file: {path: /opt/app/run.sh, mode: "0755"}',
    ],
  },
  {
    name: 'module.write',
    modules: [
      'copy',
      'template',
      'lineinfile',
      'blockinfile',
      'replace',
      'ini_file',
      'xml',
      'assemble',
      'get_url',
      'unarchive',
      'archive',
      'synchronize',
      'htpasswd',
      'win_copy',
      'win_template',
      'iso_extract',
      'maven_artifact',
      'pamd',
      'pam_limits',
      'openssl_privatekey',
      'x509_certificate',
      'tempfile',
      'interfaces_file',
      'dconf',
      'java_cert',
      'git',
      'subversion',
      'hg',
      'decompress',
      'copy_remote',
    ],
    says: 'writes files',
    does: writeFile,
    match: [
      'copy: {dest: /etc/sudoers.d/x, content: "a ALL=(ALL) NOPASSWD: ALL"}',
      'template: {src: x.j2, dest: /etc/systemd/system/x.service}',
      'lineinfile: {path: /etc/ssh/sshd_config, line: "PermitRootLogin yes"}',
      'copy: {dest: /opt/x.sh, content: "reboot", mode: "0755"}',
      'get_url: {url: "http://x/y", dest: /etc/cron.d/x}',
      'copy: {src: /etc/shadow, dest: /opt/x}',
      'copy: {dest: /opt/x, content: ls, validate: "reboot %s"}',
      'blockinfile: {path: /opt/compose.yaml, block: "services: {a: {image: b, volumes: [\\"/:/host\\"]}}"}',
      'synchronize: {src: /opt/x/, dest: /srv/y, delete: true, rsync_opts: ["--rsh=sh -c reboot"]}',
      'unarchive: {src: x.tar, dest: /}',
    ],
    notMatch: [
      'copy: {src: app.conf, dest: /opt/app/app.conf}',
      'template: {src: compose.yaml.j2, dest: /opt/app/compose.yaml}',
      'get_url: {url: "https://x/y.tar.gz", dest: /opt/y.tar.gz}',
      'unarchive: {src: x.tar, dest: /opt/app}',
      'lineinfile: {path: /etc/hosts, line: "10.0.0.2 nas"}',
      'git: {repo: "https://x/y", dest: /opt/y}',
    ],
  },
  {
    name: 'module.fetch',
    modules: ['slurp', 'fetch'],
    says: 'brings a file of the host to Chiffon',
    does: (args) => ({ calls: [['cat', asText(args['src'] ?? args['path'])]] }),
    match: [
      'slurp: {src: /etc/shadow}',
      'fetch: {src: /etc/pve/priv/authkey.key, dest: /tmp/}',
      'slurp: {src: /root/.ssh/id_rsa}',
    ],
    notMatch: ['slurp: {src: /etc/hostname}', 'fetch: {src: /var/log/syslog, dest: logs/}'],
  },
  {
    name: 'module.file-looks',
    modules: ['stat', 'find', 'win_stat', 'win_find'],
    says: 'looks at what is known about files',
    looks: true,
    does: (args) => ({
      calls: [
        [
          'ls',
          '-l',
          ...[args['path'], args['paths'], args['name']].flatMap((given) => asList(given).map(asText)),
        ],
      ],
    }),
    match: [
      'stat: {path: /opt/app}',
      'find: {paths: [/var/log], patterns: "*.log"}',
      'find: {path: /var/log, recurse: true}',
    ],
    notMatch: ['stat: {path: "{{ x }}"}'],
  },
];

function changeFile(args: Fields): Deeds {
  const path = asText(args['path'] ?? args['dest'] ?? args['name']);
  const source = asText(args['src']);
  const state = asText(args['state']);
  const mode = asText(args['mode']);
  const spread = isYes(args['recurse']) ? ['-R'] : [];
  const calls: string[][] = [];
  if (state === 'absent') return { calls: [['rm', '-rf', path]] };
  if (state === 'link' || state === 'hard')
    calls.push(['ln', ...(state === 'link' ? ['-sfn'] : ['-f']), source, path]);
  if (state === 'directory') calls.push(['mkdir', '-p', path]);
  if (state === 'touch' || state === 'file' || state === '') calls.push(['touch', path]);
  if (!['link', 'hard', 'directory', 'touch', 'file', ''].includes(state)) calls.push(['rm', '-rf', path]);
  if (mode !== '') calls.push(['chmod', ...spread, mode, path]);
  for (const [key, program] of [
    ['owner', 'chown'],
    ['group', 'chgrp'],
    ['attributes', 'chattr'],
    ['attr', 'chattr'],
    ['entry', 'setfacl'],
  ] as const)
    if (args[key] !== undefined) calls.push([program, ...spread, asText(args[key]), path]);
  return { calls };
}

function writeFile(args: Fields): Deeds {
  const path = asText(args['dest'] ?? args['path'] ?? args['destfile'] ?? args['name']);
  const source = asText(args['src']);
  const mode = asText(args['mode']);
  const calls: string[][] = [];
  if (path !== '') calls.push(['tee', path], ['tar', '-xf', 'archive', '-C', path]);
  if (/^[/~]/.test(source)) calls.push(['cp', source, 'copy']);
  if (mode !== '' && path !== '') calls.push(['chmod', mode, path]);
  if (isYes(args['delete'])) calls.push(['rm', '-rf', path]);
  for (const option of asList(args['rsync_opts'])) calls.push(['rsync', asText(option), 'from', 'to']);
  // A check or a helper that the module starts is a command like any other.
  const helpers = ['validate', 'rsync_path', 'executable'].map((key) =>
    asText(args[key]).replaceAll('%s', 'file'),
  );
  const texts = helpers.filter((command) => command !== '');
  const file = { path, content: contentOf(args), mode: /^[0-7]{3,4}$/.test(mode) ? mode : '0644' };
  return { calls, texts, files: path === '' ? [] : [file] };
}

function contentOf(args: Fields): string | undefined {
  const content = args['content'] ?? args['line'] ?? args['block'] ?? args['replace'] ?? args['value'];
  if (content === undefined) return undefined;
  return typeof content === 'object' ? JSON.stringify(content) : asText(content);
}
