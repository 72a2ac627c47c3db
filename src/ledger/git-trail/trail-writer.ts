import type { Client } from 'pg';
import type { StoredEvent } from '#core/event.ts';
import type { Redaction } from '#flow/redaction-port.ts';
import { type RecordedCommit, readLastCommit, recordCommit } from '../trail-commits.ts';
import { commitMessage, readTrailers, type Trailers } from './commit-message.ts';
import { type EventHead, noEvents, withEvent } from './event-head.ts';
import { eventLine, eventListPath } from './event-list.ts';
import type { Draft, GitRepository, ReadCommit } from './git-repository.ts';
import { introduction } from './introduction.ts';
import type { Told } from './tell-event.ts';

/** The trail and the ledger don't belong together any more. Nothing is committed until a person has looked. */
export class TrailBroken extends Error {
  override readonly name = 'TrailBroken';
}

/**
 * Writes the git trail. What has been committed is told by git itself, and the ledger's list of commits follows: a
 * commit that a crash kept out of the list is found in git at the next opening and taken over, so none is lost or
 * made twice.
 */
export interface TrailWriter {
  /** Up to where events were taken in; some of them may not be committed yet. */
  readonly reached: EventHead;
  /** The newest commit. */
  readonly last: RecordedCommit;
  /** How many events were taken in since the newest commit. */
  readonly waiting: number;
  /** Takes in the next event, and what is to be committed about it. */
  take(event: StoredEvent, told: Told | null): void;
  /** Commits what was taken in; with `anchor` also events about which there is nothing to tell. */
  commit(how: { readonly anchor: boolean }): Promise<void>;
}

/**
 * Opens the trail where it stopped.
 *
 * @param client a connection that is alive only while this process may write the trail.
 * @param eventsAfter settled events behind an id, oldest first.
 * @throws TrailBroken when git and the ledger tell different stories.
 */
export async function openTrailWriter(with_: {
  readonly client: Client;
  readonly repository: GitRepository;
  readonly redaction: Redaction;
  readonly eventsAfter: (id: number, limit: number) => Promise<readonly StoredEvent[]>;
}): Promise<TrailWriter> {
  const { client, repository, redaction } = with_;
  const recorded = await readLastCommit(client);
  let last = (await repository.exists()) ? await findPlace(with_, recorded) : await begin(with_, recorded);
  let reached: EventHead = { position: last.position, events: last.events, head: last.eventHead };
  let lines: string[] = [];
  let pending: { readonly trailers: Trailers; readonly draft: Draft }[] = [];

  const prepare = (told: Told | null, at: string): void => {
    const trailers: Trailers = {
      ...reached,
      kind: told?.kind ?? 'anchor',
      plan: told?.plan ?? null,
      run: told?.run ?? null,
      more: told?.trailers ?? [],
    };
    const subject = told?.subject ?? `${lines.length} events more`;
    const files = { ...told?.files, [eventListPath(reached.position, at)]: `${lines.join('\n')}\n` };
    lines = [];
    pending.push({
      trailers,
      draft: hidden({ message: commitMessage(subject, told?.words ?? '', trailers), at, files }, redaction),
    });
  };

  return {
    get reached() {
      return reached;
    },
    get last() {
      return last;
    },
    get waiting() {
      return reached.events - last.events;
    },
    take: (event, told) => {
      reached = withEvent(reached, event);
      lines.push(eventLine(event));
      if (told !== null) prepare(told, told.at);
    },
    commit: async ({ anchor }) => {
      if (anchor && lines.length > 0) prepare(null, new Date().toISOString());
      const batch = pending;
      if (batch.length === 0) return;
      last = await writeDown(client, repository, last, batch);
      pending = [];
    },
  };
}

/** No secret reaches git, in whatever form the ledger may hold it. */
function hidden(draft: Draft, redaction: Redaction): Draft {
  const files = Object.entries(draft.files).map(([path, text]) => [path, redaction.text(text)] as const);
  return { ...draft, message: redaction.text(draft.message), files: Object.fromEntries(files) };
}

/** Commits to git and then to the ledger's list. The open transaction proves that this process still has the right. */
async function writeDown(
  client: Client,
  repository: GitRepository,
  last: RecordedCommit | null,
  batch: readonly { readonly trailers: Trailers; readonly draft: Draft }[],
  parent: string | null = last?.commit ?? null,
): Promise<RecordedCommit> {
  await client.query('BEGIN');
  try {
    const commits = await repository.commit(
      parent,
      batch.map(({ draft }) => draft),
    );
    let newest = last;
    for (const [i, { trailers }] of batch.entries())
      newest = await recordCommit(client, rowOf((newest?.number ?? 0) + 1, commits[i] ?? '', trailers));
    await client.query('COMMIT');
    if (newest === null) throw new Error('nothing was committed');
    return newest;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {});
    throw error;
  }
}

