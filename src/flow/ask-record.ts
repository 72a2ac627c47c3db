import type { HostFacts } from '#core/host.ts';
import type { Intent } from '#core/intent.ts';
import type { Person } from '#core/person.ts';
import type { RecordAnswer } from '#core/record-answer.ts';
import { answerFromRecord } from './answer-from-record.ts';
import { answerText } from './answer-text.ts';
import type { Clock } from './clock-port.ts';
import type { House } from './house.ts';
import type { Ledger } from './ledger-port.ts';
import type { Planner } from './planner-port.ts';

/** What a question about the record came to. */
export interface RecordReply {
  /** Null when the words ask for something else, or for nothing that is understood. */
  readonly answer: RecordAnswer | null;
  /** What was understood. */
  readonly intents: readonly Intent[];
  /** The answer as text, or what to do instead. */
  readonly text: string;
  readonly suggestions: readonly string[];
}

/** What a person may type when nothing better is known. */
const examples = [
  'all failures in the last week',
  'who approved what this month',
  'what ran yesterday between 2 and 4 am',
];

/**
 * Answers a question about the record without writing anything down: nothing is planned and nothing runs, whatever the
 * words say. Of several questions in one message the first is answered.
 */
export async function askRecord(
  deps: {
    readonly ledger: Ledger;
    readonly planner: Planner;
    readonly house: House;
    readonly clock: Clock;
  },
  asked: { readonly text: string; readonly person: Person; readonly zone?: string | undefined },
): Promise<RecordReply> {
  const { ledger, planner, house, clock } = deps;
  const seen = (await ledger.hosts()).flatMap(({ facts }): HostFacts[] => (facts === null ? [] : [facts]));
  const understanding = planner.understand(asked.text, seen);
  if (understanding.kind === 'nothing')
    return { answer: null, intents: [], text: understanding.reply, suggestions: examples };
  if (understanding.kind === 'refused')
    return { answer: null, intents: [], text: understanding.reason, suggestions: examples };
  if (understanding.kind === 'question') {
    const suggestions = understanding.choices.map(({ words }) => words);
    return { answer: null, intents: understanding.intents, text: understanding.question, suggestions };
  }
  const zone = asked.zone ?? house.timeZone;
  const { intents } = understanding;
  for (const intent of intents) {
    const answer = await answerFromRecord(deps, {
      intent,
      words: asked.text,
      person: asked.person,
      zone,
      thread: null,
    });
    if (answer === null) continue;
    const text = answerText(answer, { now: clock.now(), zone, address: house.pageAt });
    return { answer, intents, text, suggestions: [] };
  }
  return {
    answer: null,
    intents,
    text: 'This asks for something to be looked at or done on a machine, and not about the record. Ask for it in chat or on the Ask page; nothing was started.',
    suggestions: examples,
  };
}
