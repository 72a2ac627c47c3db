import { listed } from './listed.ts';

/** The HTTP statuses a step takes for an answer, as people read them: "200", "200 or 302", "200, 204 or 302". */
export function statusWords(statuses: readonly number[]): string {
  return listed(statuses, 'or');
}
