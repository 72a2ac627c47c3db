import { randomBytes } from 'node:crypto';
import type { ProbeResult } from '#flow/executor-port.ts';
import type { CommandJudge } from '../command-judge.ts';
import type { HostAddress } from '../host-address.ts';
import type { RunScript } from '../remote-script.ts';
import { parseFacts } from './parse-facts.ts';
import { probeCommands, probeScript, splitAnswers } from './probe-commands.ts';

/** Looks at a host in one round trip. Every command must be one that policy lets run without asking anybody. */
export async function probeHost(
  run: RunScript,
  host: HostAddress,
  judge: CommandJudge,
  now: () => Date,
): Promise<ProbeResult> {
  for (const command of probeCommands) {
    const { verdict, rule, reason } = judge(command);
    if (verdict === 'allow') continue;
    return {
      ok: false,
      errorClass: 'refused_by_policy',
      reason: `${host.name} was not looked at: policy does not let "${command}" run by itself (${rule}: ${reason}).`,
    };
  }
  const token = `chiffon-${randomBytes(12).toString('hex')}`;
  const answer = await run(host.name, probeScript(probeCommands, token));
  if (!answer.reached) return { ok: false, errorClass: answer.errorClass, reason: answer.reason };
  const answers = splitAnswers(probeCommands, token, answer.stdout.toString('utf8'));
  if (answers.size === 0) {
    const reason = `${host.name} let Chiffon in but ran nothing: its login shell or home folder may be missing.`;
    return { ok: false, errorClass: 'unknown', reason };
  }
  const address = host.serviceAddress ?? host.address;
  return {
    ok: true,
    facts: parseFacts(host.name, now().toISOString(), address, answers),
    commands: probeCommands,
  };
}
