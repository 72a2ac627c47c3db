import { type RequestStory, readStory } from '#chat/cards/request-story.ts';
import type { ChatSurface, Outgoing, Place, Sent } from '#chat/surface-port.ts';
import { finalRunStates } from '#core/task.ts';
import type { Clock } from '#flow/clock-port.ts';
import type { ConversationRow, NewPost, PostRow } from '#flow/conversation-record.ts';
import type { House } from '#flow/house.ts';
import type { Ledger } from '#flow/ledger-port.ts';
import type { FlowLog } from '#flow/log-port.ts';
import { desiredPosts } from './desired-posts.ts';
import { atRest, drawCard, fingerprint, wantsSomebody } from './draw-post.ts';
import { lastLine, lastLines, wholeLog } from './run-log.ts';

/** Lines of a log that stand in a message; a longer one is added as a file. */
const inlineLines = 15;
/** How often what was deleted under Chiffon is posted again before it leaves it at that. */
const repostsAtMost = 2;

export interface DeliverDeps {
  readonly ledger: Ledger;
  readonly house: House;
  readonly clock: Clock;
  readonly log: FlowLog;
  readonly surface: ChatSurface;
  /** The channel where Chiffon speaks up by itself; null: nowhere. */
  readonly home: string | null;
  /** Where a request's page opens; null when no address is configured. */
  readonly pageOf: (request: number) => string | null;
}

/**
 * Brings one conversation up to date: adds what has to be said by now, posts what waits, in order, and draws cards
 * anew that look different by now. Answers when to look again, in milliseconds, or null when there is nothing to
 * wait for. What can't be delivered now stays and is delivered later, in the same order, once.
 */
export async function deliverConversation(deps: DeliverDeps, request: number): Promise<number | null> {
  const { ledger, surface } = deps;
  const conversation = await ledger.conversation(surface.name, request);
  if (conversation === null || conversation.lost !== null) return null;
  const story = await readStory(ledger, request);
  if (story === null) return null;
  const posts = await upToDate(deps, request, desiredPosts(story, deps.house));
  // A card at rest is looked at once more when something happens to its request; everything else settled stays as it is.
  const newestCard = posts.findLast((post) => post.kind === 'card' && post.state !== 'dropped');
  const current = posts.filter(
    (post) =>
      post.state === 'waiting' ||
      post.state === 'posted' ||
      (post === newestCard && post.state === 'settled'),
  );
  if (current.length === 0) {
    if (story.plan?.state === 'drafting') await surface.busy(placeOf(conversation));
    return null;
  }
  const place = await openPlace(deps, conversation, story);
  if (!place.ok) return await giveWay(deps, conversation, place);
  let wait: number | null = null;
  for (const post of current) {
    const sent =
      post.state === 'waiting'
        ? await postOnce(deps, story, place.value, post)
        : await redraw(deps, story, place.value, post);
    if (!sent.ok) {
      if (sent.why === 'gone' && sent.what === 'message') {
        await repost(deps, post, posts);
        return 0;
      }
      // What comes later must not overtake what could not be posted; a card that could not be redrawn is in nobody's way.
      if (sent.why === 'later' && post.state !== 'waiting') {
        wait = soonest(wait, sent.afterMs);
        continue;
      }
      return await giveWay(deps, conversation, sent);
    }
    wait = soonest(wait, sent.value);
  }
  return wait;
}

/** The posts of a conversation, with what was missing added. Most of the time nothing is, so nothing is written. */
async function upToDate(
  { ledger, surface }: DeliverDeps,
  request: number,
  desired: readonly NewPost[],
): Promise<readonly PostRow[]> {
  const posts = await ledger.posts(surface.name, request);
  const missing = desired.filter((wanted) => posts.every((post) => post.key !== wanted.key));
  if (missing.length === 0) return posts;
  await ledger.addPosts(surface.name, request, missing);
  return await ledger.posts(surface.name, request);
}

function soonest(one: number | null, other: number | null): number | null {
  if (one === null) return other;
  return other === null ? one : Math.min(one, other);
}

