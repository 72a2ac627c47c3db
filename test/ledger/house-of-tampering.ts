import type { Verification } from '#flow/ledger-port.ts';
import { type GitRepository, openRepository } from '#ledger/git-trail/git-repository.ts';
import { examine } from '#ledger/verify.ts';
import { onConnection } from '../support/postgres.ts';
import { type TrailHouse, trailSettings } from './house-of-trails.ts';
import { type Spot, type TamperKind, tamperKinds } from './tamper-kinds.ts';

/** Fills a record with streams of equal length, side by side, and a commit that vouches for them after each round. */
export async function fillRecord(
  house: TrailHouse,
  size: { readonly streams: number; readonly rounds: number; readonly perRound: number },
): Promise<void> {
  let number = 0;
  for (let round = 0; round < size.rounds; round += 1) {
    for (let i = 0; i < size.perRound; i += 1) {
      number += 1;
      await house.ledger.transact(async (tx) => {
        for (let stream = 0; stream < size.streams; stream += 1) {
          await tx.append({
            stream: `host:${stream}`,
            kind: 'host.probed',
            actor: 'anna',
            host: `h${stream}`,
            summary: `look number ${100_000 + number}`,
          });
        }
      });
    }
    await house.keepUp();
  }
}

/** Does one thing to the record, verifies, and undoes it. Answers what was found. */
export async function tamper(
  house: TrailHouse,
  statements: string,
  repository: GitRepository = remembering(openRepository(trailSettings(house.folder))),
): Promise<Verification> {
  return await onConnection(house.database.superuserUrl, async (client) => {
    await client.query('BEGIN');
    await client.query(`SET LOCAL session_replication_role = replica; ${statements}`);
    const newestEvent = async (): Promise<number> =>
      Number((await client.query('SELECT coalesce(max(id), 0) AS id FROM events')).rows[0].id);
    return await examine(client, { repository, newestEvent });
  });
}

/** Asks git everything once: nothing changes there while the database is tampered with. */
export function remembering(repository: GitRepository): GitRepository {
  const answers = new Map<string, Promise<unknown>>();
  return new Proxy(repository, {
    get: (target, name: keyof GitRepository) => {
      const member = target[name];
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => {
        const key = JSON.stringify([name, args]);
        const known = answers.get(key) ?? (member as (...given: unknown[]) => Promise<unknown>)(...args);
        answers.set(key, known);
        return known;
      };
    },
  });
}

/** Every kind at every given place; answers what was not found, or found in the wrong place. */
export async function tamperEverywhere(
  house: TrailHouse,
  spots: readonly Spot[],
): Promise<{ readonly done: number; readonly missed: readonly string[] }> {
  const repository = remembering(openRepository(trailSettings(house.folder)));
  const missed: string[] = [];
  let done = 0;
  for (const kind of tamperKinds) {
    for (const spot of spots.filter((one) => kind.possible?.(one) ?? true)) {
      const { ok, firstBad } = await tamper(house, kind.statements(spot), repository);
      done += 1;
      if (ok || !isNamed(kind, spot, firstBad))
        missed.push(`${kind.name} at ${spot.stream} ${spot.seq}: ${JSON.stringify(firstBad)}`);
    }
  }
  return { done, missed };
}

function isNamed(kind: TamperKind, spot: Spot, firstBad: Verification['firstBad']): boolean {
  const seq = kind.shows(spot);
  return seq === null || (firstBad?.stream === spot.stream && firstBad.seq === seq);
}
