import { hasFlag, operands } from '../call.ts';
import type { ReadRule } from '../rule.ts';

/** Programs that look and that only some homes have. */
export const homeReads: readonly ReadRule[] = [
  {
    name: 'read.home-tools',
    programs: [
      'arc_summary',
      'arcstat',
      'checkrestart',
      'intel_gpu_top',
      'ollama',
      'caddy',
      'systemd-cgtop',
      'zfs_ids_to_path',
      'lstopo-no-graphics',
      'hwloc-ls',
    ],
    looks: 'shows what a tool of the house knows',
    operands: 'data',
    when: (call) => {
      const [verb = '', ...rest] = operands(call, ['--config', '-c']);
      switch (call.program) {
        case 'ollama':
          return (
            /^(list|ls|ps)$/.test(verb) ||
            (verb === 'show' && rest.length === 1) ||
            call.args.join() === '--version'
          );
        case 'caddy':
          return (
            /^(version|list-modules|build-info)$/.test(verb) ||
            (verb === 'validate' &&
              rest.length === 0 &&
              call.args.every((arg) => !/^--(envfile|adapter)/.test(arg)))
          );
        case 'intel_gpu_top':
          return call.args.join() === '-L';
        case 'systemd-cgtop':
          return (
            hasFlag(call, '-b', '--batch') &&
            hasFlag(call, '-n', '--iterations', '-1') &&
            !hasFlag(call, '-M', '-H')
          );
        default:
          return (
            !call.args.some((arg) => /^(-o|--output|-f=|--file)/.test(arg) && call.program !== 'arcstat') &&
            !(call.program === 'arcstat' && hasFlag(call, '-o'))
          );
      }
    },
    match: [
      'arc_summary',
      'arcstat 1 1',
      'ollama list',
      'ollama show llama3',

      'intel_gpu_top -L',
      'systemd-cgtop -b -n 1',
      'checkrestart',
    ],
    notMatch: [
      'ollama rm x',
      'ollama run x',
      'caddy run',
      'caddy reload',
      'arcstat -o x',
      'intel_gpu_top -o x',
      'systemd-cgtop',
    ],
  },
  {
    name: 'read.certificate-of',
    programs: ['openssl'],
    looks: 'shows the certificate a service presents',
    operands: 'data',
    only: [
      '-connect',
      '-servername',
      '-showcerts',
      '-brief',
      '-verify_return_error',
      '-starttls',
      '-status',
      '-tls1_2',
      '-tls1_3',
    ],
    valueFlags: ['-connect', '-servername', '-starttls'],
    verbs: ['s_client'],
    when: (call) => call.stdin.kind === 'unknown' && call.stdin.from.join() === '</dev/null',
    match: ['openssl s_client -connect example.com:443 -servername example.com </dev/null'],
    notMatch: [
      'openssl s_client -connect example.com:443',
      'cat x | openssl s_client -connect x:1',
      'openssl s_client -connect x:1 </etc/hosts',
      'openssl s_client -connect x:1 -CAfile y </dev/null',
    ],
  },
];
