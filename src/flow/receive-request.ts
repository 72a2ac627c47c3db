import { isKeepable } from '#core/canonical.ts';
import type { HostFacts } from '#core/host.ts';
import { type Intent, serviceOf } from '#core/intent.ts';
import { listed } from '#core/listed.ts';
import type { Person, Surface } from '#core/person.ts';
import type { RecordAnswer } from '#core/record-answer.ts';
import { done, type Result, refuse } from '#core/refusal.ts';
import type { Risk } from '#core/risk.ts';
import type { Choice } from '#core/understanding.ts';
import { authorise } from '#policy/authorise.ts';
import { quietAlerts } from './acknowledge-alerts.ts';
import { answerFromRecord } from './answer-from-record.ts';
import { answerText } from './answer-text.ts';
import type { Clock } from './clock-port.ts';
import type { House } from './house.ts';
import type { Ledger, LedgerTransaction, RequestRow } from './ledger-port.ts';
import type { Planner } from './planner-port.ts';

export interface ReceivedRequest {
  readonly request: RequestRow;
  /** The plan of the same number is being drafted. */
  readonly planned: boolean;
}

/** An event of a chat platform that holds a request. */
export interface Heard {
  /** The platform's id of the event. */
  readonly id: string;
  readonly channel: string;
  readonly thread: string | null;
  /** The message that asks. */
  readonly message: string | null;
}

/** What a message comes to once it is understood, before it is written down. */
interface Answer {
  readonly state: RequestRow['state'];
  readonly reply: string;
  readonly choices?: readonly Choice[];
  readonly suggestions?: readonly string[];
  readonly intents?: readonly Intent[];
  /** The parts of an answer from the record. */
  readonly answer?: RecordAnswer;
  /** The rule that refuses, for the record. */
  readonly rule?: string;
}

/**
 * Takes a message in. It becomes a plan being drafted, a question back, an answer or a refusal, and is recorded as
 * one of them in a single transaction. Text nobody can read is refused and not stored.
 */
export async function receiveRequest(
  deps: {
    readonly ledger: Ledger;
    readonly planner: Planner;
    readonly house: House;
    readonly clock: Clock;
  },
  said: {
    readonly text: string;
    readonly person: Person;
    readonly surface: Surface;
    readonly thread: string | null;
    /** The reader's time zone, where it is known: days and times of day in the words are theirs. */
    readonly zone?: string;
    /** Where on a chat platform it was said, so that the card appears there and the same event is taken in once. */
    readonly heard?: Heard;
    /**
     * The request whose card these words were pressed on. Whoever has the same planned again from there is on it: its
     * alarms stop. Words that are typed quiet nothing; they may come from somebody who never saw the alarm.
     */
    readonly pressedOn?: number;
  },
): Promise<Result<ReceivedRequest>> {
  const { ledger, planner, house } = deps;
  if (said.thread !== null && !isKeepable(said.thread)) {
    return refuse(
      'unreadable_text',
      'The name of the thread contains a character that can’t be stored (a NUL or half of a character). Leave the thread out to open a new one. Nothing was stored.',
    );
  }
  const asked = said.thread === null ? null : await ledger.openQuestion(said.thread);
  const chosen = asked === null ? null : choiceOf(said.text, asked.choices);
  const words = chosen?.words ?? said.text;
  const seen = (await ledger.hosts()).flatMap((host): HostFacts[] =>
    host.facts === null ? [] : [host.facts],
  );
  const understanding = planner.understand(words, seen);
  if (understanding.kind === 'nothing' && understanding.why === 'unreadable') {
    return refuse('unreadable_text', understanding.reply);
  }
  const risk = 'intents' in understanding ? highestRisk(understanding.intents, planner) : null;
  const allowed = authorise(said.person, { kind: 'ask', risk }, house.people);
  if (!allowed.ok) return allowed;

  const answer: Answer =
    understanding.kind === 'intents'
      ? await answerIntents(deps, understanding.intents, { ...said, text: words }, seen)
      : understanding.kind === 'question'
        ? {
            state: 'question',
            reply: understanding.question,
            choices: understanding.choices,
            intents: understanding.intents,
          }
        : understanding.kind === 'refused'
          ? {
              state: 'refused',
              reply: understanding.reason,
              suggestions: understanding.suggestions,
              rule: understanding.rule,
            }
          : { state: 'answered', reply: understanding.reply, suggestions: understanding.suggestions };

  const again = await askedAgain(deps, said);
  return ledger.transact(async (tx) => {
    const { text, person, surface, thread, heard } = said;
    if (heard !== undefined && !(await tx.noteHeard(surface, heard.id))) {
      return refuse('already_heard', 'This message was taken in before; its thread shows what came of it.');
    }
    // Two presses of one button, or two people at the same instant: the first answer counts.
    const first = asked === null || (await tx.closeQuestion(asked.id));
    if (!first && chosen !== null) {
      return refuse(
        'already_answered',
        `The question of R-${asked.id} was answered a moment ago, so “${chosen.label}” started nothing more.`,
      );
    }
    const request = await tx.insertRequest({ text, person: person.id, surface, thread });
    if (heard !== undefined) {
      await tx.saveConversation({
        surface,
        request: request.id,
        channel: heard.channel,
        thread: heard.thread,
        asked: heard.message,
        lost: null,
      });
    }
    await tx.append({
      stream: `request:${request.id}`,
      kind: 'request.received',
      actor: said.person.id,
      plan: request.id,
      summary: `${said.person.name} asked: ${said.text}`,
      data: { text: said.text, surface: said.surface, thread: request.thread },
    });
    await tx.answerRequest(request.id, answer);
    await recordAnswer(tx, request, answer);
    if (again !== null && (answer.state === 'planned' || answer.state === 'question'))
      await quietAlerts(tx, { request: again, person, surface });
    const current: RequestRow = {
      ...request,
      ...answer,
      choices: answer.choices ?? [],
      suggestions: answer.suggestions ?? [],
      intents: answer.intents ?? [],
      answer: answer.answer ?? null,
    };
    return done({ request: current, planned: answer.state === 'planned' });
  });
}

