import { openPlanner } from '#assembly/open-planner.ts';
import type { Planner } from '#flow/planner-port.ts';
import type { CommandLine } from './command-line.ts';
import { openConfig, printMistakes } from './open-config.ts';
import { exit, type Terminal } from './output.ts';
import { type PlanAnswer, planAnswer } from './plan-answer.ts';
import { readLines } from './read-lines.ts';

/** Shows what words would become. Needs no database and no network and runs nothing. */
export async function plan(line: CommandLine, terminal: Terminal): Promise<number> {
  const opened = openConfig(line.options, terminal);
  if (typeof opened === 'number') return opened;
  const { config } = opened;
  if (line.options.as !== undefined && !config.people.some((person) => person.id === line.options.as)) {
    terminal.remark(
      `Nobody called “${line.options.as}” is configured. There are: ${config.people.map((person) => person.id).join(', ')}.`,
    );
    return exit.usage;
  }
  const built = openPlanner(config);
  if (!built.ok) {
    printMistakes(terminal, 'The catalog', built.mistakes);
    return exit.usage;
  }
  const words = line.words.join(' ');
  if (line.options.batch === true) {
    if (words === '') return batch(built.planner, terminal);
    terminal.remark('With --batch the messages come from stdin, one a line; leave the words out.');
    return exit.usage;
  }
  if (words.trim() === '') {
    terminal.remark(
      'Say what to plan for, for example: chiffon plan "deploy kuma". With --batch, messages are read from stdin.',
    );
    return exit.usage;
  }
  const answer = planAnswer(built.planner, words);
  if (terminal.json) terminal.answer(answer);
  else for (const text of inWords(answer)) terminal.line(text);
  return answer.understood && answer.question === null ? exit.done : exit.refused;
}

async function batch(planner: Planner, terminal: Terminal): Promise<number> {
  for await (const words of readLines(process.stdin)) {
    // What is not text is answered like any other message that can't be read.
    terminal.answer(planAnswer(planner, words ?? '\ufffd'));
  }
  return exit.done;
}

function inWords(answer: PlanAnswer): string[] {
  if (answer.steps.length === 0)
    return [answer.reply, ...answer.suggestions.map((words) => `  try: ${words}`)];
  return [
    `${answer.title ?? ''} (risk: ${answer.risk})`,
    ...answer.steps.map(
      (step, index) =>
        `  ${index + 1}. ${step.summary}${step.command === undefined ? '' : `\n     ${step.command}`}`,
    ),
    ...(answer.question === null ? [] : [answer.question]),
    `hash ${answer.hash}`,
  ];
}
