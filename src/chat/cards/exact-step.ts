import type { Step } from '#core/step.ts';

/** What runs, to the letter. */
export function exactStep(step: Step): string {
  switch (step.uses) {
    case 'shell':
      return step.command;
    case 'file':
      return `write ${step.path} (mode ${step.mode})`;
    case 'http':
      return `GET ${step.url} until it answers ${listed(step.expectStatus)}${step.expectBody === undefined ? '' : ` with “${step.expectBody}”`}, for up to ${step.withinSeconds} s`;
    case 'wait':
      return `wait ${step.seconds} s`;
  }
}

/** "200", "200 or 302", "200, 204 or 302". */
function listed(numbers: readonly number[]): string {
  return [numbers.slice(0, -1).join(', '), ...numbers.slice(-1)].filter((part) => part !== '').join(' or ');
}
