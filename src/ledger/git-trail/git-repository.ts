import { access, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type SimpleGit, simpleGit } from 'simple-git';

/** How the git trail's repository is kept. */
export interface RepositorySettings {
  /** The folder with the files; git's own folder lies in it. */
  readonly folder: string;
  readonly authorName: string;
  readonly authorEmail: string;
  /** A private key of SSH (or its public half, when an agent holds the private one) that signs commits. */
  readonly signingKey: string | null;
}

/** A commit that is to be. */
export interface Draft {
  readonly message: string;
  /** When what it tells of happened, ISO 8601; git's own time is when it was written down. */
  readonly at: string;
  /** Whole texts by their path below the folder. */
  readonly files: Readonly<Record<string, string>>;
}

/** A commit as git tells it. */
export interface ReadCommit {
  readonly commit: string;
  readonly parents: readonly string[];
  readonly message: string;
}

/** What the git trail asks of git. Throws what git says when it refuses. */
export interface GitRepository {
  readonly folder: string;
  exists(): Promise<boolean>;
  /** Makes an empty repository where there is none, and puts in order what a git that was killed left behind. */
  prepare(): Promise<void>;
  /** The name of the newest commit; null before the first. */
  head(): Promise<string | null>;
  /** Writes commits, one after the other, onto `parent`; refused when that isn't the newest. Answers their names. */
  commit(parent: string | null, drafts: readonly Draft[]): Promise<readonly string[]>;
  /** Commits up to the newest, oldest first, without those `since` leads to. */
  log(since: string | null): Promise<readonly ReadCommit[]>;
  leadsTo(older: string, newer: string): Promise<boolean>;
  /** A file as a commit holds it; null when it doesn't. */
  fileAt(commit: string, path: string): Promise<string | null>;
  /** The file below a folder that a commit added; null when there is none. */
  addedFile(commit: string, below: string): Promise<string | null>;
  /** Files that are not as they were committed. */
  changedFiles(): Promise<readonly string[]>;
  /** Makes the files what was committed last. */
  restoreFiles(): Promise<void>;
  /** The first thing that is broken in git's own store; null when everything is whole. */
  brokenObject(): Promise<string | null>;
  /** Packs loose objects when there are many. */
  tidy(): Promise<void>;
  /** Sends everything to another repository; refused when that one has another history. */
  push(remote: string): Promise<void>;
}

const branch = 'main';
const nobody = '0'.repeat(40);
/** Longer than this git says nothing only when it hangs, in milliseconds. */
const silenceMs = 60_000;

