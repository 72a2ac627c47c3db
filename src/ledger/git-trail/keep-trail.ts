import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import type { Ledger } from '#flow/ledger-port.ts';
import type { FlowLog } from '#flow/log-port.ts';
import type { Redaction } from '#flow/redaction-port.ts';
import { type GitRepository, openRepository, type RepositorySettings } from './git-repository.ts';
import { type PageOf, tellEvent } from './tell-event.ts';
import { openTrailWriter, TrailBroken, type TrailWriter } from './trail-writer.ts';

/** How the git trail is kept. */
export interface TrailSettings extends RepositorySettings {
  /** Where commits are pushed to, as git writes it; null keeps them on this machine. */
  readonly remote: string | null;
}

/** What the trail is called among the channels whose state doctor shows. */
export const trailChannel = 'git trail';

/** The longest that events wait for a commit that vouches for them, in milliseconds. */
const anchorEveryMs = 5 * 60_000;
/** How often it is looked whether something waits or can be tried again, in milliseconds. */
const lookEveryMs = 15_000;
/** How long after an event others are waited for, in milliseconds. */
const gatherMs = 50;
/** Events in one portion, and the most that one commit lists. */
const portion = 500;
const mostWaiting = 5_000;
/** Commits after which git is asked to pack its store. */
const tidyEvery = 500;
/** How long the last push may take when Chiffon stops, in milliseconds. */
const lastPushMs = 5_000;
const trailLock = 'chiffon git trail';

/**
 * Follows the ledger and keeps the git trail: a commit a decision, a commit a result, and otherwise one at most every
 * five minutes that vouches for what happened since. Of several processes one does it. Trouble with git is shown and
 * tried again, and never holds up work. Answers how to stop, which commits what still waits.
 */
export async function keepTrail(with_: {
  readonly ledger: Ledger;
  /** The address of the ledger's database, for whoever may add commits to its list. */
  readonly url: string;
  readonly settings: TrailSettings;
  readonly redaction: Redaction;
  readonly pageOf: PageOf;
  readonly log: FlowLog;
  readonly anchorEveryMs?: number;
}): Promise<() => Promise<void>> {
  const { ledger, settings, log } = with_;
  const repository = openRepository(settings);
  const follower = createFollower(with_, repository);
  let stopping = false;
  let again = false;
  let working: Promise<void> | null = null;

  const round = async (): Promise<void> => {
    do {
      // What happens close together is committed by one process of git.
      await pause(gatherMs);
      again = false;
      try {
        await follower.goOn();
      } catch (error) {
        follower.letGo();
        if (!stopping) await noteTrouble(ledger, repository, error, log);
      }
    } while (again && !stopping);
  };
  const wake = (): void => {
    again = true;
    working ??= round().finally(() => {
      working = null;
      if (again && !stopping) wake();
    });
  };
  const unlisten = await ledger.listen({ event: wake });
  const timer = setInterval(wake, lookEveryMs);
  wake();
  return async () => {
    stopping = true;
    clearInterval(timer);
    await unlisten();
    await working;
    try {
      await follower.finish();
    } catch (error) {
      log.warn({ error }, 'the git trail could not be brought up to date; the next start does it');
    } finally {
      follower.letGo();
    }
  };
}

interface Follower {
  /** Commits what can be committed. */
  goOn(): Promise<void>;
  /** The same, with everything that waits; and gives the last push a moment. */
  finish(): Promise<void>;
  /** Lets another process have the trail, or this one begin afresh. */
  letGo(): void;
}

