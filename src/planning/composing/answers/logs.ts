import { type Answer, count } from './answer.ts';

/** "The last 100 lines of Immich on n100. 3 of them speak of an error." */
export const answerLogs: Answer = ({ host, title, steps, printed }) => {
  const text = printed(
    steps.some((step) => step.uses === 'shell' && step.command.startsWith('tail')) ? 'tail' : 'docker logs',
  );
  if (text === null) return null;
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  if (lines.length === 0) return `${title} on ${host} has written nothing to its log.`;
  const bad = lines.filter((line) => /\b(?:error|fatal|panic|exception|critical)\b/i.test(line)).length;
  const first =
    lines.length === 1
      ? `The log of ${title} on ${host} has one line.`
      : `The last ${lines.length} lines of ${title} on ${host}.`;
  if (bad === 0) return `${first} None of them speaks of an error.`;
  return `${first} ${count(bad, 'of them speaks', 'of them speak')} of an error.`;
};
