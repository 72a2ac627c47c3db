import type { FileStep } from '#core/step.ts';
import type { RunScript } from '../remote-script.ts';
import { mostRehearsedBytes, readFileScript } from './file-scripts.ts';
import { unifiedDiff } from './unified-diff.ts';

/** Says how the file on the host would change. */
export async function rehearseFile(
  run: RunScript,
  step: FileStep,
): Promise<{ readonly note: string; readonly diff?: string }> {
  const answer = await run(step.target, readFileScript(step.path));
  if (!answer.reached) return { note: `Could not be compared: ${answer.reason}` };
  const at = answer.stdout.indexOf('\n');
  const [kind, size, permissions] = answer.stdout.toString('utf8', 0, Math.max(0, at)).split(' ');
  const name = step.path.startsWith('/') ? step.path : `./${step.path}`;
  if (kind === 'folder')
    return { note: `${step.path} is a folder on ${step.target}; the file cannot be written there.` };
  if (kind === 'unreadable')
    return { note: `${step.path} exists on ${step.target} but cannot be read by this user.` };
  if (kind === 'missing') {
    const lines = step.content.split('\n').length - (step.content.endsWith('\n') ? 1 : 0);
    const note = `${step.path} will be created (${lines} ${lines === 1 ? 'line' : 'lines'}, mode ${step.mode}).`;
    return { note, diff: unifiedDiff('', step.content, '/dev/null', name) };
  }
  if (kind !== 'file')
    return { note: `Could not be compared: ${step.target} gave no answer that makes sense.` };
  const bytes = Number(size);
  if (bytes > mostRehearsedBytes) {
    return {
      note: `${step.path} will be replaced. It is too large to compare (${Math.round(bytes / 1024)} KB).`,
    };
  }
  const content = answer.stdout.subarray(at + 1);
  const text = content.toString('utf8');
  if (content.includes(0) || !Buffer.from(text).equals(content)) {
    return { note: `${step.path} will be replaced. What is there now is not text (${bytes} bytes).` };
  }
  const mode = octalMode(permissions ?? '');
  const newMode =
    mode === null || mode === step.mode ? '' : ` Its mode changes from ${mode} to ${step.mode}.`;
  if (text === step.content) return { note: `${step.path} is already as planned.${newMode}` };
  return {
    note: `${step.path} will be replaced; the present content is kept as ${step.path}.chiffon-before.${newMode}`,
    diff: unifiedDiff(text, step.content, name, name),
  };
}

/** `rw-r--r--` as `0644`; null when it is not plain permissions. */
function octalMode(permissions: string): string | null {
  if (!/^[r-][w-][x-][r-][w-][x-][r-][w-][x-]$/.test(permissions)) return null;
  const digit = (part: string) =>
    [...part].reduce((sum, letter, i) => sum + (letter === '-' ? 0 : 4 >> i), 0);
  return `0${digit(permissions.slice(0, 3))}${digit(permissions.slice(3, 6))}${digit(permissions.slice(6, 9))}`;
}