/** The request that is asked for once more, by somebody who may say that they are on it; null for everything else. */
async function askedAgain(
  { ledger, house }: { readonly ledger: Ledger; readonly house: House },
  said: { readonly text: string; readonly person: Person; readonly pressedOn?: number },
): Promise<number | null> {
  if (said.pressedOn === undefined) return null;
  const before = await ledger.request(said.pressedOn);
  if (before === null || before.text !== said.text) return null;
  return authorise(said.person, { kind: 'acknowledge' }, house.people).ok ? before.id : null;
}

async function recordAnswer(tx: LedgerTransaction, request: RequestRow, answer: Answer): Promise<void> {
  const stream = `request:${request.id}`;
  const common = {
    stream,
    actor: 'chiffon',
    plan: request.id,
    ...serviceOf(answer.intents ?? []),
  };
  if (answer.state === 'planned') {
    await tx.insertPlan({ id: request.id, title: request.text });
    await tx.append({
      ...common,
      stream: `plan:${request.id}`,
      kind: 'plan.drafting',
      summary: `Drafting a plan for “${request.text}”.`,
      data: { intents: answer.intents ?? [] },
    });
    await tx.enqueue({ kind: 'draft', id: String(request.id) });
    return;
  }
  const kinds = {
    answered: 'request.answered',
    question: 'request.question',
    refused: 'request.refused',
    received: 'request.answered',
  } as const;
  await tx.append({
    ...common,
    kind: kinds[answer.state],
    summary: answer.reply,
    ...(answer.state === 'refused' ? { outcome: 'refused' as const } : {}),
    data: {
      rule: answer.rule,
      intents: answer.intents ?? [],
      choices: (answer.choices ?? []).map((choice) => choice.label),
    },
  });
}

async function answerIntents(
  deps: {
    readonly ledger: Ledger;
    readonly planner: Planner;
    readonly house: House;
    readonly clock: Clock;
  },
  intents: readonly Intent[],
  said: {
    readonly text: string;
    readonly person: Person;
    readonly thread: string | null;
    readonly zone?: string;
  },
  seen: readonly HostFacts[],
): Promise<Answer> {
  const { planner, house, clock } = deps;
  const hands = intents.map((intent) => planner.hands(intent.command));
  if (hands.every((hand) => hand === 'ledger')) {
    const zone = said.zone ?? house.timeZone;
    const asking = { words: said.text, person: said.person, zone, thread: said.thread };
    const texts: string[] = [];
    const parts: RecordAnswer[] = [];
    for (const intent of intents) {
      const answer = await answerFromRecord(deps, { ...asking, intent });
      if (answer !== null) parts.push(answer);
      const reader = { now: clock.now(), zone, address: house.pageAt };
      texts.push(answer === null ? planner.help(seen) : answerText(answer, reader));
    }
    const [only] = parts;
    // Two questions in one message are answered as text, one below the other.
    return {
      state: 'answered',
      reply: texts.join('\n\n'),
      intents,
      ...(only === undefined || texts.length > 1 ? {} : { answer: only }),
    };
  }
  if (hands.includes('ledger')) {
    return {
      state: 'answered',
      reply:
        'This message mixes a question about the record with work on a machine. Send them one after the other; nothing was started.',
      intents,
    };
  }
  const placed = planner.place(intents, seen);
  if (placed.kind === 'question')
    return { state: 'question', reply: placed.question, choices: placed.choices, intents };
  if (placed.kind === 'impossible')
    return { state: 'answered', reply: placed.reason, suggestions: placed.suggestions, intents };
  return {
    state: 'planned',
    reply: `Looking at ${listOf(placed.hosts)} to rehearse this.`,
    intents: placed.intents,
  };
}

function highestRisk(intents: readonly Intent[], planner: Pick<Planner, 'riskOf'>): Risk | null {
  const risks = intents.map((intent) => planner.riskOf(intent.command));
  return (['destructive', 'change', 'read'] as const).find((risk) => risks.includes(risk)) ?? null;
}

/** The choice a short answer means: "2", "2.", or the choice's own label or words; null for anything else, a new request. */
function choiceOf(text: string, choices: readonly Choice[]): Choice | null {
  const said = text
    .trim()
    .toLowerCase()
    .replace(/[.)!]+$/u, '');
  const number = /^[1-9][0-9]?$/u.test(said) ? Number(said) : Number.NaN;
  return (
    choices[number - 1] ??
    choices.find((choice) => choice.label.toLowerCase() === said || choice.words.toLowerCase() === said) ??
    null
  );
}

function listOf(names: readonly string[]): string {
  return names.length === 0 ? 'the record' : listed(names, 'and');
}
