import { buildCard } from '#chat/cards/build-card.ts';
import { readStory } from '#chat/cards/request-story.ts';
import { readCommand } from '#chat/read-command.ts';
import type { Act, Answer, ChatSurfaceName, Heard, Place } from '#chat/surface-port.ts';
import type { Person } from '#core/person.ts';
import { done, type Result, refuse } from '#core/refusal.ts';
import { acknowledgeAlerts } from '#flow/acknowledge-alerts.ts';
import type { Clock } from '#flow/clock-port.ts';
import { decideApproval } from '#flow/decide-approval.ts';
import type { House } from '#flow/house.ts';
import type { Ledger } from '#flow/ledger-port.ts';
import type { Planner } from '#flow/planner-port.ts';
import { receiveRequest } from '#flow/receive-request.ts';
import { reconcileTask } from '#flow/reconcile-task.ts';
import { stopRun } from '#flow/stop-run.ts';

export interface HearDeps {
  readonly ledger: Ledger;
  readonly planner: Planner;
  readonly house: House;
  readonly clock: Clock;
  readonly surface: ChatSurfaceName;
  /** Resolves when what is being posted at this moment is written down, so that it is known which cards people see. */
  readonly settled: () => Promise<void>;
  /** Channels in which people nobody configured may look. */
  readonly guestsIn: readonly string[];
}

/**
 * Does what somebody asked for on a chat platform, through the same verbs as every other surface. The same event
 * delivered twice is acted on once. What the whole room should know appears in the thread; the answer is for the one
 * who acted.
 */
export async function hear(deps: HearDeps, heard: Heard): Promise<Answer> {
  const { ledger, surface } = deps;
  const act = heard.act.kind === 'say' ? (readCommand(heard.act.text) ?? heard.act) : heard.act;
  if (heard.overheard === true && !(await concernsThisPlace(deps, heard.place, act))) return { kind: 'done' };
  if (await ledger.wasHeard(surface, heard.id)) return { kind: 'done' };
  const person = whoIs(deps, heard);
  if (person === null) {
    await ledger.noteHeard(surface, heard.id);
    return {
      kind: 'tell',
      words: `Chiffon does not know the account ${heard.account}, so nothing was done. The owner can add “${surface}:${heard.account}” to the accounts of a person in the configuration.`,
    };
  }
  const result = await perform(deps, heard, person, act);
  // A request notes its event in its own transaction; for everything else doing it again changes nothing.
  await ledger.noteHeard(surface, heard.id);
  return result.ok || result.code === 'already_heard'
    ? { kind: 'done' }
    : { kind: 'tell', words: result.reason };
}

/**
 * Whether overheard words were a command, such as a card asks for, about a request whose conversation is in this place.
 * A client without threads has nowhere else to type it.
 */
async function concernsThisPlace({ ledger, surface }: HearDeps, place: Place, act: Act): Promise<boolean> {
  if (act.kind === 'say') return false;
  const request = 'plan' in act ? act.plan : act.request;
  return (await ledger.conversation(surface, request))?.channel === place.channel;
}

function whoIs({ house, surface, guestsIn }: HearDeps, heard: Heard): Person | null {
  const known = house.personOf(surface, heard.account);
  if (known !== null) return known;
  if (!guestsIn.includes(heard.place.channel)) return null;
  return { id: `${surface}:${heard.account}`, name: 'A guest', role: 'guest' };
}

