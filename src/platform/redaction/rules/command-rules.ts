import type { SecretRule } from '../secret-rule.ts';
import { skipUnits, unitClass } from './glances.ts';
import { noSecretValue } from './no-values.ts';

const letters = unitClass(/[A-Za-z]/);

/** A word of a command line, with or without quotes. */
const word = String.raw`(?:"(?<secret>(?!${noSecretValue})[^"\r\n]{1,})"|'(?<secret>(?!\[secret: )[^'\r\n]{1,})'|(?<secret>(?!${noSecretValue})[^\s"'|;&<>\`]{2,}))`;
/** What stands between a program and the flag that matters, on the same command. */
const between = String.raw`(?:[^|;&\r\n]{0,160}?)`;

/** Secrets on command lines, as people type them and as process lists, histories and logs show them. */
export const commandRules: readonly SecretRule[] = [
  {
    kind: 'password on a command line',
    anchors: ['--pas', '--tok', '--sec', '--api', '--aut', '--cre'],
    find: new RegExp(
      String.raw`--(?:pass(?:word|wd|phrase)?|token|secret(?:-?key)?|api-?key|api-?token|auth-?(?:key|token)|credentials?)(?:=|[ \t]{1,4})${word}`,
      'diy',
    ),
    examples: {
      secret: [
        'mc --password=«hunter2» ls',
        'restic --password «hunter2» snapshots',
        'kubeadm join 10.0.0.1:6443 --token «abcdef.0123456789abcdef»',
        "app --api-key '«two words»' run",
      ],
      harmless: [
        'docker login --password-stdin',
        'restic --password-file /root/.restic snapshots',
        'app --token-ttl 300',
        'use --password to be asked',
        'app --password "$DB_PASSWORD"',
        'app --token --verbose',
      ],
    },
  },
  {
    kind: 'password on a command line',
    anchors: ['-pass', '-toke', '-secr'],
    before: 'a-z0-9',
    glance: (text, at) => /[= \t]/.test(text.charAt(skipUnits(text, at + 1, 16, letters))),
    find: new RegExp(
      String.raw`(?<=[ \t]--[a-z][a-z0-9-]{0,40})-(?:password|passwd|passphrase|token|secret)(?:=|[ \t]{1,4})${word}`,
      'diy',
    ),
    examples: {
      secret: ['influx setup --admin-password «hunter2» --force', 'gh --access-token=«abcdef012345»'],
      harmless: ['tool --no-password', 'one-password list', 'vault --auth-token-file /x'],
    },
  },
  {
    kind: 'password on a command line',
    anchors: ['mysql', 'maria', 'sshpa', 'mongo', '7z [a-z]', 'ogin -'],
    before: String.raw`\x00-\x7f`,
    find: new RegExp(
      String.raw`(?:mysql(?:dump|admin|import|check|show)?|mariadb(?:-\w+)?|mongo(?:sh|dump|restore)?|sshpass|7z|(?<=(?:docker|podman|nerdctl|oras|helm registry) l)ogin)\b${between}[ \t]-p(?:[ \t]{1,4}(?=[^-\s]))?${word}`,
      'dy',
    ),
    examples: {
      secret: [
        'mysql -u root -p«hunter2» app',
        'mysqldump --all-databases -uroot -p«hunter2»',
        "sshpass -p '«hunter2»' ssh n100",
        'docker login -u anna -p «hunter2» registry.local',
      ],
      harmless: ['mysqladmin --version', 'login failed', 'mariadb is up', 'mysql: ready for connections'],
    },
  },
  {
    kind: 'password on a command line',
    anchors: ['curl '],
    find: new RegExp(
      String.raw`curl[ \t]${between}(?<=[ \t])(?:-u|--user|--proxy-user)(?:[ \t]{0,4}|=)["']?[^\s:"']{1,64}:(?<secret>(?!${noSecretValue})[^\s"']{2,})`,
      'dy',
    ),
    examples: {
      secret: [
        'curl -s -u anna:«hunter2» https://nas.local/api',
        "curl --user 'anna:«hunter2»' https://nas.local",
      ],
      harmless: ['curl -u anna https://nas.local', 'curl -fsS http://127.0.0.1:3001/health'],
    },
  },
  {
    kind: 'password on a command line',
    anchors: ['redis-cli', 'mosquitto_', 'ipmitool', 'ldap[a-z]', 'zip -', 'smbcl', 'htpas', 'opens'],
    find: new RegExp(
      String.raw`(?:(?:redis-cli${between}[ \t]-a|mosquitto_(?:pub|sub|rr)${between}[ \t]-P|ipmitool${between}[ \t]-P|ldap\w{3,8}${between}[ \t]-w|zip${between}[ \t]-P)[ \t]{0,4}|smbclient${between}[ \t]-U[ \t]{0,4}["']?[^\s%"']{1,64}%|htpasswd[ \t](?:-\w+[ \t]+){0,4}(?=-?\S*)(?<=-\w{0,6}b\w{0,6}[ \t]+)\S+[ \t]+\S+[ \t]+|openssl${between}pass:)${word}`,
      'dy',
    ),
    examples: {
      secret: [
        'redis-cli -h 10.0.0.5 -a «hunter2» ping',
        'mosquitto_pub -h broker -u anna -P «hunter2» -t x -m 1',
        'smbclient //nas/media -U anna%«hunter2»',
        'htpasswd -bc .htpasswd anna «hunter2»',
        'openssl enc -aes-256-cbc -pass pass:«hunter2» -in a',
      ],
      harmless: ['redis-cli ping', 'unzip -P', 'openssl version', 'htpasswd -c .htpasswd anna'],
    },
  },
  {
    kind: 'password on a command line',
    anchors: ['echo ', 'rintf '],
    find: new RegExp(
      String.raw`(?:echo(?:[ \t]+-[neE]+)*|(?<=p)rintf(?:[ \t]+["']?%s(?:\\n)?["']?)?)[ \t]+(?:"(?<secret>(?!${noSecretValue})[^"\r\n]+)"|'(?<secret>(?!\[secret: )[^'\r\n]+)'|(?<secret>(?!${noSecretValue})[^\s"'|;&<>]+))[ \t]*\|[ \t]*(?:sudo[ \t]+(?:-\w+[ \t]+){0,3}(?:-S|--stdin)|su\b|chpasswd|sudo[ \t]+chpasswd|passwd|cryptsetup|[^|;&\r\n]{0,80}--(?:password|passphrase|token)-stdin|gpg\b[^|;&\r\n]{0,80}--passphrase-fd[ =]0|kinit|docker[ \t]+secret[ \t]+create)`,
      'dy',
    ),
    examples: {
      secret: [
        'echo «hunter2» | sudo -S apt-get update',
        "echo '«correct horse»' | sudo -S -k true",
        'echo "«root:hunter2»" | chpasswd',
        'printf %s «hunter2» | docker login -u anna --password-stdin registry.local',
      ],
      harmless: ['echo done | tee log', 'echo "$PW" | sudo -S true', 'echo 5 | sudo tee /proc/x'],
    },
  },
  {
    kind: 'password on a command line',
    anchors: ['<<<[ "\'a-z0-9]'],
    before: String.raw`\x00-\x7f`,
    find: new RegExp(
      String.raw`(?<=(?:sudo[ \t](?:-\w+[ \t]+){0,3}-S|chpasswd|--password-stdin|--passphrase-fd[ =]0)[^|;&\r\n]{0,80})<<<[ \t]*${word}`,
      'dy',
    ),
    examples: {
      secret: ['sudo -S true <<< «hunter2»', 'chpasswd <<< "«root:hunter2»"'],
      harmless: ['cat <<< hello'],
    },
  },
];
