import { readFile, readlink } from 'node:fs/promises';

/** Whether a process lives. One that ended and that nobody has asked for yet (a zombie) doesn't. */
export async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives and belongs to somebody else.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return (await statOf(pid))?.state !== 'Z';
}

/**
 * What tells a process from a later one with the same number: when it started, in the kernel's ticks. An empty text
 * where the system doesn't say.
 */
export async function birthOf(pid: number): Promise<string> {
  return (await statOf(pid))?.startedAt ?? '';
}

/** The folder a process works in; null when the system doesn't say. */
export async function workingDirectoryOf(pid: number): Promise<string | null> {
  return await readlink(`/proc/${pid}/cwd`).catch(() => null);
}

/** From proc(5): the state is the first field behind the name in brackets, the start time the twentieth. */
async function statOf(pid: number): Promise<{ readonly state: string; readonly startedAt: string } | null> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (text === null) return null;
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] ?? '', startedAt: fields[19] ?? '' };
}
