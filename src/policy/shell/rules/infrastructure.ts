import { type Call, hasFlag, operands } from '../call.ts';
import type { FloorRule, ReadRule } from '../rule.ts';

export const infrastructureFloor: readonly FloorRule[] = [
  {
    name: 'floor.cluster-loss',
    programs: [
      'terraform',
      'tofu',
      'terragrunt',
      'cdktf',
      'terramate',
      'pulumi',
      'packer',
      'cdk',
      'crossplane',
      'serverless',
      'eksctl',
      'doctl',
      'hcloud',
      'gcloud',
      'az',
      'heroku',
      'flyctl',
      'fly',
      'nomad',
      'consul',
      'prisma',
      'npx',
      'liquibase',
      'flyway',
      'alembic',
      'rails',
      'rake',
      'django-admin',
    ],
    reason: 'It destroys infrastructure or a database, and there is no undo.',
    when: (call) =>
      /(^|\s)(destroy|run-all destroy|state (rm|push|replace-provider)|force-unlock|workspace delete|taint|stack rm|delete|remove|purge|clean|db (push|drop|execute)|migrate reset|db:(drop|reset|purge)|kv delete|job stop -purge|system gc|flush|dropAll|drop-all|apps destroy|downgrade|undeploy)(\s|$)/.test(
        operands(call).join(' '),
      ) ||
      hasFlag(call, '-destroy', '--destroy') ||
      call.args.some((arg) => /^-destroy$|--force-reset|--accept-data-loss/.test(arg)),
    match: [
      'terraform destroy -auto-approve',
      'terraform apply -destroy',
      'pulumi destroy',
      'prisma migrate reset --force',
      'terraform state rm x',
      'hcloud server delete x',
    ],
    notMatch: ['terraform plan', 'terraform apply', 'pulumi preview'],
  },
];

export const infrastructureReads: readonly ReadRule[] = [
  {
    name: 'read.terraform',
    programs: [
      'terraform',
      'tofu',
      'promtool',
      'amtool',
      'restic',
      'borg',
      'rclone',
      'nomad',
      'consul',
      'caddy',
      'nginx',
      'apachectl',
      'apache2ctl',
      'haproxy',
      'traefik',
      'named-checkconf',
      'named-checkzone',
      'sshd',
      'unbound-checkconf',
      'dnsmasq',
      'postfix',
      'postqueue',
      'mailq',
      'testparm',
      'rabbitmqctl',
      'pg_isready',
      'mysqladmin',
      'pg_lsclusters',
      'redis-cli',
      'psql',
      'influx',
      'snapper',
      'timeshift',
      'hcloud',
      'doctl',
      'mc',
      'visudo',
    ],
    looks: 'checks or lists',
    valueFlags: ['-h', '-p', '-n', '-U', '-d', '-r', '--repo', '-H'],
    depth: 2,
    before: [
      '-t',
      '-T',
      '-v',
      '-V',
      '-q',
      '-a',
      '-l',
      '-s',
      '-c',
      '-f',
      '-p',
      '-j',
      '-S',
      '-M',
      '--test',
      '--version',
      '--list',
      '--no-lock',
      '--json',
      '--latest',
      '-no-color',
      '--human',
      '-refresh-only',
      '-check',
      '--short',
      '--last',
    ],
    operands: 'content',
    when: (call) => checksOnly(call),
    match: [
      'terraform plan',
      'terraform validate',
      'nginx -t',
      'restic snapshots',
      'rclone ls remote:',
      'redis-cli ping',
      'redis-cli INFO memory',
      'psql -l',
      'pg_isready',
      'promtool check config prometheus.yml',
      'sshd -t',
      'borg list repo',
    ],
    notMatch: [
      'terraform apply',
      'redis-cli FLUSHALL',
      'restic forget --prune',
      'nginx -s stop',
      'psql -c "select 1"',
      'rclone sync a b:',
    ],
  },
];

