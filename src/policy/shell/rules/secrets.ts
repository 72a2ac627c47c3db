import { hasFlag, operands } from '../call.ts';
import type { FloorRule } from '../rule.ts';

export const secretsFloor: readonly FloorRule[] = [
  {
    name: 'floor.secrets',
    programs: [
      'ansible-vault',
      'sops',
      'age',
      'rage',
      'vault',
      'bao',
      'pass',
      'gopass',
      'bw',
      'op',
      'keepassxc-cli',
      'secret-tool',
      'gpg',
      'gpg2',
      'doppler',
      'infisical',
      'chamber',
      'aws-vault',
      'lpass',
      'rbw',
      'security',
      'kwallet-query',
      'mimipenguin',
      'unshadow',
      'john',
      'hashcat',
      'gcore',
      'ssh-agent',
      'step',
      'cloudflared',
      'gh',
      'tpm2_unseal',
      'systemd-creds',
      'keyctl',
      'pypykatz',
      'lazagne',
      'wg',
      'nmcli',
      'docker',
      'podman',
    ],
    reason: 'It shows, exports or opens secrets.',
    when: (call) => {
      const line = operands(call).join(' ');
      switch (call.program) {
        case 'ansible-vault':
          return /^(view|decrypt|edit|rekey)/.test(line);
        case 'sops':
          return (
            hasFlag(call, '-d', '--decrypt', '--extract', '-r', '--rotate') ||
            /^(decrypt|edit|exec-env|exec-file|-d|updatekeys|publish|unset)/.test(line) ||
            (call.args.length > 0 &&
              !call.args.some((arg) => /^(-e|--encrypt|encrypt|--version|filestatus|--help|-v)$/.test(arg)))
          );
        case 'age':
        case 'rage':
          return hasFlag(call, '-d', '--decrypt');
        case 'vault':
        case 'bao':
          return /^(kv (get|delete|destroy|metadata delete)|read|delete|secrets (disable|move)|token (create|lookup)|operator|unwrap|policy (write|delete)|auth (enable|disable)|print|login|write|audit disable)/.test(
            line,
          );
        case 'pass':
        case 'gopass':
          return !/^(ls|list|find|search|version)?$/.test(operands(call)[0] ?? '');
        case 'bw':
        case 'op':
        case 'rbw':
        case 'lpass':
          return /\b(get|export|read|item get|inject|run|show|unlock|login|signin|list items|delete)\b/.test(
            line,
          );
        case 'gpg':
        case 'gpg2':
          return (
            call.args.some((arg) =>
              /^--(export-secret|decrypt|delete-secret|export-ownertrust|import|recv|edit-key)/.test(arg),
            ) ||
            (hasFlag(call, '-d') && !call.args.some((arg) => arg.startsWith('--')))
          );
        case 'ssh-agent':
          return hasFlag(call, '-k') && false;
        case 'step':
          return /^(crypto|ca (token|admin|init|provisioner))/.test(line);
        case 'cloudflared':
          return /\btoken\b/.test(line);
        case 'gh':
          return (
            /^auth (token|status -t)|^secret (set|delete)/.test(line) ||
            (line.startsWith('auth') && hasFlag(call, '-t', '--show-token'))
          );
        case 'wg':
          return (
            /^(showconf)|private-key|preshared-keys|show \S+ dump|^set|^syncconf|^setconf/.test(line) ||
            call.args.includes('dump')
          );
        case 'nmcli':
          return hasFlag(call, '-s', '--show-secrets');
        case 'docker':
        case 'podman':
          return (
            (/^inspect\b/.test(line) && call.args.some((arg) => /\.Env|Env\b/.test(arg))) ||
            (/^(secret|swarm (unlock-key|join-token|ca)|compose config --environment|trust key|config inspect)/.test(
              line,
            ) &&
              !/^secret (ls|list)/.test(line)) ||
            (/^cp\b/.test(line) && /(shadow|\.ssh|\.env|\.key|secrets?)(\s|$|\/)/.test(line))
          );
        case 'keyctl':
          return /^(print|pipe|read|dump|unlink|revoke|clear|purge)/.test(line);
        case 'systemd-creds':
          return /^(cat|decrypt)/.test(line);
        default:
          return true;
      }
    },
    match: [
      'ansible-vault view secrets.yml',
      'ansible-vault decrypt x.yml',
      'sops -d secrets.enc.yaml',
      'sops x.yaml',
      'vault kv get secret/x',
      'pass show n100',
      'gpg --export-secret-keys',
      'age -d -i k.txt x',
      'wg showconf wg0',
      "docker inspect -f '{{.Config.Env}}' plex",
    ],
    notMatch: ['ansible-vault encrypt x.yml', 'wg show', 'docker inspect plex', 'sops --version'],
  },
];
