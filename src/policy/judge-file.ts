import { judgeWrittenFile, type WrittenFile } from './judge-written-file.ts';
import { judgePlaybook } from './playbook/judge-playbook.ts';
import type { Finding } from './shell/verdict.ts';

/** Judges a file before it is written, as `judgeWrittenFile` does, and as a playbook if it is one. */
export function judgeFile(file: WrittenFile): Finding {
  const written = judgeWrittenFile(file);
  if (written.verdict === 'deny' || file.content === undefined || !isPlaybook(file.path, file.content))
    return written;
  const played = judgePlaybook(file.content);
  return played.verdict === 'deny' ? played : written;
}

/** A list of plays or tasks: its items name hosts, a playbook or a module. */
export function isPlaybook(path: string, content: string): boolean {
  return (
    /\.ya?ml$/i.test(path) &&
    /^\s*-\s+(name|hosts|(ansible\.builtin\.)?(import_playbook|shell|command|raw|include_tasks|import_tasks|block|[a-z_]+\.[a-z_]+\.[a-z_]+))\s*:/m.test(
      content,
    )
  );
}
