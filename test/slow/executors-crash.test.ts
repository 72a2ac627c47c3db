import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { type OpensshServer, opensshInstalled, startOpenssh } from '../executors/support/openssh-server.ts';
import { controller, type JournalLine, type Orders, readJournal } from './support/executors-controller.ts';

/** Deterministic numbers from 0 to 1, so that a failure can be looked at again. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1103515245 + 12345) & 0x7fffffff;
    return state / 0x7fffffff;
  };
}

// At 20 ms a line a command outlives at least three of the controllers.
const lines = 220;

describe.skipIf(!opensshInstalled)('a controller that is killed at any instant', () => {
  it.each([1, 2])(
    'loses no output and runs nothing twice (seed %i)',
    async (seed) => {
      const server = await startOpenssh();
      try {
        await killUntilDone(server, random(seed));
      } finally {
        await server.stop();
      }
    },
    300_000,
  );
});

/** Kills the controller again and again, every third time with all sessions, until its commands are done. */
async function killUntilDone(server: OpensshServer, next: () => number): Promise<void> {
  const journal = join(server.directory, 'journal');
  const runs = join(server.home, 'runs');
  const commands = Array.from({ length: 10 }, (_, i) => ({
    attemptId: `crash-${i}`,
    command:
      `echo ${i} >>runs; i=0; while [ $i -lt ${lines} ]; do ` +
      `echo "out ${i} line $i ü"; echo "err ${i} $i" >&2; i=$((i+1)); sleep 0.02; done; exit ${i % 3}`,
  }));
  const orders: Orders = {
    hosts: [server.host],
    knownHostsFile: server.knownHostsFile,
    host: server.host.name,
    journal,
    commands,
  };
  let kills = 0;
  for (let life = 0; results(readJournal(journal)).size < commands.length; life++) {
    expect(life).toBeLessThan(200);
    const child = spawn(process.execPath, [controller, JSON.stringify(orders)], { stdio: 'ignore' });
    const gone = once(child, 'exit');
    // Lives grow longer, so that a slow machine comes to an end too.
    const killed = await Promise.race([
      gone.then(() => false),
      sleep(400 + kills * 25 + next() * 900).then(() => true),
    ]);
    if (!killed) continue;
    child.kill('SIGKILL');
    kills++;
    if (life % 3 === 0) server.dropConnections();
    await gone;
  }
  const told = readJournal(journal);
  for (const [index, { attemptId }] of commands.entries()) {
    const text = (stream: 'out' | 'err') =>
      told.flatMap((line) =>
        line.attemptId === attemptId && 'chunk' in line && line.chunk.stream === stream
          ? [line.chunk.text]
          : [],
      );
    const all = (words: (line: number) => string) =>
      Array.from({ length: lines }, (_, i) => words(i)).join('');
    expect(text('out').join('')).toBe(all((line) => `out ${index} line ${line} ü\n`));
    expect(text('err').join('')).toBe(all((line) => `err ${index} ${line}\n`));
    expect(results(told).get(attemptId)).toBe(index % 3);
  }
  const started = readFileSync(runs, 'utf8').trim().split('\n').map(Number);
  expect(started.sort((a, b) => a - b)).toEqual(commands.map((_, index) => index));
  expect(kills).toBeGreaterThan(2);
}

function results(told: readonly JournalLine[]): ReadonlyMap<string, number | null> {
  return new Map(told.flatMap((line) => ('result' in line ? [[line.attemptId, line.result.exitCode]] : [])));
}
