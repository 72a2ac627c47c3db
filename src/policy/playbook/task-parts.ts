import { asList, asText, type Fields, isFields } from '../read-yaml.ts';

/** The module a task names and what it is given. */
export interface Action {
  readonly module: string;
  readonly args: Fields;
}

/** Keywords of tasks and blocks (Ansible 2.19, "Playbook keywords"); what is none of them names the module. */
const keywords = new Set(
  'action any_errors_fatal args async become become_exe become_flags become_method become_user block rescue always changed_when check_mode collections connection debugger delay delegate_facts delegate_to diff environment failed_when ignore_errors ignore_unreachable listen local_action loop loop_control module_defaults name no_log notify poll port register remote_user retries run_once tags throttle timeout until vars when'.split(
    ' ',
  ),
);

/** Every module that a task names. More than one is a mistake, of which nobody knows what comes. */
export function actionsOf(task: Fields): readonly Action[] {
  const found: Action[] = [];
  for (const key of ['action', 'local_action']) if (task[key] !== undefined) found.push(actionIn(task[key]));
  for (const [key, value] of Object.entries(task))
    if (!keywords.has(key) && !key.startsWith('with_')) found.push({ module: key, args: argsOf(value) });
  return found.map(({ module, args }) => ({
    module,
    args: { ...args, ...(isFields(task['args']) ? task['args'] : {}) },
  }));
}

/** `action: shell reboot` and `action: {module: shell, cmd: reboot}`. */
function actionIn(value: unknown): Action {
  if (isFields(value)) {
    const { module, ...args } = value;
    const [name = '', ...rest] = asText(module).split(/\s+/);
    return { module: name, args: rest.length > 0 ? { ...args, _raw: rest.join(' ') } : args };
  }
  const [, module = '', rest = ''] = /^\s*(\S*)\s*(.*)$/s.exec(asText(value)) ?? [];
  return { module, args: argsOf(rest) };
}

/** `key=value` pairs, fields, or a text of its own (`_raw`). */
function argsOf(value: unknown): Fields {
  if (isFields(value)) return value;
  const text = asText(value);
  if (text === '') return asList(value).length > 0 ? { _raw: JSON.stringify(value) } : {};
  const args: Record<string, unknown> = {};
  const free: string[] = [];
  for (const word of wordsOf(text)) {
    const pair = /^([A-Za-z_]\w*)=(.*)$/s.exec(word);
    if (pair) args[pair[1] as string] = (pair[2] ?? '').replace(/^(['"])(.*)\1$/s, '$2');
    else free.push(word);
  }
  // A line for a shell may hold `a=b` of its own, so it is kept whole beside the pairs.
  return free.length > 0 || Object.keys(args).length === 0 ? { ...args, _raw: withoutOptions(text) } : args;
}

/** Splits at blanks outside quotes and templates. */
function wordsOf(text: string): string[] {
  return text.match(/(?:\{\{.*?\}\}|"(?:[^"\\]|\\.)*"|'[^']*'|\\.|[^\s"'{]|\{(?!\{)|["'])+/gs) ?? [];
}

/** Options that the command modules take out of their line. */
function withoutOptions(text: string): string {
  return text
    .replace(
      /(^|\s)(chdir|creates|removes|executable|warn|stdin|argv|strip_empty_ends|stdin_add_newline)=("[^"]*"|'[^']*'|\S+)/g,
      '$1',
    )
    .trim();
}
