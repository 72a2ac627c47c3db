import { hasFlag, operands } from '../call.ts';
import { sqlDestroys } from '../code/sql.ts';
import { opaque } from '../reading/scope.ts';
import type { ChangeRule, FloorRule } from '../rule.ts';

const shells = [
  'psql',
  'mysql',
  'mariadb',
  'sqlite3',
  'sqlite',
  'mongo',
  'mongosh',
  'clickhouse-client',
  'clickhouse',
  'cqlsh',
  'influx',
  'duckdb',
  'pgcli',
  'mycli',
  'litecli',
  'usql',
  'cockroach',
  'rqlite',
  'surreal',
  'isql',
  'sqlcmd',
  'sqlplus',
  'mysqlsh',
  'libsql',
];

export const databaseFloor: readonly FloorRule[] = [
  {
    name: 'floor.database-loss',
    programs: shells,
    reason:
      'It deletes or rewrites data, runs a program from inside the database, or runs a file nobody has seen.',
    when: (call) => {
      if (
        hasFlag(call, '-f', '--file', '--init-command') &&
        call.program !== 'mongosh' &&
        call.program !== 'sqlite3'
      )
        return true;
      if (call.program.startsWith('sqlite') && hasFlag(call, '-init', '-cmd')) return true;
      if (call.stdin.kind === 'unknown') return true;
      const texts = [...call.args, call.stdin.kind === 'text' ? call.stdin.text : ''];
      return texts.some((text) => sqlDestroys(text) || (text.includes(opaque) && /\s/.test(text)));
    },
    match: [
      'psql -c "DELETE FROM audit_event WHERE id < 100"',
      "psql -c 'DROP DATABASE chiffon'",
      'psql -f /tmp/x.sql',
      "psql -c '\\! reboot'",
      "sqlite3 :memory: '.shell reboot'",
      "mysql -e 'DROP TABLE x'",
      "mongosh --eval 'db.dropDatabase()'",
      'psql chiffon < dump.sql',
      'psql -c "COPY t TO PROGRAM \'reboot\'"',
    ],
    notMatch: ["psql -c 'select 1'", 'psql -l', "sqlite3 x.db 'select * from t'"],
  },
  {
    name: 'floor.database-loss',
    programs: [
      'dropdb',
      'dropuser',
      'pg_dropcluster',
      'pg_resetwal',
      'pg_resetxlog',
      'initdb',
      'pg_rewind',
      'mysqladmin',
      'mysql_secure_installation',
      'mysql_install_db',
      'redis-cli',
      'valkey-cli',
      'keydb-cli',
      'memcflush',
      'rabbitmqctl',
      'rabbitmqadmin',
      'kafka-topics',
      'kafka-topics.sh',
      'mongorestore',
      'pg_restore',
      'influxd',
      'curator',
      'pg_ctl',
      'pg_archivecleanup',
      'createuser',
      'kafka-delete-records',
      'nats',
      'etcdctl',
      'valkey-server',
      'immuadmin',
      'pg_upgradecluster',
      'pgbackrest',
      'barman',
      'wal-g',
    ],
    reason: 'It empties, drops or weakens a data store.',
    when: (call) => {
      const line = operands(call, ['-h', '-p', '-n', '-u', '-s']).join(' ');
      switch (call.program) {
        case 'redis-cli':
        case 'valkey-cli':
        case 'keydb-cli': {
          const text = call.stdin.kind === 'text' ? `${line}\n${call.stdin.text}` : line;
          return (
            hasFlag(call, '--eval', '--pipe', '-x', '--rdb', '--functions-rdb') ||
            call.stdin.kind === 'unknown' ||
            text.includes(opaque) ||
            /(^|\n|\s)(flushall|flushdb|config (set|rewrite|resetstat)|shutdown|debug|slaveof|replicaof|module|eval\w*|script|function|fcall\w*|save|bgrewriteaof|swapdb|migrate|restore|failover|cluster (reset|forget|flushslots|failover)|acl|monitor|xgroup destroy|xtrim|unlink|del|client (kill|pause|no-evict)|reset|rename|move|dump|getdel|hdel|expire\w*|pexpire\w*|sync|psync)\b/i.test(
              text,
            )
          );
        }
        case 'mysqladmin':
          return /\b(drop|shutdown|password|flush|kill|create)\b/.test(line);
        case 'rabbitmqadmin':
          return /\b(delete|purge|import|close)\b/.test(line);
        case 'rabbitmqctl':
          return /\b(reset|force_reset|stop|stop_app|shutdown|delete_\w+|purge_queue|change_password|set_permissions|set_user_tags|add_user|eval|forget_cluster_node)\b/.test(
            line,
          );
        case 'pg_restore':
          return hasFlag(call, '-c', '--clean', '-C', '--create');
        case 'mongorestore':
          return hasFlag(call, '--drop');
        case 'pg_ctl':
          return /\b(promote|kill|initdb|stop)\b/.test(line);
        case 'kafka-topics':
        case 'kafka-topics.sh':
          return hasFlag(call, '--delete', '--alter');
        case 'nats':
          return /\b(rm|purge|delete|del)\b/.test(line);
        case 'etcdctl':
          return false;
        case 'createuser':
          return hasFlag(call, '-s', '--superuser');
        case 'pgbackrest':
        case 'barman':
        case 'wal-g':
          return /\b(expire|stanza-delete|delete|restore)\b/.test(line);
        default:
          return true;
      }
    },
    match: [
      'redis-cli FLUSHALL',
      'redis-cli CONFIG SET maxmemory-policy allkeys-lru',
      'redis-cli -h x shutdown nosave',
      'dropdb chiffon',
      'mysqladmin drop x',
      'pg_restore --clean -d x y',
    ],
    notMatch: ['redis-cli ping', 'redis-cli INFO memory', 'mysqladmin ping'],
  },
];

export const databaseChanges: readonly ChangeRule[] = [
  {
    name: 'change.database',
    programs: [
      ...shells,
      'pg_dump',
      'pg_dumpall',
      'mysqldump',
      'mongodump',
      'mongorestore',
      'pg_restore',
      'createdb',
      'createuser',
      'redis-cli',
      'valkey-cli',
      'redis-server',
      'pg_ctl',
      'mysqladmin',
      'rabbitmqctl',
      'influxd',
      'pg_basebackup',
      'vacuumdb',
      'reindexdb',
      'restic',
      'borg',
      'rclone',
      'pgbackrest',
      'mc',
      'nginx',
      'caddy',
      'snapper',
    ],
    reason: 'It reads or changes a data store in a way a rule cannot follow.',
    args: 'data',
    match: ["psql -c 'select 1'", 'pg_dump x', 'redis-cli get x', 'restic backup /srv'],
    notMatch: ['redis-cli ping', 'psql -l'],
  },
];
