/**
 * A process that performs commands and keeps a journal, to be killed at any instant. Reads its orders as JSON from
 * its argument; appends a line for every piece of output to the journal, as the ledger would in a transaction.
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { createStepExecutor } from '#executors/create-step-executor.ts';
import type { HostAddress } from '#executors/host-address.ts';
import type { OutputChunk, StepResult } from '#flow/executor-port.ts';
import { shellStep } from '../../executors/support/perform-command.ts';

export interface Orders {
  readonly hosts: readonly HostAddress[];
  readonly knownHostsFile: string;
  readonly host: string;
  readonly journal: string;
  readonly commands: readonly { readonly attemptId: string; readonly command: string }[];
}

export type JournalLine =
  | { readonly attemptId: string; readonly chunk: OutputChunk }
  | { readonly attemptId: string; readonly result: StepResult };

/** The whole lines of a journal; a line that was cut off by a kill does not count. */
export function readJournal(file: string): JournalLine[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line) => {
      if (!line.startsWith('{')) return [];
      try {
        return [JSON.parse(line) as JournalLine];
      } catch (error) {
        if (error instanceof SyntaxError) return [];
        throw error;
      }
    });
}

/** What to run with the orders as argument. */
export const controller = import.meta.filename;

if (process.argv[1] === controller) {
  const orders = JSON.parse(process.argv[2] ?? '{}') as Orders;
  const { hosts, knownHostsFile } = orders;
  const judge = () => ({ verdict: 'allow' as const, rule: 'test', reason: 'a test' });
  const executor = createStepExecutor({ hosts, knownHostsFile, judge });
  const before = readJournal(orders.journal);
  // Each line begins with a line feed, so that a line cut off by a kill spoils no other.
  const note = (line: JournalLine) => appendFileSync(orders.journal, `\n${JSON.stringify(line)}\n`);
  await Promise.all(
    orders.commands.map(async ({ attemptId, command }) => {
      const mine = before.filter((line) => line.attemptId === attemptId);
      if (mine.some((line) => 'result' in line)) return;
      const last = mine.findLast((line) => 'chunk' in line);
      const result = await executor.perform(shellStep(orders.host, command), {
        attemptId,
        resumeAt: last !== undefined && 'chunk' in last ? last.chunk.endOffset : { out: 0, err: 0 },
        onOutput: async (chunk) => note({ attemptId, chunk }),
        signal: new AbortController().signal,
        detach: new AbortController().signal,
      });
      note({ attemptId, result });
    }),
  );
  await executor.close();
}
