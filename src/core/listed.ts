/** Words as a sentence lists them: "a", "a or b", "a, b or c"; empty for none. */
export function listed(words: readonly (string | number)[], link: 'and' | 'or'): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} ${link} ${words.at(-1)}`;
}
