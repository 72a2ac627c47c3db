import { quoteWord } from '../../shell/quote-word.ts';
import type { WallPart } from '../wall.ts';

/** On the machine Chiffon itself runs on: its data, and every file the configuration names for a secret, are its own. */
export function ownData(own: { readonly data: string; readonly secretFiles: readonly string[] }): WallPart {
  const data = quoteWord(own.data);
  const secrets = own.secretFiles.map((file) => quoteWord(file)).join(' ');
  return {
    name: 'Chiffon’s own data',
    why: 'Whoever reads the keys and tokens in there can do everything Chiffon can, without being asked for a yes.',
    notes: ['This belongs to the machine Chiffon runs on, and to the user it runs as.'],
    files: [],
    commands: [`chmod -R go-rwx ${data}`, ...(secrets === '' ? [] : [`chmod 600 ${secrets}`])],
    undo: [`chmod MODE FILE   # for each file somebody else should read after all`],
    optional: false,
  };
}
