import { foldHead, noEvents } from './event-head.ts';
import { eventLine, isListed, type Listed, readEventList } from './event-list.ts';
import type { GitRepository } from './git-repository.ts';
import { short } from './trail-writer.ts';

/** What vouches for all events up to a position. */
export interface Anchor {
  /** Its place in the list of commits. */
  readonly number: number;
  readonly commit: string;
  readonly position: number;
  readonly events: number;
  readonly head: string;
}

/** Follows the events in order of their ids and compares them with what commits vouch for. */
export function compareWith(anchors: readonly Anchor[]): {
  take(id: number, hash: string): void;
  bad(): Anchor | null;
  /** The first commit that doesn't fit, once all events were taken, and up to where they did fit. */
  end(): { readonly after: number; readonly bad: Anchor } | null;
  /** How many events the last fitting commit vouches for. */
  anchored(): number;
} {
  let reached = { events: noEvents.events, head: noEvents.head };
  let next = 0;
  let fitting = { position: 0, events: 0 };
  let bad: Anchor | null = null;
  const passUpTo = (position: number): void => {
    for (let anchor = anchors[next]; bad === null && anchor !== undefined; anchor = anchors[next]) {
      if (anchor.position >= position) return;
      if (anchor.events === reached.events && anchor.head === reached.head) {
        fitting = { position: anchor.position, events: anchor.events };
        next += 1;
      } else bad = anchor;
    }
  };
  return {
    take: (id, hash) => {
      if (bad !== null || next >= anchors.length) return;
      passUpTo(id);
      reached = { events: reached.events + 1, head: foldHead(reached.head, hash) };
    },
    bad: () => bad,
    end: () => {
      passUpTo(Number.POSITIVE_INFINITY);
      return bad === null ? null : { after: fitting.position, bad };
    },
    anchored: () => fitting.events,
  };
}

/** The first event that is not as the commits after a position list it; null when git can't say. */
export async function findDifference(
  repository: GitRepository,
  bad: Anchor,
  events: readonly Listed[],
): Promise<(Pick<Listed, 'id' | 'stream' | 'seq'> & { readonly why: string }) | null> {
  const text = await listedBy(repository, bad.commit);
  if (text === null) return null;
  const lines = readEventList(text);
  const by = `commit ${short(bad.commit)} of the git trail`;
  for (let i = 0; i < Math.max(lines.length, events.length); i += 1) {
    const line = lines[i];
    const event = events[i];
    if (line === undefined && event !== undefined)
      return { ...placeOf(event), why: `it is not among the events that ${by} lists` };
    if (line === undefined) break;
    if (event === undefined || event.id > line.id)
      return { ...placeOf(line), why: `it is missing, and ${by} lists it` };
    if (event.id < line.id) return { ...placeOf(event), why: `it is not among the events that ${by} lists` };
    if (!isListed(event, line))
      return { ...placeOf(line), why: `it is not the event that ${by} lists: ${eventLine(event)}` };
  }
  return null;
}

function placeOf({ id, stream, seq }: Listed): Pick<Listed, 'id' | 'stream' | 'seq'> {
  return { id, stream, seq };
}

async function listedBy(repository: GitRepository, commit: string): Promise<string | null> {
  const path = await repository.addedFile(commit, 'events/');
  return path === null ? null : repository.fileAt(commit, path);
}
