import type { AuditRow } from '#api/contract/requests.ts';
import { auditRow } from '#api/views/audit-view.ts';
import { type AuditFilters, auditQuestion } from '#flow/audit-question.ts';
import type { Verification } from '#flow/ledger-port.ts';
import type { Config } from '#platform/config/config.ts';
import { systemClock } from '#platform/system-clock.ts';
import { askHere, personAs } from './ask.ts';
import type { CommandLine } from './command-line.ts';
import { openConfig } from './open-config.ts';
import { exit, type Terminal } from './output.ts';
import { withLedger } from './with-ledger.ts';

/** Events one query answers at most. */
const mostEvents = 1000;

/** What happened, by the filters of the command line, newest first; in the form the REST interface has. */
export async function auditQuery(line: CommandLine, terminal: Terminal): Promise<number> {
  const opened = openConfig(line.options, terminal);
  if (typeof opened === 'number') return opened;
  const asked = await filtersOf(line, opened.config, terminal);
  if (typeof asked === 'number') return asked;
  const { limit } = line.options;
  const most = limit === undefined ? mostEvents : Number(limit);
  if (!Number.isInteger(most) || most < 1 || most > mostEvents) {
    terminal.remark(`--limit takes a whole number from 1 to ${mostEvents}.`);
    return exit.usage;
  }
  const question = auditQuestion(
    // One more than is shown tells whether there are more.
    { ...asked, limit: most + 1 },
    systemClock.now(),
  );
  if (!question.ok) {
    terminal.remark(question.reason);
    return exit.usage;
  }
  const found =
    (await withLedger(opened.config, (ledger) => ledger.audit(question.value))) ?? noRecord(terminal, []);
  const events = found.slice(0, most).map(auditRow);
  if (terminal.json) terminal.answer({ events, count: events.length });
  else if (events.length === 0) terminal.line('Nothing on record fits.');
  else for (const event of events) terminal.line(eventLine(event));
  if (found.length > most) {
    terminal.remark(
      `These are the newest ${most}; there are more. “--until ${events.at(-1)?.at}” shows those before them.`,
    );
  }
  return exit.done;
}

/** The filters of the options, narrowed by those a question in words stands for. */
async function filtersOf(
  { words, options }: CommandLine,
  config: Config,
  terminal: Terminal,
): Promise<Omit<AuditFilters, 'limit'> | number> {
  const { about, since, until, outcome, service, host, person, plan } = options;
  const given = { about, since, until, outcome, service, host, person, plan };
  if (words.length === 0) return given;
  const owner = personAs(config, undefined);
  if (owner === null) return exit.usage;
  const reply = await askHere(config, words.join(' '), owner, terminal);
  if (typeof reply === 'number') return reply;
  // Where nothing is recorded, the query itself says so.
  if (!reply.recorded) return given;
  if (reply.answer === null) {
    terminal.remark(reply.text);
    return exit.refused;
  }
  const { plan: number, ...meant } = reply.answer.filter;
  const named = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return { ...meant, ...(number === undefined ? {} : { plan: `P-${number}` }), ...named };
}

function eventLine({ at, actor, kind, plan, summary }: AuditRow): string {
  return `${at.slice(0, 19).replace('T', ' ')} UTC  ${actor}  ${kind}${plan === null ? '' : `  ${plan}`}  ${summary}`;
}

/** Checks every chain of the record; exit 1 when something was changed. */
export async function auditVerify(line: CommandLine, terminal: Terminal): Promise<number> {
  const opened = openConfig(line.options, terminal);
  if (typeof opened === 'number') return opened;
  const verification =
    (await withLedger(opened.config, (ledger) => ledger.verify())) ??
    noRecord<Verification>(terminal, nothingToVerify);
  const { ok, events, streams, gitCommits, unanchored, firstBad } = verification;
  if (terminal.json) terminal.answer(verification);
  else if (ok) {
    terminal.line(`The record is intact: ${events} events in ${streams} streams.`);
    if (opened.config.gitTrail.enabled) terminal.line(trailLine(gitCommits, unanchored));
  } else
    terminal.line(
      `${badLine(firstBad)}\nKeep the database and the git trail as they are, and compare both with your last backup.`,
    );
  return ok ? exit.done : exit.failed;
}

function trailLine(commits: number, unanchored: number): string {
  const fits = `The git trail fits: ${commits} commits.`;
  return unanchored === 0
    ? `${fits} They vouch for every event.`
    : `${fits} No commit vouches for the newest ${unanchored} events yet; one does at the next decision or result, and at the latest five minutes after them.`;
}

function badLine(bad: Verification['firstBad']): string {
  return bad?.stream === 'git'
    ? `The git trail was changed: ${bad.why}.`
    : `The record was changed: event ${bad?.seq} of ${bad?.stream}: ${bad?.why}.`;
}

const nothingToVerify: Verification = {
  ok: true,
  events: 0,
  streams: 0,
  gitCommits: 0,
  unanchored: 0,
  firstBad: null,
};

/** The answer where nothing was ever recorded; says so, because a mistyped directory looks the same. */
function noRecord<T>(terminal: Terminal, answer: T): T {
  terminal.remark('There is no record on this data directory yet. Name another one with --data DIR.');
  return answer;
}