async function perform(deps: HearDeps, heard: Heard, person: Person, act: Act): Promise<Result<unknown>> {
  const { ledger, surface } = deps;
  switch (act.kind) {
    case 'say':
      return await ask(deps, heard, person, act.text);
    case 'decide': {
      const hash = await hashMeant(deps, act.plan, act.hash);
      if (hash === null) {
        return refuse(
          'hash_needed',
          `No card of P-${act.plan} was shown here, so it is not clear which revision is meant. Open the request and decide there. Nothing ran.`,
        );
      }
      const { decision, comment, code } = act;
      return await decideApproval(deps, {
        plan: act.plan,
        person,
        surface,
        ...(heard.message === null ? {} : { message: heard.message }),
        decision: { decision, hash, comment, code },
      });
    }
    case 'stop': {
      const run = (await ledger.runs(act.plan)).at(-1);
      if (run === undefined)
        return refuse('not_found', `P-${act.plan} has no run; there is nothing to stop.`);
      return await stopRun(deps, { run: run.id, person });
    }
    case 'answer':
    case 'suggestion': {
      const words = await wordsOfAction(deps, act, person);
      if (words === null) {
        return refuse(
          'gone',
          'This choice is no longer open; say in your own words what you want. Nothing ran.',
        );
      }
      return await ask(deps, heard, person, words, act.request);
    }
    case 'settle': {
      const run = (await ledger.runs(act.plan)).at(-1);
      const task =
        run === undefined ? undefined : (await ledger.tasks(run.id)).find(({ state }) => state === 'review');
      if (task === undefined)
        return refuse('not_in_review', `No step of P-${act.plan} is in doubt; there is nothing to settle.`);
      return await reconcileTask(deps, { task: task.id, verdict: act.verdict, person });
    }
    case 'acknowledge':
      return await acknowledgeAlerts(deps, { request: act.request, person, surface });
  }
}

async function ask(
  deps: HearDeps,
  heard: Heard,
  person: Person,
  text: string,
  pressedOn?: number,
): Promise<Result<unknown>> {
  const { channel, thread } = heard.place;
  const received = await receiveRequest(deps, {
    text,
    person,
    surface: deps.surface,
    thread: await threadName(deps, heard),
    heard: { id: heard.id, channel, thread, message: heard.message },
    ...(pressedOn === undefined ? {} : { pressedOn }),
  });
  return received.ok ? done(received.value) : received;
}

/**
 * The name under which an answer finds the question it is for. Whatever is said in a thread belongs to what opened it;
 * a thread that is yet to be opened hangs below its message; a direct message is one long thread.
 */
async function threadName({ ledger, surface }: HearDeps, heard: Heard): Promise<string | null> {
  const { channel, thread } = heard.place;
  if (thread === null) {
    const below = heard.direct ? channel : heard.message;
    return below === null ? null : `${surface}:${below}`;
  }
  const opened = await ledger.conversationIn(surface, thread);
  const first = opened === null ? null : await ledger.request(opened.request);
  return first?.thread ?? `${surface}:${thread}`;
}

/**
 * The hash somebody meant: of the revision whose beginning they named or, when they named none, of the newest card
 * that was shown here. One that fits no revision, or several, is handed on as it is and refused as out of date.
 */
async function hashMeant(deps: HearDeps, plan: number, named: string | null): Promise<string | null> {
  const { ledger } = deps;
  if (named === null) {
    const shown = await hashShown(deps, plan);
    if (shown !== null) return shown;
    // The first card stands there for everybody a moment before it is written down that it does. A later one is not
    // waited for: whoever has seen an earlier card may mean that one.
    await deps.settled();
    return await hashShown(deps, plan);
  }
  const meant = (await ledger.revisions(plan)).filter(({ hash }) => hash.startsWith(named.toLowerCase()));
  return (meant.length === 1 ? meant[0]?.hash : undefined) ?? named;
}

async function hashShown({ ledger, surface }: HearDeps, plan: number): Promise<string | null> {
  const posts = await ledger.posts(surface, plan);
  return posts.findLast((post) => post.hash !== null && post.message !== null)?.hash ?? null;
}

/** What a button of a question or a suggestion stands for, from the card as it is now. */
async function wordsOfAction(
  { ledger, house, clock }: HearDeps,
  act: Extract<Act, { kind: 'answer' | 'suggestion' }>,
  person: Person,
): Promise<string | null> {
  const story = await readStory(ledger, act.request);
  if (story === null) return null;
  const kind = act.kind === 'answer' ? 'answer' : 'ask';
  const actions = buildCard(story, { person, house }, clock.now()).actions.filter(
    (action) => action.kind === kind,
  );
  return actions[act.index]?.value ?? null;
}
