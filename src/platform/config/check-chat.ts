import type { Mistake } from './mistake.ts';
import type { ReadSecrets } from './read-secrets.ts';
import { type Source, valueAt } from './source.ts';

/** A token for Matrix without the homeserver and the id it belongs to. */
export function checkChat(source: Source, secrets: ReadSecrets): Mistake[] {
  if (!secrets.named.has('matrix.tokenFile')) return [];
  return ['homeserver', 'userId'].flatMap((key) =>
    typeof valueAt(source.raw, ['matrix', key]) === 'string'
      ? []
      : [
          {
            ...source.placeOf(['matrix']),
            problem: `There is a token for Matrix, and matrix.${key} is not set.`,
            remedy:
              key === 'homeserver'
                ? 'Name the address of the homeserver, for example https://matrix.example.org.'
                : 'Name the Matrix id the token belongs to, for example @chiffon:example.org.',
          },
        ],
  );
}
