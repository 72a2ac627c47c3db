import type { HostFacts } from '#core/host.ts';
import { done, type Result, refuse } from '#core/refusal.ts';
import type { StepExecutor } from './executor-port.ts';
import type { Ledger } from './ledger-port.ts';

/** Looks at a host with read-only commands and records what was seen, or why it could not be looked at. */
export async function lookAtHost(
  deps: { readonly ledger: Ledger; readonly executor: Pick<StepExecutor, 'probe'> },
  host: string,
  actor: string,
): Promise<Result<HostFacts>> {
  const seen = await deps.executor.probe(host);
  await deps.ledger.transact(async (tx) => {
    if (!seen.ok) {
      await tx.saveHostUnreachable(host, seen.reason);
      await tx.append({
        stream: `host:${host}`,
        kind: 'host.unreachable',
        actor,
        host,
        outcome: 'failed',
        summary: seen.reason,
        data: { errorClass: seen.errorClass },
      });
      return;
    }
    await tx.saveHostFacts(seen.facts);
    await tx.append({
      stream: `host:${host}`,
      kind: 'host.probed',
      actor,
      host,
      outcome: 'succeeded',
      summary: `Looked at ${host} with ${seen.commands.length} read-only commands.`,
      data: { commands: seen.commands },
    });
  });
  return seen.ok ? done(seen.facts) : refuse(seen.errorClass, seen.reason);
}
