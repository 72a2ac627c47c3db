import type { Card } from '#core/card.ts';
import { effectWords } from './effect-words.ts';

/** Everything a yes to a card means, to the letter, as a text file: what the card is too small for. */
export function stepsFile(card: Card): { readonly name: string; readonly content: string } {
  const head = [
    `${card.title}`,
    `Plan ${card.plan ?? card.request}, revision ${card.revision ?? 1}`,
    ...(card.hash === null ? [] : [`SHA-256 ${card.hash}`]),
    ...section('Read this before you approve', card.warnings ?? []),
    ...section('What changes', card.effects.map(effectWords)),
    ...section('Seen on the machines', [
      ...(card.rehearsal?.facts.map(({ label, value }) => `${label}: ${value}`) ?? []),
      ...(card.rehearsal?.notes ?? []),
    ]),
    '',
    `Undo: ${card.undo ?? 'none'}`,
    ...(card.verification === null ? [] : [`Check: ${card.verification}`]),
  ];
  const steps = card.steps.map((step) =>
    [
      `Step ${step.position} of ${card.steps.length} on ${step.target}: ${step.summary}`,
      '',
      step.exact,
      ...(step.content === null
        ? []
        : ['', '--- the whole file ---', step.content, '--- end of the file ---']),
      ...(step.diff === null ? [] : ['', '--- what changes ---', step.diff, '--- end of the changes ---']),
      '',
      `Undo: ${step.undo}`,
      `Rehearsed: ${step.rehearsed ? 'yes' : 'no'}${step.rehearsalNote === null ? '' : `, ${step.rehearsalNote}`}`,
    ].join('\n'),
  );
  const rule = '-'.repeat(72);
  return {
    name: `steps-${card.plan ?? card.request}-${card.revision ?? 1}.txt`,
    content: `${head.join('\n')}\n\n${steps.join(`\n\n${rule}\n\n`)}\n`,
  };
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', `${title}:`, ...lines.map((line) => `  ${line}`)];
}