function placeOf(conversation: ConversationRow): Place {
  return { channel: conversation.channel, thread: conversation.thread };
}

/** The thread of a conversation, opened when it isn't yet. */
async function openPlace(
  { ledger, surface }: DeliverDeps,
  conversation: ConversationRow,
  story: RequestStory,
): Promise<Sent<Place>> {
  if (conversation.thread !== null) return { ok: true, value: placeOf(conversation) };
  const { request, plan } = story;
  const opened = await surface.openThread({
    channel: conversation.channel,
    message: conversation.asked,
    title: `R-${request.id} ${plan?.title ?? request.text}`.slice(0, 80),
    key: `${surface.name}:${request.id}:thread:${conversation.asked ?? conversation.channel}`,
  });
  if (opened.ok && opened.value.thread !== null) {
    await ledger.saveConversation({ ...conversation, ...opened.value });
  }
  return opened;
}

/** Posts what waits; answers when to look again. */
async function postOnce(
  deps: DeliverDeps,
  story: RequestStory,
  place: Place,
  post: PostRow,
): Promise<Sent<number | null>> {
  const { ledger, surface, clock } = deps;
  const message = await drawPost(deps, story, post);
  if (message === null) {
    await ledger.updatePost(post.id, { state: 'dropped' });
    return { ok: true, value: null };
  }
  const key = `${surface.name}:${post.request}:${post.key}`;
  const sent = await surface.post(place, message, key);
  if (!sent.ok) return sent;
  const posted = { message: sent.value.message, postedAt: clock.now().toISOString() };
  if (message.kind !== 'card') {
    await ledger.updatePost(post.id, { ...posted, state: 'settled' });
    return { ok: true, value: null };
  }
  // Written down before it is drawn to the end: a crash in between must not post it twice.
  const drawn = sent.value.complete ? fingerprint(message) : null;
  const state = sent.value.complete && atRest(message) ? 'settled' : 'posted';
  await ledger.updatePost(post.id, { ...posted, drawn, state });
  if (sent.value.complete) return { ok: true, value: null };
  return await redraw(deps, story, place, { ...post, ...posted, drawn, state });
}

/** Draws a posted card anew if it looks different by now and its pace allows; answers when to look again. */
async function redraw(
  deps: DeliverDeps,
  story: RequestStory,
  place: Place,
  post: PostRow,
): Promise<Sent<number | null>> {
  const { ledger, surface, clock } = deps;
  if (post.kind !== 'card' || post.message === null) return { ok: true, value: null };
  const message = await drawPost(deps, story, post);
  if (message === null || message.kind !== 'card') return { ok: true, value: null };
  const now = fingerprint(message);
  const rests = atRest(message);
  const age = clock.now().getTime() - Date.parse(post.postedAt ?? clock.now().toISOString());
  if (now === post.drawn) {
    if (rests && post.state !== 'settled') await ledger.updatePost(post.id, { state: 'settled' });
    // A log that grows wakes this up at every line; while something runs, its own pace is enough.
    return { ok: true, value: message.card.state === 'running' ? surface.editPaceMs(age) : null };
  }
  if (surface.freshForMs !== null && age > surface.freshForMs && message.card.state === 'running') {
    await continueBelow(ledger, surface, post);
    return { ok: true, value: 0 };
  }
  const sent = await surface.edit({ ...place, message: post.message }, { ...message, mentions: [] });
  if (!sent.ok) return sent;
  await ledger.updatePost(post.id, { drawn: now, state: rests ? 'settled' : 'posted' });
  return { ok: true, value: rests ? null : surface.editPaceMs(age) };
}

/** A message too old to be edited often stays as it is; the same card goes on in a new one. */
async function continueBelow(ledger: Ledger, surface: ChatSurface, post: PostRow): Promise<void> {
  const part = Number(/:part:(\d+)$/.exec(post.key)?.[1] ?? '1') + 1;
  await ledger.updatePost(post.id, { state: 'settled' });
  await ledger.addPosts(surface.name, post.request, [
    { ...again(post), key: `${post.key.replace(/:part:\d+$/, '')}:part:${part}` },
  ]);
}

