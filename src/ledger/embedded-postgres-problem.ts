/** Thrown when the embedded PostgreSQL can't start. The message says what is the matter and what to do. */
export class EmbeddedPostgresProblem extends Error {
  override readonly name = 'EmbeddedPostgresProblem';
  readonly code: 'not_writable' | 'disk_full' | 'no_binaries' | 'no_user' | 'unreachable' | 'failed';

  constructor(code: EmbeddedPostgresProblem['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The problem behind what a program of PostgreSQL or the file system said. */
export function problemFrom(what: string, directory: string, said: string): EmbeddedPostgresProblem {
  if (/ENOSPC|EDQUOT|No space left on device|Disk quota exceeded/.test(said)) {
    return new EmbeddedPostgresProblem(
      'disk_full',
      `The disk that holds ${directory} is full, so the embedded PostgreSQL can't ${what}. Free some space (an empty ledger needs about 100 MB) and start Chiffon again; nothing that was recorded is lost.`,
    );
  }
  if (/EACCES|EPERM|EROFS|ENOTDIR|EEXIST|Permission denied|Read-only file system/.test(said)) {
    return new EmbeddedPostgresProblem(
      'not_writable',
      `Chiffon may not write to ${directory}, so the embedded PostgreSQL can't ${what}. Give the user who runs Chiffon that directory, or choose another with --data.`,
    );
  }
  return new EmbeddedPostgresProblem(
    'failed',
    `The embedded PostgreSQL can't ${what}. It said: ${lastLines(said)} Its own log is in ${directory}/log; DATABASE_URL can name another PostgreSQL server instead.`,
  );
}

function lastLines(said: string): string {
  const lines = said.trim().split('\n').slice(-3);
  return lines.length === 1 && lines[0] === '' ? 'nothing.' : `“${lines.join(' / ')}”.`;
}
