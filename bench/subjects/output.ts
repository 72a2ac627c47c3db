/**
 * A command that prints a lot: from a real sshd through the SSH executor, the redaction and into PostgreSQL, beside
 * `ssh host cat` of the same bytes and beside COPY of them into a table of text, both in the same run.
 *
 *     CHIFFON_BENCH_OUTPUT_MIB=256 node --expose-gc bench/subjects/output.ts
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { finished } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { createStepExecutor } from '#executors/create-step-executor.ts';
import type { Ledger } from '#flow/ledger-port.ts';
import { performTask } from '#flow/perform-task.ts';
import { startEmbeddedPostgres } from '#ledger/embedded-postgres.ts';
import { createPostgresLedger } from '#ledger/postgres-ledger.ts';
import { createRedactor } from '#platform/redaction/redactor.ts';
import { type OpensshServer, startOpenssh } from '../../test/executors/support/openssh-server.ts';
import { type Measure, report } from '../measure.ts';
import { logLines } from '../../test/support/log-lines.ts';