function rowOf(number: number, commit: string, trailers: Trailers): Omit<RecordedCommit, 'at'> {
  const { kind, plan, run, position, events, head } = trailers;
  return { number, commit, kind, plan, run, position, events, eventHead: head };
}

/** The first commit of a history. When an earlier one is gone it says so, and everything is told anew. */
async function begin(
  { client, repository }: Parameters<typeof openTrailWriter>[0],
  lost: RecordedCommit | null,
): Promise<RecordedCommit> {
  await repository.prepare();
  const trailers: Trailers = {
    ...noEvents,
    kind: 'beginning',
    plan: null,
    run: null,
    more: lost === null ? [] : [['Lost-Commit', lost.commit]],
  };
  const subject = lost === null ? 'The git trail begins' : 'The git trail begins anew';
  const words =
    lost === null
      ? ''
      : `The folder was gone; the ledger remembers ${lost.number} commits of it, up to ${lost.commit}.`;
  const draft = {
    message: commitMessage(subject, words, trailers),
    at: new Date().toISOString(),
    files: { 'README.md': introduction },
  };
  return writeDown(client, repository, lost, [{ trailers, draft }], null);
}

/** Compares the newest commit of git with the newest that is recorded, and records what a crash left unrecorded. */
async function findPlace(
  with_: Parameters<typeof openTrailWriter>[0],
  recorded: RecordedCommit | null,
): Promise<RecordedCommit> {
  const { client, repository } = with_;
  await repository.prepare();
  const head = await repository.head();
  if (head === null) return begin(with_, recorded);
  if (recorded?.commit === head) return recorded;
  let last = recorded;
  let reached: EventHead =
    last === null ? noEvents : { position: last.position, events: last.events, head: last.eventHead };
  const left = await unrecorded(repository, recorded, head);
  for (const commit of left) {
    const trailers = readTrailers(commit.message);
    if (trailers === null || !follows(commit, trailers, last)) {
      throw new TrailBroken(
        `Commit ${short(commit.commit)} in ${repository.folder} was not written by Chiffon.`,
      );
    }
    reached = await readUpTo(with_, trailers.kind === 'beginning' ? noEvents : reached, trailers);
    if (reached.head !== trailers.head || reached.events !== trailers.events) {
      throw new TrailBroken(
        `Commit ${short(commit.commit)} in ${repository.folder} vouches for ${trailers.events} events up to number ${trailers.position}, and this database does not hold them: it is an older copy, or was changed.`,
      );
    }
    last = await recordCommit(client, rowOf((last?.number ?? 0) + 1, commit.commit, trailers));
  }
  // Whoever was killed before the list was written may have been killed before the files were.
  if (left.length > 0) await repository.restoreFiles();
  if (last === null)
    throw new TrailBroken(`The git trail in ${repository.folder} holds no commit of its branch.`);
  return last;
}

/** The commits that a crash kept out of the ledger's list. */
async function unrecorded(
  repository: GitRepository,
  recorded: RecordedCommit | null,
  head: string,
): Promise<readonly ReadCommit[]> {
  if (recorded === null || (await repository.leadsTo(recorded.commit, head)))
    return repository.log(recorded?.commit ?? null);
  const whole = await repository.log(null);
  const first = readTrailers(whole[0]?.message ?? '');
  const lost = first?.more.find(([name]) => name === 'Lost-Commit')?.[1];
  if (first?.kind === 'beginning' && lost === recorded.commit) return whole;
  throw new TrailBroken(
    `The newest commit in ${repository.folder} is ${short(head)}, which does not follow ${short(recorded.commit)}, the newest that the ledger remembers: the history of the git trail was changed or cut.`,
  );
}

function follows(commit: ReadCommit, trailers: Trailers, last: RecordedCommit | null): boolean {
  if (trailers.kind === 'beginning') return commit.parents.length === 0;
  return commit.parents.length === 1 && commit.parents[0] === last?.commit;
}

/** Events in one portion while reading up to a commit that is taken over. */
const portion = 500;

async function readUpTo(
  { eventsAfter }: Parameters<typeof openTrailWriter>[0],
  from: EventHead,
  trailers: Trailers,
): Promise<EventHead> {
  let reached = from;
  while (reached.position < trailers.position) {
    const events = await eventsAfter(reached.position, portion);
    const inside = events.filter((event) => event.id <= trailers.position);
    for (const event of inside) reached = withEvent(reached, event);
    if (inside.length < events.length || events.length === 0) break;
  }
  return reached;
}

/** A commit's name as people say it. */
export function short(commit: string): string {
  return commit.slice(0, 10);
}
