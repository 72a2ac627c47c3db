import { readFileSync, statSync } from 'node:fs';
import type { Environment } from './environment.ts';
import { labelOf } from './label.ts';
import type { Mistake } from './mistake.ts';
import { Secret } from './secret.ts';
import { secretVariables } from './settings.ts';
import { unreadable } from './settings-file.ts';
import type { Path } from './settings-tree.ts';
import { entriesOf, type Source, valueAt } from './source.ts';

export interface ReadSecrets {
  /** By the dotted path of the key that names the file: `console.tokenFile`, `people.0.tokenFile`. */
  readonly found: ReadonlyMap<string, Secret>;
  /** Keys for which a file or a variable is given, whether or not it could be read. */
  readonly named: ReadonlySet<string>;
  readonly mistakes: readonly Mistake[];
  readonly warnings: readonly Mistake[];
}

/** Reads every secret the settings name, from its file or its variable, and looks at who else can read the files. */
export function readSecrets(
  source: Source,
  environment: Environment,
  absolute: (file: string) => string,
): ReadSecrets {
  const found = new Map<string, Secret>();
  const named = new Set<string>();
  const mistakes: Mistake[] = [];
  const warnings: Mistake[] = [];

  for (const { path, variable } of secretKeys(source)) {
    const key = path.join('.');
    const place = source.placeOf(path);
    const label = source.setBy(path) ?? labelOf(path, source);
    const direct = variable === null ? undefined : environment[variable]?.trim() || undefined;
    const file = valueAt(source.raw, path);
    if (direct !== undefined && source.setBy(path) !== null) {
      named.add(key);
      mistakes.push({
        file: String(variable),
        line: null,
        problem: `${variable} and ${label} are both set.`,
        remedy: 'Keep one of the two.',
      });
      continue;
    }
    if (direct !== undefined) {
      named.add(key);
      const fault = faultOf(key, direct, String(variable));
      if (fault === null) found.set(key, new Secret(direct, `the variable ${variable}`));
      else mistakes.push({ file: String(variable), line: null, ...fault });
      continue;
    }
    if (typeof file !== 'string' || file === '') continue;
    named.add(key);
    if (/^[a-z]+:\/\//i.test(file)) {
      mistakes.push({
        ...place,
        problem: `${label} holds an address where the path of a file belongs.`,
        remedy: `Put the address into a file of its own (mode 0600) and name that file here${variable === null ? '' : `, or set ${variable} to it`}.`,
      });
      continue;
    }
    const read = readSecretFile(absolute(file), file);
    if (!read.ok) {
      mistakes.push({ ...place, problem: `${label}: ${read.problem}`, remedy: read.remedy });
      continue;
    }
    const fault = faultOf(key, read.text, `The file ${file}`);
    if (fault === null) found.set(key, new Secret(read.text, `the file ${absolute(file)}`));
    else mistakes.push({ ...place, ...fault });
    if (read.open) warnings.push({ ...place, ...openToOthers(file) });
  }

  for (const { path, file } of keyFilesOf(source)) {
    const place = source.placeOf(path);
    const read = readSecretFile(absolute(file), file);
    if (!read.ok)
      mistakes.push({
        ...place,
        problem: `${labelOf(path.slice(0, -1), source)}: ${read.problem}`,
        remedy: read.remedy,
      });
    else if (read.open) warnings.push({ ...place, ...openToOthers(file) });
  }
  return { found, named, mistakes, warnings };
}

function secretKeys(source: Source): { readonly path: Path; readonly variable: string | null }[] {
  const wellKnown = Object.entries(secretVariables).map(([key, variable]) => ({
    path: key.split('.'),
    variable,
  }));
  const listed = [
    ...entriesOf(source.raw, 'people').map(({ at }) => ['people', at, 'tokenFile'] as const),
    ...entriesOf(source.raw, 'hosts').map(({ at }) => ['hosts', at, 'passphraseFile'] as const),
    ...entriesOf(source.raw, 'phones').flatMap(({ at }) =>
      ['tokenFile', 'userFile', 'urlFile'].map((key) => ['phones', at, key] as const),
    ),
  ].map((path) => ({ path, variable: null }));
  return [...wellKnown, ...listed];
}

function keyFilesOf(source: Source): { readonly path: Path; readonly file: string }[] {
  return entriesOf(source.raw, 'hosts').flatMap(({ at, entry }) => {
    const files: unknown[] = Array.isArray(entry['keyFiles']) ? entry['keyFiles'] : [];
    return files.flatMap((file, i) =>
      typeof file === 'string' && file !== '' ? [{ path: ['hosts', at, 'keyFiles', i], file }] : [],
    );
  });
}

type ReadFile =
  | { readonly ok: true; readonly text: string; readonly open: boolean }
  | { readonly ok: false; readonly problem: string; readonly remedy: string };

/** The file's text without the white space around it, and whether others than its owner may read or change it. */
function readSecretFile(file: string, shownAs: string): ReadFile {
  try {
    const text = readFileSync(file, 'utf8').trim();
    // Windows has no such modes: there every file would seem open.
    const open = process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0;
    return { ok: true, text, open };
  } catch (error) {
    return { ok: false, ...unreadable(shownAs, error) };
  }
}

function openToOthers(file: string): Pick<Mistake, 'problem' | 'remedy'> {
  return {
    problem: `Others on this machine may read ${file}.`,
    remedy: `Keep it to its owner: chmod 600 ${file}`,
  };
}

/** What is wrong with a secret, without saying what it is. */
function faultOf(key: string, secret: string, label: string): Pick<Mistake, 'problem' | 'remedy'> | null {
  if (secret === '') return { problem: `${label} is empty.`, remedy: 'Put the secret into it, on one line.' };
  if (key.endsWith('tokenFile') && !/^[\x21-\x7e]+$/.test(secret)) {
    return {
      problem: `${label} holds white space or letters that can't travel in an HTTP header.`,
      remedy: 'Use one word of ASCII letters, digits and signs, for example from: openssl rand -hex 24',
    };
  }
  if (/^database\.(?:owner)?[uU]rlFile$/.test(key) && !isAddress(secret, ['postgres:', 'postgresql:'])) {
    return {
      problem: `${label} doesn't hold the address of a PostgreSQL server.`,
      remedy:
        'Write it as postgres://user:password@host:5432/name; special characters of the password percent-encoded.',
    };
  }
  if (
    (key === 'heartbeat.urlFile' || /^phones\.\d+\.urlFile$/.test(key)) &&
    !isAddress(secret, ['http:', 'https:'])
  ) {
    return { problem: `${label} doesn't hold a web address.`, remedy: 'Write it as https://host/path.' };
  }
  if (key === 'queue.urlFile' && !isAddress(secret, ['redis:', 'rediss:'])) {
    return {
      problem: `${label} doesn't hold the address of a Redis server.`,
      remedy: 'Write it as redis://host:6379, or rediss:// for TLS.',
    };
  }
  return null;
}

function isAddress(text: string, protocols: readonly string[]): boolean {
  return URL.canParse(text) && protocols.includes(new URL(text).protocol);
}
