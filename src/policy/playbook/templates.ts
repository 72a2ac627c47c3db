import { isFields } from '../read-yaml.ts';
import { judgeCommand } from '../shell/judge-command.ts';
import { quoteWord } from '../shell/quote-word.ts';
import { opaque } from '../shell/reading/scope.ts';
import { ask, deny, type Finding } from '../shell/verdict.ts';

/** What is known of the variables of a play: texts, numbers, and lists or fields of them. */
export type Variables = ReadonlyMap<string, unknown>;

/**
 * Replaces what a template says by its value where the playbook itself tells it (`{{ name }}`, `{{ 'a' ~ 'b' }}`), and by
 * `opaque` everywhere else.
 */
export function fillIn(value: unknown, variables: Variables, depth = 0): unknown {
  if (typeof value === 'string') return fillText(value, variables, depth);
  if (Array.isArray(value)) return value.map((item) => fillIn(item, variables, depth));
  if (!isFields(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      asKey(fillText(key, variables, depth)),
      fillIn(item, variables, depth),
    ]),
  );
}

const asKey = (value: unknown): string => (typeof value === 'string' ? value : opaque);
const deepest = 5;

function fillText(text: string, variables: Variables, depth: number): unknown {
  if (!/\{\{|\{%|\{#/.test(text)) return text;
  const alone = /^\s*\{\{([^{}]*)\}\}\s*$/.exec(text);
  if (alone) return evaluate(alone[1] ?? '', variables, depth);
  if (/\{%/.test(text)) return opaque;
  const filled = text.replace(/\{#.*?#\}/gs, '').replace(/\{\{(.*?)\}\}/gs, (_, expression: string) => {
    const value = evaluate(expression, variables, depth);
    return isSimple(value) ? String(value) : opaque;
  });
  return /\{\{|\}\}/.test(filled) ? opaque : filled;
}

const isSimple = (value: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof value);

/** Names, quoted texts and what joins them. Anything else is only known when the playbook runs. */
function evaluate(expression: string, variables: Variables, depth: number): unknown {
  if (depth > deepest) return opaque;
  const terms = expression.split(/\s*[~+]\s*(?=(?:[^'"]|'[^']*'|"[^"]*")*$)/).map((term) => term.trim());
  const values = terms.map((term) => {
    const quoted = /^'([^'\\]*)'$|^"([^"\\]*)"$/.exec(term);
    if (quoted) return quoted[1] ?? quoted[2] ?? '';
    if (/^-?[0-9]+$/.test(term)) return Number(term);
    return /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/.test(term) && variables.has(term)
      ? fillIn(variables.get(term), variables, depth + 1)
      : opaque;
  });
  if (values.length === 1) return values[0];
  return values.every(isSimple) ? values.join('') : opaque;
}

/** What the templates in a text, or a bare expression such as that of `when`, would do where they are worked out. */
export function judgeTemplates(text: string, bare: boolean): Finding[] {
  const expressions = bare
    ? [text]
    : [...text.matchAll(/\{\{(.*?)\}\}|\{%(.*?)%\}/gs)].map((m) => m[1] ?? m[2] ?? '');
  return expressions.flatMap((expression) => judgeExpression(expression));
}

/** Names through which a template gets at Python itself. */
const intoPython =
  /__\w+__|\bmro\s*\(|_(module|loader|templar)\b|\bcycler\b|\bjoiner\b|\blipsum\b|\battr\s*\(/;

function judgeExpression(expression: string): Finding[] {
  if (intoPython.test(expression))
    return [deny('opaque-code', 'A template in it reaches into the program that works it out.')];
  const lookups = [...expression.matchAll(/\b(?:lookup|query|q)\s*\(\s*([^,)]*)(?:,\s*([^)]*))?/g)];
  return lookups.flatMap(([, plugin = '', given = '']) => judgeLookup(unquoted(plugin), given.trim()));
}

/** The text between quotes when there is nothing else, else undefined. */
function unquoted(term: string): string | undefined {
  return /^\s*'([^']*)'|^\s*"([^"]*)"/
    .exec(term)
    ?.slice(1)
    .find((part) => part !== undefined);
}

const runs = ['pipe', 'lines'];
const readsFiles = ['file', 'unvault', 'ini', 'csvfile', 'template', 'toml', 'yaml'];
const onlyComputes =
  /^(items|dict|sequence|subelements|together|nested|indexed_items|random_choice|list|flattened|vars|varnames|inventory_hostnames|fileglob|filetree|first_found|config)$/;

/**
 * What a lookup does. Lookups work on the machine Chiffon runs on, not on the play's hosts.
 *
 * @param plugin its name, or undefined when it is made up as the play runs
 * @param given its first argument as it is written
 */
export function judgeLookup(plugin: string | undefined, given: string): Finding[] {
  if (plugin === undefined) return [deny('opaque-code', 'Which lookup a template does cannot be read.')];
  const name = plugin.split('.').at(-1) ?? plugin;
  const text = unquoted(given);
  const isWhole = text !== undefined && /^\s*(['"])[^'"]*\1\s*(,.*)?$/s.test(given);
  if (runs.includes(name)) {
    if (!isWhole) return [deny('opaque-code', 'A lookup runs a command that cannot be read beforehand.')];
    const judged = judgeCommand(text);
    return judged.verdict === 'allow'
      ? [ask('lookup', 'A lookup runs a command on the machine Chiffon runs on.')]
      : [
          deny(
            judged.verdict === 'deny' ? judged.rule.replace('floor.', '') : 'own-machine',
            `A lookup runs a command on the machine Chiffon runs on. ${judged.reason}`,
          ),
        ];
  }
  if (readsFiles.includes(name)) {
    const judged = judgeCommand(`cat ${quoteWord(text ?? '')}`);
    return judged.verdict === 'deny'
      ? [{ verdict: 'deny', rule: judged.rule, reason: judged.reason }]
      : [ask('lookup', 'A lookup reads a file of the machine Chiffon runs on.')];
  }
  return onlyComputes.test(name) ? [] : [ask('lookup', `The lookup ${name} reads from somewhere else.`)];
}
