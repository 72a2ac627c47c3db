import type { Intent } from '#core/intent.ts';
import { type PlanContent, planHash } from '#core/plan.ts';
import type { Risk } from '#core/risk.ts';
import { worstRisk } from '#core/risk.ts';
import type { Planner } from '#flow/planner-port.ts';

/** What `chiffon plan --json` prints. */
export interface PlanAnswer {
  readonly understood: boolean;
  /** Who understood the words: the catalog, a model, or nobody. */
  readonly source: 'catalog' | 'model' | null;
  readonly intents: readonly Intent[];
  readonly risk: Risk | null;
  readonly title: string | null;
  readonly steps: readonly {
    readonly id: string;
    readonly uses: string;
    readonly target: string;
    readonly summary: string;
    readonly command?: string;
  }[];
  readonly question: string | null;
  readonly suggestions: readonly string[];
  /** What Chiffon would answer in chat. */
  readonly reply: string;
  readonly hash: string | null;
}

const nothing: PlanAnswer = {
  understood: false,
  source: null,
  intents: [],
  risk: null,
  title: null,
  steps: [],
  question: null,
  suggestions: [],
  reply: '',
  hash: null,
};

/** Understands words and composes what they would become on a typical machine. */
export function planAnswer(planner: Planner, words: string): PlanAnswer {
  const understanding = planner.understand(words);
  switch (understanding.kind) {
    case 'nothing':
      return { ...nothing, reply: understanding.reply, suggestions: understanding.suggestions };
    case 'refused':
      return { ...nothing, reply: understanding.reason, suggestions: understanding.suggestions };
    case 'question':
      return {
        ...nothing,
        understood: true,
        source: 'catalog',
        intents: understanding.intents,
        question: understanding.question,
        suggestions: understanding.choices.map((choice) => choice.words),
        reply: understanding.question,
      };
    case 'intents':
      return composed(planner, understanding.intents);
  }
}

function composed(planner: Planner, intents: readonly Intent[]): PlanAnswer {
  const known = {
    ...nothing,
    understood: true,
    source: 'catalog' as const,
    intents,
    risk: worstRisk(intents.map((intent) => planner.riskOf(intent.command))),
  };
  const handless = intents.filter((intent) => planner.hands(intent.command) !== 'steps');
  if (handless.length > 0) {
    const why = [...new Set(handless.map((intent) => planner.about(intent.command)))].join(' ');
    const rest = handless.length < intents.length ? ' Nothing else of this message is planned either.' : '';
    return { ...known, reply: `${why}${rest}` };
  }
  const composition = planner.composeUnseen(intents);
  if (composition.kind === 'question') {
    return {
      ...known,
      question: composition.question,
      suggestions: composition.choices.map((choice) => choice.words),
      reply: composition.question,
    };
  }
  if (composition.kind === 'impossible')
    return { ...known, reply: composition.reason, suggestions: composition.suggestions };
  const { content } = composition;
  return {
    ...known,
    risk: content.risk,
    title: content.title,
    steps: content.steps.map(stepLine),
    reply: `${content.title}.`,
    hash: planHash(content),
  };
}

function stepLine(step: PlanContent['steps'][number]): PlanAnswer['steps'][number] {
  const line = { id: step.id, uses: step.uses, target: step.target, summary: step.summary };
  return step.uses === 'shell' ? { ...line, command: step.command } : line;
}
