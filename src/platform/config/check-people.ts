import { labelOf } from './label.ts';
import type { Mistake } from './mistake.ts';
import type { ReadSecrets } from './read-secrets.ts';
import type { Path } from './settings-tree.ts';
import { entriesOf, type Source, texts } from './source.ts';

/** Ids, accounts and tokens given to two people, and a house without an owner. */
export function checkPeople(source: Source, secrets: ReadSecrets): Mistake[] {
  const people = entriesOf(source.raw, 'people');
  if (people.length === 0) return [];
  const mistakes: Mistake[] = [];
  const owners = new Map<string, string>();
  const claim = (key: string, of: { at: number; path: Path; words: string; remedy: string }): void => {
    const first = owners.get(key);
    if (first === undefined) {
      owners.set(key, labelOf(['people', of.at], source));
      return;
    }
    const problem = `${of.words} is given twice; ${first} has it already.`;
    mistakes.push({ ...source.placeOf(of.path), problem, remedy: of.remedy });
  };
  // The console's token is that of the first owner: whoever else had the same could not be told from them.
  const consoleToken = secrets.found.get('console.tokenFile')?.reveal();
  const owner = people.find(({ entry }) => entry['role'] === 'owner');
  for (const { at, entry } of people) {
    for (const id of texts(entry['id'])) {
      const remedy = 'Give each person an id of their own.';
      claim(`id ${id}`, { at, path: ['people', at, 'id'], words: `The id "${id}"`, remedy });
    }
    const accounts = Array.isArray(entry['accounts']) ? entry['accounts'] : [];
    for (const [i, account] of accounts.entries()) {
      for (const name of texts(account)) {
        const remedy = 'Leave it with the one person who writes from it.';
        claim(`account ${name}`, {
          at,
          path: ['people', at, 'accounts', i],
          words: `The account "${name}"`,
          remedy,
        });
      }
    }
    const token = secrets.found.get(`people.${at}.tokenFile`);
    if (token !== undefined) {
      const remedy = 'Give each person a token of their own.';
      const words = `The token of ${labelOf(['people', at], source)}`;
      if (token.reveal() === consoleToken && at !== owner?.at) {
        const problem = `${words} is the same as the console’s, which belongs to ${owner === undefined ? 'the owner' : labelOf(['people', owner.at], source)}.`;
        mistakes.push({ ...source.placeOf(['people', at, 'tokenFile']), problem, remedy });
      }
      claim(`token ${token.reveal()}`, { at, path: ['people', at, 'tokenFile'], words, remedy });
    }
  }
  if (!people.some(({ entry }) => entry['role'] === 'owner')) {
    mistakes.push({
      ...source.placeOf(['people']),
      problem: 'Nobody is an owner, so nobody could approve what deletes something for good.',
      remedy: 'Give one person "role: owner".',
    });
  }
  return mistakes;
}