/** The only door to git. Nothing of the owner's own git settings changes what is written. */
export function openRepository(settings: RepositorySettings): GitRepository {
  const { folder, signingKey } = settings;
  const git = (input?: string, more: Readonly<Record<string, string>> = {}): SimpleGit =>
    simpleGit({
      baseDir: folder,
      timeout: { block: silenceMs },
      allowEnvironment: ['GIT_AUTHOR_DATE', 'GIT_INDEX_FILE', 'GIT_OPTIONAL_LOCKS', 'GIT_TERMINAL_PROMPT'],
      config: ownConfig(settings),
      errors: refusalOf,
      ...(input === undefined ? {} : { input: () => input }),
    }).env({ ...environment(), ...more });

  const head = async (): Promise<string | null> => {
    const found = await git().raw('for-each-ref', '--format=%(objectname)', `refs/heads/${branch}`);
    return found.trim() || null;
  };

  return {
    folder,
    exists: () => exists(join(folder, '.git', 'HEAD')),

    prepare: async () => {
      if (await exists(join(folder, '.git', 'HEAD'))) await removeOldLocks(folder);
      else {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        await git().raw('init', '--quiet', `--initial-branch=${branch}`);
      }
      if (signingKey === null) return;
      // Kept in the repository, so that whoever looks into it can verify the signatures.
      for (const [key, value] of await signingConfig(settings, signingKey))
        await git().raw('config', key, value);
    },

    restoreFiles: async () => {
      await git().raw('reset', '--hard', '--quiet', branch);
    },

    head,

    commit: async (parent, drafts) => {
      const commits =
        signingKey === null
          ? await importCommits(git, parent, drafts, settings)
          : await signCommits(git, parent, drafts);
      const paths = [...new Set(drafts.flatMap((draft) => Object.keys(draft.files)))];
      // The files people read follow the commits, and only those that changed are touched.
      if (paths.length > 0)
        await git(paths.join('\n')).raw('checkout', '--quiet', branch, '--pathspec-from-file=-');
      return commits;
    },

    log: async (since) => {
      if ((await head()) === null) return [];
      const range = since === null ? branch : `${since}..${branch}`;
      const text = await git().raw('log', '--reverse', '--topo-order', '--format=%H%x00%P%x00%B%x01', range);
      return text
        .split('\x01')
        .map((entry) => entry.trimStart())
        .filter((entry) => entry !== '')
        .map((entry) => {
          const [commit = '', parents = '', message = ''] = entry.split('\x00');
          return { commit, parents: parents === '' ? [] : parents.split(' '), message };
        });
    },

    leadsTo: async (older, newer) => {
      try {
        // Answers by its exit code alone, which reaches us only together with words: so the words are asked for.
        return (await git().raw('merge-base', older, newer)).trim() === older;
      } catch {
        return false;
      }
    },

    fileAt: async (commit, path) => {
      try {
        return await git().raw('cat-file', 'blob', `${commit}:${path}`);
      } catch {
        return null;
      }
    },

    addedFile: async (commit, below) => {
      try {
        const text = await git().raw(
          'diff-tree',
          '--root',
          '--no-commit-id',
          '-r',
          '-z',
          '--name-only',
          '--diff-filter=A',
          commit,
          '--',
          below,
        );
        return text.split('\0').find((path) => path !== '') ?? null;
      } catch {
        return null;
      }
    },

    changedFiles: async () => {
      const text = await git(undefined, { GIT_OPTIONAL_LOCKS: '0' }).raw(
        'status',
        '--porcelain=v1',
        '-z',
        '--untracked-files=all',
      );
      return text
        .split('\0')
        .filter((entry) => entry !== '')
        .map((entry) => entry.slice(3));
    },

    brokenObject: async () => {
      try {
        await git().raw('fsck', '--full', '--no-dangling', '--no-progress', '--no-reflogs');
        return null;
      } catch (error) {
        return (error as Error).message.split('\n')[0] ?? 'git finds its own store broken';
      }
    },

    tidy: async () => {
      await git().raw('gc', '--auto', '--quiet');
    },

    push: async (remote) => {
      await git(undefined, { GIT_TERMINAL_PROMPT: '0' }).raw(
        'push',
        '--quiet',
        '--no-verify',
        remote,
        `refs/heads/${branch}:refs/heads/${branch}`,
      );
    },
  };
}

/** Git refuses by its exit code, also when it says why on the wrong stream or not at all. */
function refusalOf(
  error: Buffer | Error | undefined,
  { exitCode, stdErr, stdOut }: { exitCode: number; stdErr: Buffer[]; stdOut: Buffer[] },
): Buffer | Error | undefined {
  if (exitCode === 0) return error instanceof Error ? error : undefined;
  const said = Buffer.concat([...stdErr, ...stdOut]);
  return error ?? (said.length > 0 ? said : new Error(`git ended with exit code ${exitCode}`));
}

/** What git needs of the process: its program, the home with keys and known hosts, and the agent. */
function environment(): Record<string, string> {
  const passed = ['PATH', 'HOME', 'SSH_AUTH_SOCK', 'TMPDIR', 'USERPROFILE', 'SYSTEMROOT'];
  const values = passed.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(values), LC_ALL: 'C' };
}

/** Given to every call, so that it wins over whatever the owner's own settings are. */
function ownConfig({ authorName, authorEmail }: RepositorySettings): string[] {
  return [
    `user.name=${authorName}`,
    `user.email=${authorEmail}`,
    'core.autocrlf=false',
    // What the ledger is told is committed must be there after a power cut too.
    'core.fsync=committed,reference',
    'gc.autoDetach=false',
  ];
}