function createFollower(with_: Parameters<typeof keepTrail>[0], repository: GitRepository): Follower {
  const { ledger, url, settings, redaction, pageOf, log } = with_;
  const anchorAfterMs = with_.anchorEveryMs ?? anchorEveryMs;
  let own: { readonly client: pg.Client; readonly writer: TrailWriter } | null = null;
  let openedAt = 0;
  let committedAt = 0;
  let sinceTidy = 0;
  let pushed: string | null = null;
  let pushing: Promise<void> | null = null;
  let saidWell = '';

  const letGo = (): void => {
    const client = own?.client;
    own = null;
    client?.end().catch(() => {});
  };

  /** The writer, when this process is or becomes the one that keeps the trail. */
  const claim = async (): Promise<TrailWriter | null> => {
    if (own !== null) return own.writer;
    const client = new pg.Client({ connectionString: url, keepAlive: true });
    // The end of this connection is the end of the right to write.
    client.on('error', letGo);
    try {
      await client.connect();
      const { rows } = await client.query<{ mine: boolean }>(
        'SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS mine',
        [trailLock],
      );
      if (rows[0]?.mine !== true) {
        await client.end();
        return null;
      }
      const eventsAfter: Ledger['eventsAfter'] = (id, limit) => ledger.eventsAfter(id, limit);
      const writer = await openTrailWriter({ client, repository, redaction, eventsAfter });
      own = { client, writer };
      openedAt = Date.now();
      committedAt = Date.now();
      return writer;
    } catch (error) {
      client.end().catch(() => {});
      throw error;
    }
  };

  const commit = async (writer: TrailWriter, anchor: boolean): Promise<void> => {
    const before = writer.last.number;
    await writer.commit({ anchor });
    if (writer.last.number === before) return;
    committedAt = Date.now();
    sinceTidy += writer.last.number - before;
    if (sinceTidy < tidyEvery) return;
    sinceTidy = 0;
    await repository.tidy();
  };

  const follow = async (writer: TrailWriter, anchor: boolean): Promise<void> => {
    for (;;) {
      const events = await ledger.eventsAfter(writer.reached.position, portion);
      for (const event of events) writer.take(event, await tellEvent(event, ledger, pageOf));
      const isAll = events.length < portion;
      const due = isAll && (anchor || Date.now() - committedAt >= anchorAfterMs);
      await commit(writer, due || writer.waiting >= mostWaiting);
      if (isAll) return;
    }
  };

  const push = (commitName: string): Promise<void> => {
    const { remote } = settings;
    if (remote === null || pushed === commitName) return Promise.resolve();
    pushing ??= repository
      .push(remote)
      .then(
        async () => {
          pushed = commitName;
          await noteWell(ledger, `Up to date in ${repository.folder}, and pushed.`);
        },
        async (error: unknown) => {
          log.warn({ error }, 'the git trail could not be pushed; trying again');
          await notePushTrouble(ledger, error);
        },
      )
      .catch((error: unknown) => log.warn({ error }, 'how the push went could not be noted'))
      .finally(() => {
        pushing = null;
      });
    return pushing;
  };

  const goOn = async (anchor: boolean): Promise<TrailWriter | null> => {
    const writer = await claim();
    if (writer === null) return null;
    await follow(writer, anchor);
    if (settings.remote === null && saidWell !== String(openedAt)) {
      saidWell = String(openedAt);
      await noteWell(ledger, `Kept in ${repository.folder}; commits are not pushed anywhere.`);
    }
    return writer;
  };

  return {
    goOn: async () => {
      const writer = await goOn(false);
      if (writer !== null) void push(writer.last.commit);
    },
    finish: async () => {
      const writer = await goOn(true);
      if (writer === null) return;
      await pushing;
      const timer = new AbortController();
      await Promise.race([
        push(writer.last.commit),
        pause(lastPushMs, undefined, { signal: timer.signal }).catch(() => {}),
      ]);
      timer.abort();
    },
    letGo,
  };
}

async function noteWell(ledger: Ledger, detail: string): Promise<void> {
  await ledger.saveChannelState({ name: trailChannel, ok: true, detail, remedy: null });
}

async function notePushTrouble(ledger: Ledger, error: unknown): Promise<void> {
  const said = sentenceOf(error);
  const otherHistory = /rejected|non-fast-forward|fetch first/.test(String(error));
  await ledger.saveChannelState({
    name: trailChannel,
    ok: false,
    detail: otherHistory
      ? 'The remote repository holds another history than the git trail here. Commits are made here all the same, and not pushed.'
      : `Commits are made here and can't be pushed: ${said}`,
    remedy: otherHistory
      ? 'Compare the two: one of them was changed. If the trail was begun anew on purpose, push to an empty repository (gitTrail.remote).'
      : 'See that gitTrail.remote is right and that Chiffon’s user may push there without being asked. It is tried again by itself.',
  });
}

async function noteTrouble(
  ledger: Ledger,
  repository: GitRepository,
  error: unknown,
  log: FlowLog,
): Promise<void> {
  log.warn({ error }, 'the git trail could not be kept; trying again');
  const state =
    error instanceof TrailBroken
      ? {
          detail: error.message,
          remedy: `Nothing is committed meanwhile; work goes on. Run “chiffon audit verify”. Put back the copy of ${repository.folder} that belongs to this database, from the remote or a backup; or, if you know why they differ, move the folder away: a new history begins, and says so.`,
        }
      : (error as NodeJS.ErrnoException).code === 'ENOENT' || /spawn git ENOENT/.test(String(error))
        ? {
            detail: 'The git trail needs git, which is not installed here.',
            remedy: 'Install git, or switch the trail off with gitTrail.enabled: false.',
          }
        : {
            detail: `The git trail in ${repository.folder} could not be written: ${sentenceOf(error)}`,
            remedy: 'Work goes on, and it is tried again by itself. See that the folder can be written.',
          };
  await ledger
    .saveChannelState({ name: trailChannel, ok: false, ...state })
    .catch((reason: unknown) =>
      log.warn({ error: reason }, 'the trouble with the git trail could not be noted'),
    );
}

/** The first line of what git says, without the word it begins with. */
function sentenceOf(error: unknown): string {
  const line = (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
  return line.replace(/^(?:fatal|error): /, '').slice(0, 300);
}
