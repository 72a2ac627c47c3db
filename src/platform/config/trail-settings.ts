import { z } from 'zod';
import { filePath } from './file-path.ts';

/** The git trail: what was decided and what came of it, as commits. */
export const TrailSettings = z.strictObject({
  enabled: z.boolean().default(true).meta({
    description:
      'Whether every decision and every result is also committed to a git repository. Without it, changes by somebody who may do everything in the database can go unseen.',
  }),
  folder: filePath
    .nullable()
    .default(null)
    .meta({
      description: 'The folder of the repository. Without it, git-trail in the data folder.',
      examples: ['/var/lib/chiffon/git-trail'],
    }),
  remote: z
    .string()
    .min(1)
    .regex(/^(?!-)(?![a-z+]+:\/\/[^/]*:[^/]*@)\S+$/)
    .nullable()
    .default(null)
    .meta({
      title: 'the address of a repository, as git writes it, without a password',
      description:
        'Where commits are pushed to. What was pushed to another machine can’t be taken back by whoever controls this one. Use SSH keys or a credential helper: an address with a password is refused.',
      examples: ['git@git.example.org:home/chiffon-trail.git'],
    }),
  signingKey: filePath
    .nullable()
    .default(null)
    .meta({
      description:
        'An SSH key that signs every commit: a private key file without a passphrase with its .pub beside it, or a .pub whose private half is in the SSH agent.',
      examples: ['~/.ssh/chiffon_signing'],
    }),
  authorName: z
    .string()
    .regex(/^[^<>\p{Cc}]{1,60}$/u)
    .default('Chiffon')
    .meta({ title: 'a name', description: 'Who the commits are by.' }),
  authorEmail: z
    .string()
    .regex(/^[^<>\s\p{Cc}]{1,120}$/u)
    .default('chiffon@localhost')
    .meta({ title: 'an e-mail address', description: 'The address that goes with it.' }),
});
