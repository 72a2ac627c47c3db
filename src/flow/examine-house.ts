import type { StepExecutor } from './executor-port.ts';
import type { Ledger } from './ledger-port.ts';
import type { DeliveryQueue } from './queue-port.ts';

/** One thing that was looked at: is it as it should be, and if not, what to do. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  readonly remedy: string | null;
}

/** Looks at everything Chiffon needs and says what is missing and how to fix it. Changes nothing. */
export async function examineHouse(parts: {
  readonly ledger: Pick<Ledger, 'health' | 'verify' | 'channelStates'>;
  readonly queue: Pick<DeliveryQueue, 'health'>;
  readonly executor: Pick<StepExecutor, 'probe'> | null;
  readonly hosts: readonly string[];
  /** Chat platforms and phones that are configured, as the ledger calls them: `discord`, `phone anna`. */
  readonly channels: readonly string[];
  /** What the composition root already knows: console built, token kept, secret files private. */
  readonly known: readonly Check[];
}): Promise<{ readonly ok: boolean; readonly checks: readonly Check[] }> {
  const [database, queue, record, channels, ...hosts] = await Promise.all([
    parts.ledger.health().then((health): Check => ({ name: 'database', ...health })),
    parts.queue.health().then((health): Check => ({ name: 'queue', ...health })),
    checkRecord(parts.ledger),
    checkChannels(parts.ledger, parts.channels),
    ...(parts.executor === null ? [] : parts.hosts.map((host) => checkHost(parts.executor, host))),
  ]);
  const checks = [...parts.known, database, queue, record, ...channels, ...hosts].filter(
    (check) => check !== undefined,
  );
  return { ok: checks.every((check) => check.ok), checks };
}

async function checkRecord(ledger: Pick<Ledger, 'verify'>): Promise<Check> {
  const { ok, events, streams, gitCommits, firstBad } = await ledger.verify();
  const beside = gitCommits === 0 ? '' : `, and ${gitCommits} commits of the git trail fit it`;
  return {
    name: 'record',
    ok,
    detail: ok
      ? `The chain of ${events} events in ${streams} streams is intact${beside}.`
      : firstBad?.stream === 'git'
        ? `The git trail does not fit: ${firstBad.why}.`
        : `Event ${firstBad?.seq} of ${firstBad?.stream} does not fit: ${firstBad?.why}.`,
    remedy: ok
      ? null
      : firstBad?.stream === 'git'
        ? 'Somebody changed or removed the git trail, or one of the two was put back from a backup without the other. Put the copy of the trail’s folder back that belongs to this database, from its remote or a backup.'
        : 'Somebody changed the record. Keep the database as it is and compare it with your last backup.',
  };
}

/** What was last heard of each configured platform and phone. Nothing was heard of one that was never tried. */
async function checkChannels(
  ledger: Pick<Ledger, 'channelStates'>,
  names: readonly string[],
): Promise<readonly Check[]> {
  if (names.length === 0) return [];
  const states = await ledger.channelStates();
  return names.map((name): Check => {
    const state = states.find((one) => one.name === name);
    if (state === undefined) return { name, ok: true, detail: 'Configured, not tried yet.', remedy: null };
    return { name, ok: state.ok, detail: `${state.detail} (as of ${state.at})`, remedy: state.remedy };
  });
}

async function checkHost(executor: Pick<StepExecutor, 'probe'> | null, host: string): Promise<Check> {
  const seen = await executor?.probe(host);
  if (seen === undefined)
    return { name: `machine ${host}`, ok: true, detail: 'Not looked at from here.', remedy: null };
  if (!seen.ok)
    return {
      name: `machine ${host}`,
      ok: false,
      detail: seen.reason,
      remedy: `Try “ssh” to ${host} by hand; “npm run -s chiffon -- trust ${host}” accepts its key.`,
    };
  const { facts } = seen;
  const engine = facts.docker
    ? 'Docker'
    : facts.node === null
      ? 'neither Docker nor Node'
      : `Node ${facts.node}, no Docker`;
  return {
    name: `machine ${host}`,
    ok: true,
    detail: `Answers as ${facts.user}: ${facts.os}, ${engine}, ${facts.services.length} services.`,
    remedy: null,
  };
}
