import type { RecordedCommit } from '../trail-commits.ts';
import { readTrailers, type Trailers } from './commit-message.ts';
import type { GitRepository } from './git-repository.ts';
import { short } from './trail-writer.ts';

/** A commit of git, with what it says about itself. */
export interface TrailEntry extends Trailers {
  readonly commit: string;
}

/** What git tells by itself, before it is compared with the events. */
export interface TrailPicture {
  /** The commits of the present history, oldest first. */
  readonly entries: readonly TrailEntry[];
  /** What is wrong with git's history or files; null when nothing is. */
  readonly bad: { readonly seq: number; readonly why: string } | null;
}

/** How often a look at the files is repeated, and after how long: a commit may be on its way meanwhile. */
const looks = 8;
const lookAgainMs = 250;

/**
 * Compares git with the ledger's list of commits: the same commits in the same order, saying the same, and files as
 * they were committed. Commits that git has and the list doesn't yet are answered too; the events decide about them.
 *
 * @param recorded the list, oldest first, read before this is called.
 */
export async function examineTrail(
  repository: GitRepository,
  recorded: readonly RecordedCommit[],
): Promise<TrailPicture> {
  if (!(await repository.exists())) {
    const bad =
      recorded.length === 0
        ? null
        : {
            seq: 1,
            why: `the git trail is gone: ${repository.folder} holds none, and ${count(recorded.length)} of it are on record`,
          };
    return { entries: [], bad };
  }
  const broken = await repository.brokenObject();
  if (broken !== null) return { entries: [], bad: { seq: 0, why: `git's own store is broken: ${broken}` } };

  const begins = recorded.findLastIndex((row) => row.kind === 'beginning');
  const present = begins < 0 ? recorded : recorded.slice(begins);
  const entries: TrailEntry[] = [];
  for (const [i, commit] of (await repository.log(null)).entries()) {
    const row = present[i];
    const seq = row?.number ?? recorded.length + 1 + i - present.length;
    const trailers = readTrailers(commit.message);
    if (row !== undefined && row.commit !== commit.commit)
      return {
        entries,
        bad: {
          seq,
          why: `the git trail has commit ${short(commit.commit)} where ${short(row.commit)} is on record: its history was rewritten`,
        },
      };
    if (trailers === null)
      return { entries, bad: { seq, why: `commit ${short(commit.commit)} was not written by Chiffon` } };
    if (row !== undefined && !says(row, trailers))
      return {
        entries,
        bad: { seq, why: `commit ${short(commit.commit)} says something else than is on record about it` },
      };
    entries.push({ ...trailers, commit: commit.commit });
  }
  const missing = present[entries.length];
  if (missing !== undefined)
    return {
      entries,
      bad: {
        seq: missing.number,
        why: `commit ${short(missing.commit)} is gone from the git trail, with ${count(present.length - entries.length)} in all`,
      },
    };
  if (begins > 0)
    return {
      entries,
      bad: {
        seq: 1,
        why: `the git trail was lost and begun anew: ${count(begins)} up to ${short(recorded[begins - 1]?.commit ?? '')} are gone`,
      },
    };
  const changed = await changedFile(repository);
  return {
    entries,
    bad:
      changed === null
        ? null
        : { seq: entries.length, why: `the file ${changed} of the git trail is not as it was committed` },
  };
}

function says(row: RecordedCommit, trailers: Trailers): boolean {
  return (
    row.kind === trailers.kind &&
    row.plan === trailers.plan &&
    row.run === trailers.run &&
    row.position === trailers.position &&
    row.events === trailers.events &&
    row.eventHead === trailers.head
  );
}

/** A file that stays different: one that is just being written is only for a moment. */
async function changedFile(repository: GitRepository): Promise<string | null> {
  let suspects: ReadonlySet<string> | null = null;
  for (let look = 1; look <= looks; look += 1) {
    const changed: readonly string[] = await repository.changedFiles();
    suspects = new Set(changed.filter((file) => suspects === null || suspects.has(file)));
    if (suspects.size === 0) return null;
    if (look < looks) await new Promise((done) => setTimeout(done, lookAgainMs));
  }
  return [...(suspects ?? [])][0] ?? null;
}

function count(commits: number): string {
  return commits === 1 ? '1 commit' : `${commits} commits`;
}
