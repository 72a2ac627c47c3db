/**
 * A command that prints a lot: from a real sshd through the SSH executor and the redaction into PostgreSQL, beside
 * `ssh host cat` of the same bytes and beside COPY of them, as they are, into a table of the same server.
 *
 *     CHIFFON_BENCH_OUTPUT_MIB=256 node --expose-gc bench/subjects/output.ts
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createStepExecutor } from '#executors/create-step-executor.ts';
import { storeOutput } from '#flow/store-output.ts';
import { startEmbeddedPostgres } from '#ledger/embedded-postgres.ts';
import { createPostgresLedger } from '#ledger/postgres-ledger.ts';
import { createRedactor } from '#platform/redaction/redactor.ts';
import { judgeCommand } from '#policy/shell/judge-command.ts';
import { type OpensshServer, startOpenssh } from '../../test/executors/support/openssh-server.ts';
import { shellStep } from '../../test/executors/support/perform-command.ts';
import { startAttempt } from '../../test/ledger/house-of-tests.ts';
import { logLines } from '../../test/support/log-lines.ts';
import { type Measure, report } from '../measure.ts';

const mebibytes = Number(process.env['CHIFFON_BENCH_OUTPUT_MIB'] ?? 1024);
const warmUpMebibytes = 32;

interface Flow {
  readonly mebibytesPerSecond: number;
  /** In MB above what it was before. */
  readonly growth: number;
  /** The longest time the event loop did nothing else, in milliseconds. */
  readonly blocked: number;
}

const directory = await mkdtemp(join(tmpdir(), 'chiffon-bench-output-'));
const server = await startOpenssh({ name: 'bench' });
const postgres = await startEmbeddedPostgres({
  directory: join(directory, 'postgres'),
  log: { info: () => {}, warn: () => {} },
});
try {
  const file = join(server.home, 'output.log');
  const warmUp = join(server.home, 'warm-up.log');
  await writeLog(warmUp, warmUpMebibytes);
  await writeLog(file, mebibytes);
  const ledger = await createPostgresLedger({ url: postgres.url, applicationName: 'bench output' });
  const redactor = createRedactor();
  for (let i = 0; i < 20; i += 1)
    redactor.register(`secret ${i}`, `value-of-${i}-${'q'.repeat(20)}-${i * 7919}`);
  const executor = createStepExecutor({
    hosts: [server.host],
    knownHostsFile: server.knownHostsFile,
    judge: judgeCommand,
  });

  async function throughChiffon(path: string, size: number, attempt: string): Promise<Flow> {
    const { run } = await startAttempt(ledger, attempt, 3_600);
    const output = storeOutput(async (chunks) => {
      if (!(await ledger.appendLog(attempt, chunks, 'w1'))) throw new Error('the attempt is somebody else’s');
    }, redactor);
    globalThis.gc?.();
    const before = process.memoryUsage.rss();
    let most = before;
    const delay = monitorEventLoopDelay({ resolution: 5 });
    const watch = setInterval(() => {
      most = Math.max(most, process.memoryUsage.rss());
    }, 50);
    delay.enable();
    const since = performance.now();
    const result = await executor.perform(shellStep('bench', `cat '${path}'`, 3_600), {
      attemptId: attempt,
      resumeAt: { out: 0, err: 0 },
      onOutput: output.write,
      signal: new AbortController().signal,
      detach: new AbortController().signal,
    });
    await output.end();
    const seconds = (performance.now() - since) / 1_000;
    delay.disable();
    clearInterval(watch);
    if (result.outcome !== 'succeeded') throw new Error(result.summary);
    const { end } = await ledger.readLog(run, 0, 1);
    if (end < size * 2 ** 20 * 0.99) throw new Error(`only ${end} bytes were stored`);
    return {
      mebibytesPerSecond: size / seconds,
      growth: (most - before) / 1e6,
      // The histogram counts its own waiting too.
      blocked: Math.max(0, delay.max / 1e6 - 5),
    };
  }

  await throughChiffon(warmUp, warmUpMebibytes, 'warm-up');
  const bySsh = await throughSsh(server, file);
  const ours = await throughChiffon(file, mebibytes, 'measured');
  const byCopy = await throughCopy(postgres.url, file);
  await executor.close();
  await ledger.close();

  const share = ours.mebibytesPerSecond / bySsh;
  const rows: Measure[] = [
    {
      what: `${mebibytes} MiB of output from a host into the record`,
      unit: 'MiB/s',
      ours: ours.mebibytesPerSecond,
      peer: { name: 'ssh host cat | cat', value: bySsh },
      goal: { words: 'at least 100 MiB/s', met: ours.mebibytesPerSecond >= 100 },
      note: `aim 0.6 × ssh: ${share >= 0.6 ? 'kept' : 'missed'}`,
    },
    ...(byCopy === null
      ? []
      : [
          {
            what: `${mebibytes} MiB of output into the record, beside storing alone`,
            unit: 'MiB/s',
            ours: ours.mebibytesPerSecond,
            peer: { name: 'COPY of the same bytes', value: byCopy },
          },
        ]),
    {
      what: 'memory growth meanwhile',
      unit: 'MB',
      ours: ours.growth,
      goal: { words: 'at most 64 MB', met: ours.growth <= 64 },
    },
    {
      what: 'longest time the event loop was blocked',
      unit: 'ms',
      ours: ours.blocked,
      goal: { words: 'at most 50 ms', met: ours.blocked <= 50 },
    },
  ];
  report(rows);
} finally {
  await postgres.stop();
  await server.stop();
  await rm(directory, { recursive: true, force: true });
}

async function writeLog(path: string, size: number): Promise<void> {
  const block = Buffer.from(`${logLines(100_000, size).join('\n')}\n`);
  const target = createWriteStream(path);
  for (let left = size * 2 ** 20; left > 0; left -= block.length)
    if (!target.write(block.subarray(0, left))) await once(target, 'drain');
  target.end();
  await once(target, 'finish');
}

/** `ssh host cat FILE | cat`, in MiB/s. */
async function throughSsh(to: OpensshServer, path: string): Promise<number> {
  const { host, knownHostsFile } = to;
  const options = [`UserKnownHostsFile=${knownHostsFile}`, 'StrictHostKeyChecking=yes', 'BatchMode=yes'];
  const ssh = [
    '-F',
    'none',
    '-i',
    host.keyFiles[0] ?? '',
    '-p',
    String(host.port),
    ...options.flatMap((option) => ['-o', option]),
    `${host.user}@${host.address}`,
    `cat '${path}'`,
  ];
  const since = performance.now();
  const child = spawn('sh', ['-c', '"$@" | cat >/dev/null', 'sh', 'ssh', ...ssh], { stdio: 'inherit' });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`ssh ended with ${code}`);
  return mebibytes / ((performance.now() - since) / 1_000);
}

/** COPY of the file into a table of one text column, in MiB/s; null where there is no psql. */
async function throughCopy(url: string, path: string): Promise<number | null> {
  if (spawnSync('psql', ['--version']).status !== 0) return null;
  const since = performance.now();
  // Lines of a log hold backslashes and tabs: CSV with quotes that never occur takes them as they are.
  const child = spawn(
    'psql',
    [
      url,
      '-q',
      '-v',
      'ON_ERROR_STOP=1',
      '-c',
      'CREATE TABLE lines (line text)',
      '-c',
      `\\copy lines FROM '${path}' WITH (FORMAT csv, DELIMITER E'\\x01', QUOTE E'\\x02')`,
    ],
    { stdio: 'inherit' },
  );
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`psql ended with ${code}`);
  return mebibytes / ((performance.now() - since) / 1_000);
}
