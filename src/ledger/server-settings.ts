import { join } from 'node:path';
import { clusterOf } from './cluster.ts';

/** The server's command line. Settings stand here and not in files, so an update of Chiffon brings its own. */
export function serverArguments(home: string, port: number): readonly string[] {
  const settings: Readonly<Record<string, string | number>> = {
    // Loopback only; no socket file, whose path may be at most 107 bytes long.
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    password_encryption: 'scram-sha-256',
    max_connections: 60,
    superuser_reserved_connections: 3,

    // Every commit is on the disk before it counts.
    fsync: 'on',
    full_page_writes: 'on',
    synchronous_commit: 'on',

    // For a small host.
    shared_buffers: '64MB',
    maintenance_work_mem: '32MB',
    max_wal_size: '256MB',
    wal_compression: 'pglz',
    max_parallel_workers_per_gather: 1,
    io_method: 'sync',
    jit: 'off',

    // Transactions here last milliseconds: two that wait for each other are told so soon, a forgotten one is ended.
    deadlock_timeout: '200ms',
    idle_in_transaction_session_timeout: '5min',
    timezone: 'UTC',

    // One file a day of the week, begun anew after a week.
    logging_collector: 'on',
    log_directory: join(home, 'log'),
    log_filename: 'postgresql-%a.log',
    log_truncate_on_rotation: 'on',
    log_rotation_age: '1d',
    log_rotation_size: 0,
    log_timezone: 'UTC',
    log_line_prefix: '%m [%p] %a ',
    log_checkpoints: 'off',
  };
  return [
    '-D',
    clusterOf(home),
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
}
