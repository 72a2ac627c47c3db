import type { StoredEvent } from '#core/event.ts';
import { auditQuestion } from '#flow/audit-question.ts';
import { systemClock } from '#platform/system-clock.ts';
import type { CommandLine } from './command-line.ts';
import { openConfig } from './open-config.ts';
import { exit, type Terminal } from './output.ts';
import { withLedger } from './with-ledger.ts';

/** Events one query prints at most, unless `--limit` says otherwise. */
const defaultLimit = 1000;

/** What happened, by the filters of the command line, newest first. */
export async function auditQuery(line: CommandLine, terminal: Terminal): Promise<number> {
  const opened = openConfig(line.options, terminal);
  if (typeof opened === 'number') return opened;
  const { since, until, outcome, service, host, person, plan, limit } = line.options;
  const most = limit === undefined ? defaultLimit : Number(limit);
  if (!Number.isInteger(most) || most < 1 || most > 1000) {
    terminal.remark('--limit takes a whole number from 1 to 1000.');
    return exit.usage;
  }
  const question = auditQuestion(
    { since, until, outcome, service, host, person, plan, limit: most },
    systemClock.now(),
  );
  if (!question.ok) {
    terminal.remark(question.reason);
    return exit.usage;
  }
  const events = await withLedger(opened.config, (ledger) => ledger.audit(question.value));
  if (terminal.json) terminal.line(JSON.stringify({ events, count: events.length }));
  else if (events.length === 0) terminal.line('Nothing on record fits.');
  else for (const event of events) terminal.line(eventLine(event));
  return exit.done;
}

function eventLine(event: StoredEvent): string {
  const plan = event.plan === undefined ? '' : `  P-${event.plan}`;
  return `${event.at.slice(0, 19).replace('T', ' ')} UTC  ${event.actor}  ${event.kind}${plan}  ${event.summary}`;
}

/** Checks every chain of the record; exit 1 when something was changed. */
export async function auditVerify(line: CommandLine, terminal: Terminal): Promise<number> {
  const opened = openConfig(line.options, terminal);
  if (typeof opened === 'number') return opened;
  const verification = await withLedger(opened.config, (ledger) => ledger.verify());
  if (terminal.json) terminal.line(JSON.stringify(verification));
  else {
    const { ok, events, streams, firstBad } = verification;
    terminal.line(
      ok
        ? `The record is intact: ${events} events in ${streams} streams.`
        : `The record was changed: event ${firstBad?.seq} of ${firstBad?.stream}: ${firstBad?.why}.`,
    );
  }
  return verification.ok ? exit.done : exit.failed;
}
