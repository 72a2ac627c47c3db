import { statusWords } from '#core/status-words.ts';
import type { Step } from '#core/step.ts';

/** What runs, to the letter. */
export function exactStep(step: Step): string {
  switch (step.uses) {
    case 'shell':
      return step.command;
    case 'file':
      return `write ${step.path} (mode ${step.mode})`;
    case 'http':
      return `GET ${step.url} until it answers ${statusWords(step.expectStatus)}${step.expectBody === undefined ? '' : ` with “${step.expectBody}”`}, for up to ${step.withinSeconds} s`;
    case 'wait':
      return `wait ${step.seconds} s`;
  }
}