async function signingConfig(
  { folder, authorEmail }: RepositorySettings,
  signingKey: string,
): Promise<readonly (readonly [string, string])[]> {
  const signers = join(folder, '.git', 'allowed_signers');
  await writeFile(signers, `${authorEmail} namespaces="git" ${await readPublicKey(signingKey)}\n`);
  return [
    ['gpg.format', 'ssh'],
    ['user.signingkey', signingKey],
    ['gpg.ssh.allowedSignersFile', signers],
  ];
}

/** A lock this old belongs to a git that was killed: the calls of the trail take a moment each, in milliseconds. */
const oldLockMs = 30_000;

/** Removes what a killed git left, which would refuse every later call. */
async function removeOldLocks(folder: string): Promise<void> {
  const locks = [
    'index.lock',
    'HEAD.lock',
    'packed-refs.lock',
    'index-of-drafts.lock',
    `refs/heads/${branch}.lock`,
  ];
  for (const name of locks) {
    const file = join(folder, '.git', name);
    const age = await stat(file).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    );
    if (age > oldLockMs) await rm(file, { force: true });
  }
}

async function readPublicKey(signingKey: string): Promise<string> {
  const file = signingKey.endsWith('.pub') ? signingKey : `${signingKey}.pub`;
  return (await readFile(file, 'utf8')).trim();
}

/** Any number of commits by one process of git, in its language for imports. It can't sign. */
async function importCommits(
  git: (input: string) => SimpleGit,
  parent: string | null,
  drafts: readonly Draft[],
  settings: RepositorySettings,
): Promise<readonly string[]> {
  const { authorName, authorEmail } = settings;
  const who = `${authorName.replace(/[<>\n]/g, '')} <${authorEmail.replace(/[<>\n]/g, '')}>`;
  const data = (text: string): string => `data ${Buffer.byteLength(text)}\n${text}\n`;
  const now = Math.floor(Date.now() / 1000);
  const stream = drafts.map((draft, i) => {
    const from = i > 0 ? `from :${i}\n` : parent === null ? '' : `from ${parent}\n`;
    const files = Object.entries(draft.files).map(([path, text]) => `M 100644 inline ${path}\n${data(text)}`);
    return [
      `commit refs/heads/${branch}\nmark :${i + 1}\n`,
      `author ${who} ${Math.floor(Date.parse(draft.at) / 1000)} +0000\n`,
      `committer ${who} ${now} +0000\n`,
      data(draft.message),
      from,
      ...files,
      `\nget-mark :${i + 1}\n`,
    ].join('');
  });
  const answer = await git(`${stream.join('')}done\n`).raw('fast-import', '--quiet', '--done');
  const commits = answer.trim().split('\n');
  if (commits.length !== drafts.length) throw new Error('git did not answer with a name for every commit');
  return commits;
}

/** One commit after the other, each signed. The branch moves only from where it was. */
async function signCommits(
  git: (input?: string, more?: Readonly<Record<string, string>>) => SimpleGit,
  parent: string | null,
  drafts: readonly Draft[],
): Promise<readonly string[]> {
  // A list of its own: what is refused in the end must leave no trace in the one that the folder is compared with.
  const ownIndex = { GIT_INDEX_FILE: join('.git', 'index-of-drafts') };
  const commits: string[] = [];
  let before = parent;
  await git(undefined, ownIndex).raw('read-tree', before ?? '--empty');
  for (const draft of drafts) {
    for (const [path, text] of Object.entries(draft.files)) {
      const blob = (await git(text).raw('hash-object', '-w', '--stdin')).trim();
      await git(undefined, ownIndex).raw('update-index', '--add', '--cacheinfo', `100644,${blob},${path}`);
    }
    const tree = (await git(undefined, ownIndex).raw('write-tree')).trim();
    const onto = before === null ? [] : ['-p', before];
    const commit = (
      await git(draft.message, { GIT_AUTHOR_DATE: draft.at }).raw(
        'commit-tree',
        '-S',
        ...onto,
        '-F',
        '-',
        tree,
      )
    ).trim();
    await git().raw('update-ref', `refs/heads/${branch}`, commit, before ?? nobody);
    commits.push(commit);
    before = commit;
  }
  return commits;
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
