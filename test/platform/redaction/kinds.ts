import { allRules } from '#platform/redaction/rules/all-rules.ts';
import { plainSample, secretsOf } from './samples.ts';

/** A text with secrets in it. */
export interface Sample {
  readonly kind: string;
  readonly text: string;
  /** What may be seen of it nowhere. */
  readonly secrets: readonly string[];
}

/** Every sample of every rule: one that is secret only because of what stands beside it, too. */
export const allSamples: readonly Sample[] = allRules.flatMap(({ kind, examples }) =>
  examples.secret.map((sample) => ({ kind, text: plainSample(sample), secrets: secretsOf(sample) })),
);

/** The first sample of a rule whose text says this. */
function sampleWith(words: string): Sample {
  const found = allSamples.find(({ text }) => text.includes(words));
  if (found === undefined) throw new Error(`no sample says ${words}`);
  return found;
}

/** The kinds that are counted: what a homelab has, with those that other scanners were found to miss. */
export const homelabKinds: readonly Sample[] = [
  'MTIz',
  'syt_',
  'PVEAPIToken=root',
  'tskey-',
  'cfut_',
  'cloudflared',
  'redis://',
  'postgres://',
  'PrivateKey = ',
  'client-key-data',
  'kind: Secret\nmetadata',
  'aescbcEncryptionSecret',
  '$ANSIBLE_VAULT;1.1',
  'tk_',
  'api.telegram.org',
  'eyJhbGci',
  'PASSWORD=hunter2',
  '--password=',
  'sudo -S apt',
  'root:$6$',
  '$2y$05$',
  'AGE-SECRET-KEY-',
  'BEGIN OPENSSH',
  'BEGIN RSA',
  'Authorization: Bearer',
  'ghp_',
  'glpat-',
  'xoxb-',
  'AKIA',
  'X-Plex-Token=',
  '<ApiKey>',
  'X-Gotify-Key',
  '"auth":',
].map(sampleWith);
