import type { NewRequestAnswer } from '#api/contract/requests.ts';
import type { Card } from '#core/card.ts';
import type { Terminal } from '../output.ts';
import { type ApiClient, ApiRefusal } from './api-client.ts';
import { createFollower } from './follower.ts';
import { type Decision, readDecision } from './read-decision.ts';
import type { SpokenLines } from './spoken-lines.ts';

/**
 * The talk: each line is a decision about the card in front of the person, or a message. Ends when they leave.
 *
 * @throws ApiRefusal when Chiffon doesn't let the person in.
 */
export async function talk(api: ApiClient, lines: SpokenLines, terminal: Terminal): Promise<void> {
  const { person, examples } = await api.me();
  terminal.line(
    `Hello ${person.name}. Say what you want done, for example: ${examples.map((words) => `“${words}”`).join(', ')}.`,
  );
  terminal.line('A plan is answered with approve, changes <what>, or reject. Ctrl+D leaves.');
  const follower = createFollower(api, terminal);
  let thread: string | null = null;
  let open: { readonly request: string; readonly card: Card } | null = null;

  const follow = async (request: string): Promise<void> => {
    const watch = lines.watch();
    try {
      const card = await follower.follow(request, watch.signal, () =>
        lines.takeIf((line) => /^stop$/iu.test(line)),
      );
      open = { request, card };
      if (watch.signal.aborted && card.actions.some(({ kind }) => kind === 'cancel'))
        terminal.line(`${card.stateWord}; it goes on while you don’t look. “stop” stops it, Ctrl+D leaves.`);
    } finally {
      watch.over();
    }
  };

  const hear = async (said: string): Promise<void> => {
    const decision = open === null ? null : readDecision(said, open.card);
    if (open !== null && decision !== null) {
      if (decision.kind === 'unclear') return terminal.line(decision.words);
      const { request, card } = open;
      await carryOut(api, card, decision).catch((error: unknown) => {
        // The card below shows how things stand now: somebody else may have been quicker.
        if (!(error instanceof ApiRefusal)) throw error;
        terminal.line(error.message);
      });
      return follow(request);
    }
    const answer = await api.ask(said, thread);
    thread = answer.state === 'question' ? answer.threadId : null;
    open = null;
    if (answer.planId === null) printAnswer(answer, terminal);
    else await follow(answer.requestId);
  };

  for (;;) {
    lines.prompt();
    const said = await lines.next();
    if (said === null) return;
    if (said === '') continue;
    try {
      await hear(said);
    } catch (error) {
      if (!(error instanceof ApiRefusal)) throw error;
      terminal.line(error.message);
    }
  }
}

async function carryOut(
  api: ApiClient,
  card: Card,
  decision: Exclude<Decision, { kind: 'unclear' }>,
): Promise<void> {
  switch (decision.kind) {
    case 'approve':
      return api.decide(card, 'approve', decision.code === null ? {} : { code: decision.code });
    case 'reject':
    case 'changes':
      return api.decide(card, decision.kind, decision.comment === '' ? {} : { comment: decision.comment });
    case 'stop':
      return card.run === null ? undefined : api.stop(card.run);
    case 'reconcile':
      return card.run === null ? undefined : api.reconcile(card.run, decision.verdict);
  }
}

function printAnswer(answer: NewRequestAnswer, terminal: Terminal): void {
  terminal.line(answer.reply);
  answer.choices.forEach((choice, index) => {
    terminal.line(`  ${index + 1} ${choice.label}${choice.fact === undefined ? '' : ` (${choice.fact})`}`);
  });
  for (const words of answer.suggestions) terminal.line(`  try: ${words}`);
}
