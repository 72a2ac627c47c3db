import { randomBytes } from 'node:crypto';
import type { ProbeResult } from '#flow/executor-port.ts';
import type { CommandJudge } from '../command-judge.ts';
import type { HostAddress } from '../host-address.ts';
import type { RunScript } from '../remote-script.ts';
import { parseFacts } from './parse-facts.ts';
import {
  type ProbeAnswer,
  probeCommands,
  probeScript,
  questions,
  serviceQuestions,
  splitAnswers,
} from './probe-commands.ts';

type Asked =
  | { readonly ok: true; readonly answers: ReadonlyMap<string, ProbeAnswer> }
  | Extract<ProbeResult, { ok: false }>;

/**
 * Looks at a host in two round trips: what is there, then the files of the services that are there. Every command must
 * be one that policy lets run without asking anybody.
 */
export async function probeHost(
  run: RunScript,
  host: HostAddress,
  judge: CommandJudge,
  now: () => Date,
): Promise<ProbeResult> {
  const first = await ask(run, host, judge, probeCommands);
  if (!first.ok) return first;
  if (first.answers.size === 0) {
    const reason = `${host.name} let Chiffon in but ran nothing: its login shell or home folder may be missing.`;
    return { ok: false, errorClass: 'unknown', reason };
  }
  const services = serviceQuestions(first.answers.get(questions.services)?.text ?? '');
  const more = services === null ? [] : [services.conf, services.pids];
  const second = await ask(run, host, judge, more);
  if (!second.ok) return second;
  const address = host.serviceAddress ?? host.address;
  const answers = new Map([...first.answers, ...second.answers]);
  return {
    ok: true,
    facts: parseFacts(host.name, now().toISOString(), address, answers),
    commands: [...probeCommands, ...more],
  };
}

/** Asks commands in one round trip. */
async function ask(
  run: RunScript,
  host: HostAddress,
  judge: CommandJudge,
  commands: readonly string[],
): Promise<Asked> {
  if (commands.length === 0) return { ok: true, answers: new Map() };
  for (const command of commands) {
    const { verdict, rule, reason } = judge(command);
    if (verdict === 'allow') continue;
    return {
      ok: false,
      errorClass: 'refused_by_policy',
      reason: `${host.name} was not looked at: policy does not let "${command}" run by itself (${rule}: ${reason}).`,
    };
  }
  const token = `chiffon-${randomBytes(12).toString('hex')}`;
  const answer = await run(host.name, probeScript(commands, token));
  if (!answer.reached) return { ok: false, errorClass: answer.errorClass, reason: answer.reason };
  return { ok: true, answers: splitAnswers(commands, token, answer.stdout.toString('utf8')) };
}