/** Somebody deleted a message of Chiffon's: a card that is still needed comes again, everything else stays deleted. */
async function repost(
  { ledger, surface }: DeliverDeps,
  post: PostRow,
  posts: readonly PostRow[],
): Promise<void> {
  await ledger.updatePost(post.id, { state: 'dropped' });
  const base = post.key.replace(/:again:\d+$/, '');
  const times = posts.filter((other) => other.key.startsWith(`${base}:again:`)).length;
  if (post.kind !== 'card' || post.state === 'settled' || times >= repostsAtMost) return;
  await ledger.addPosts(surface.name, post.request, [{ ...again(post), key: `${base}:again:${times + 1}` }]);
}

function again(post: PostRow): NewPost {
  const { key, kind, words, hash } = post;
  return { key, kind, words, hash, loud: false, mentions: [] };
}

/** What to do when nothing can be posted: wait, open another thread, move to the home channel, or leave it at that. */
async function giveWay(
  deps: DeliverDeps,
  conversation: ConversationRow,
  sent: Extract<Sent<unknown>, { ok: false }>,
): Promise<number | null> {
  const { ledger, surface, home, log } = deps;
  if (sent.why === 'later') return sent.afterMs;
  const what = sent.why === 'gone' ? `The ${sent.what} is gone` : sent.detail;
  log.warn({ surface: surface.name, request: conversation.request, what }, 'a conversation lost its place');
  if (sent.why === 'gone' && sent.what !== 'channel' && conversation.asked !== null) {
    await startOver(ledger, { ...conversation, thread: null, asked: null });
    return 0;
  }
  if (home !== null && conversation.channel !== home) {
    await startOver(ledger, { ...conversation, channel: home, thread: null, asked: null });
    return 0;
  }
  await ledger.saveConversation({ ...conversation, lost: what });
  return null;
}

/** The conversation goes on elsewhere: its cards that still matter are posted there again. */
async function startOver(ledger: Ledger, conversation: ConversationRow): Promise<void> {
  const { surface, request } = conversation;
  await ledger.saveConversation(conversation);
  for (const post of await ledger.posts(surface, request)) {
    if (post.state !== 'posted') continue;
    await ledger.updatePost(post.id, { state: 'dropped' });
    await ledger.addPosts(surface, request, [{ ...again(post), key: `${post.key}:moved` }]);
  }
}

/** A post as a surface can send it now; null when there is nothing to say any more. */
async function drawPost(deps: DeliverDeps, story: RequestStory, post: PostRow): Promise<Outgoing | null> {
  const { ledger, house, clock, surface } = deps;
  const accounts = post.mentions.flatMap((person) => house.accountsOf(person, surface.name));
  const { run } = story;
  if (post.kind === 'card') {
    const line = run?.state === 'running' ? await lastLine(ledger, run.id) : null;
    const message = drawCard(post, story, {
      house,
      now: clock.now(),
      lastLine: line,
      page: deps.pageOf(post.request),
    });
    const calls = post.loud && wantsSomebody(message.card.state);
    return { ...message, loud: calls, mentions: calls ? accounts : [] };
  }
  if (post.kind === 'note') {
    const shows =
      run !== null &&
      (post.key === `lines:${run.id}` || (post.key === `result:${run.id}` && run.state === 'failed'));
    const output = shows ? (await lastLines(ledger, run.id, inlineLines)).lines.join('\n') : '';
    if (output === '' && post.key.startsWith('lines:')) return null;
    return {
      kind: 'note',
      words: post.words,
      output: output === '' ? null : output,
      mentions: post.loud ? accounts : [],
      loud: post.loud,
    };
  }
  if (run === null || !finalRunStates.includes(run.state)) return null;
  const { more } = await lastLines(ledger, run.id, inlineLines);
  if (!more) return null;
  return {
    kind: 'file',
    name: `run-${run.id}.log`,
    content: await wholeLog(ledger, run.id),
    words: `The whole log of run ${run.id}.`,
  };
}