function checksOnly(call: Call): boolean {
  const words = operands(call, ['-h', '-p', '-n', '-U', '-d', '-r', '--repo', '-H', '-o']);
  const line = words.join(' ');
  const all = call.args.join(' ');
  switch (call.program) {
    case 'terraform':
    case 'tofu':
      return (
        /^(plan|validate|version|providers$|graph|workspace (list|show)|state (list|show)|fmt)\b/.test(
          line,
        ) &&
        !/-out|-destroy|-generate-config|-chdir=\/tmp|plugin-dir/.test(all) &&
        (!/^fmt/.test(line) || hasFlag(call, '-check')) &&
        !/^state show|^show/.test(line)
      );
    case 'promtool':
    case 'amtool':
      return /^(check|test rules|check-config)/.test(line);
    case 'restic':
      return (
        /^(snapshots|stats|ls|version|list|find|diff|check)\b/.test(line) &&
        !hasFlag(call, '-o', '--option', '--password-command')
      );
    case 'borg':
      return /^(list|info|diff)\b/.test(line) && !hasFlag(call, '--rsh', '--remote-path');
    case 'rclone':
      return (
        /^(ls|lsd|lsl|lsf|lsjson|size|about|version|listremotes|check|tree)\b/.test(line) &&
        call.args.every(
          (arg) =>
            /^[\w-]*:?[\w./ -]*$/.test(arg) &&
            (!arg.startsWith('-') || /^(--json|-R|--max-depth|--fast-list|--human-readable)$/.test(arg)),
        )
      );
    case 'nomad':
      return /^(status|job status|node status|alloc status|server members|version)\b/.test(line);
    case 'consul':
      return /^(members|catalog|info|version|operator raft list-peers)\b/.test(line);
    case 'caddy':
      return /^(validate|version|list-modules|adapt)\b/.test(line);
    case 'nginx':
      return /^-[tTvV]$/.test(all);
    case 'apachectl':
    case 'apache2ctl':
      return /^(configtest|-t|-v|-V|-S|-M)$/.test(all);
    case 'haproxy':
      return /^(-c -f [\w./-]+|-v|-vv)$/.test(all);
    case 'traefik':
      return /^(version|healthcheck)$/.test(all);
    case 'named-checkconf':
    case 'named-checkzone':
    case 'unbound-checkconf':
      return !hasFlag(call, '-o', '-t', '-p');
    case 'sshd':
      return /^-[tT]$/.test(all);
    case 'dnsmasq':
      return /^(--test|--version)$/.test(all);
    case 'postfix':
      return /^check$/.test(all);
    case 'postqueue':
      return /^-[pj]$/.test(all);
    case 'mailq':
      return all === '';
    case 'testparm':
      return /^-s$/.test(all);
    case 'rabbitmqctl':
      return /^(status|list_\w+|cluster_status|ping|version)\b/.test(line);
    case 'pg_isready':
    case 'pg_lsclusters':
      return true;
    case 'mysqladmin':
      return /^(ping|status|version|processlist)$/.test(line) && !/-p/.test(all);
    case 'redis-cli':
      return (
        /^(ping|info( \w+)?|dbsize|lastsave|time|role|client list|memory (stats|usage \S+)|slowlog get( \d+)?|config get (maxmemory\S*|appendonly|save|appendfsync|databases|timeout)|latency (latest|doctor)|cluster (info|nodes)|command count|(llen|scard|zcard|hlen|strlen|xlen|ttl|type|exists) [\w:.{}-]+)$/i.test(
          line,
        ) && !hasFlag(call, '-a', '--pass', '--eval', '-x', '--pipe', '--rdb')
      );
    case 'psql':
      return /^(-h \S+ |-U \S+ |-p \d+ )*(-l|--list)$/.test(all);
    case 'influx':
      return /^(ping|version)$/.test(line);
    case 'snapper':
      return /^(list|list-configs|status|diff)\b/.test(line);
    case 'timeshift':
      return /^--list(-snapshots|-devices)?$/.test(all);
    case 'hcloud':
    case 'doctl':
      return (
        /\b(list|describe|get|ls)\b/.test(line) &&
        words.length <= 4 &&
        !/\b(delete|create|token|kubeconfig|config)\b/.test(line)
      );
    case 'mc':
      return /^(ls|du|stat|tree|ping)\b/.test(line) && !hasFlag(call);
    case 'visudo':
      return all === '-c';
    default:
      return false;
  }
}
