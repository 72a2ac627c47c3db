/** The HTTP statuses a step takes for an answer, as people read them: "200", "200 or 302", "200, 204 or 302". */
export function statusWords(statuses: readonly number[]): string {
  const last = statuses.at(-1) ?? '';
  return statuses.length < 2 ? String(last) : `${statuses.slice(0, -1).join(', ')} or ${last}`;
}
