import { judgeWrittenFile } from '../judge-written-file.ts';
import { asList, asText, type Fields, isFields, textsIn } from '../read-yaml.ts';
import { judgeCommand, judgeScript } from '../shell/judge-command.ts';
import { quoteWord } from '../shell/quote-word.ts';
import { opaque } from '../shell/reading/scope.ts';
import { ask, deny, type Finding, strictest } from '../shell/verdict.ts';
import type { Deeds } from './module-rule.ts';
import { ruleForModule } from './rules/all-module-rules.ts';
import { type Action, actionsOf } from './task-parts.ts';
import { fillIn, judgeLookup, judgeTemplates, type Variables } from './templates.ts';
import { judgeConnectionVariables, judgePlace, judgeWho, type Place } from './where-and-who.ts';

/** What is known where a task stands. `variables` grows as tasks set facts. */
export interface Around {
  readonly variables: Map<string, unknown>;
  readonly place: Place;
  /** What modules are given without being told in the task, by their names (`module_defaults`). */
  readonly defaults?: Fields;
  readonly depth?: number;
}

const deepest = 12;
const mostItems = 16;
/** Keywords whose values are expressions without braces around them. */
const bare = ['when', 'changed_when', 'failed_when', 'until', 'loop'];

/** What a task, or a block of tasks with its rescue, amounts to. */
export function judgeTask(task: unknown, around: Around): Finding[] {
  if (!isFields(task))
    return [deny('unreadable-playbook', 'The playbook holds something that is not a task.')];
  const depth = (around.depth ?? 0) + 1;
  if (depth > deepest)
    return [deny('opaque-code', 'Its blocks are nested more deeply than anybody can follow.')];
  const local = isFields(task['vars']) ? Object.entries(task['vars']) : [];
  const inside: Around = {
    variables: new Map([...around.variables, ...local]),
    place: around.place,
    defaults: defaultsOf(task, around),
    depth,
  };
  const place = judgePlace(filled(task, inside.variables), around.place);
  const own = task['local_action'] === undefined ? place.place : 'own';
  const common = [
    ...place.findings,
    ...judgeWho(task),
    ...judgeConnectionVariables(task['vars']),
    ...judgeExpressions(task),
  ];
  const blocks = ['block', 'rescue', 'always'].flatMap((part) => asList(task[part]));
  if (blocks.length > 0)
    return [...common, ...blocks.flatMap((one) => judgeTask(one, { ...inside, place: own }))];
  const actions = actionsOf(task);
  if (actions.length > 1) common.push(ask('unreadable-task', 'The task names more than one module.'));
  const items = itemsOf(task, inside.variables);
  return [
    ...common,
    ...actions.flatMap((action) =>
      items.flatMap((item) =>
        judgeAction(
          filledAction(action, new Map([...inside.variables, ...item])),
          { ...inside, place: own },
          around,
        ),
      ),
    ),
  ];
}

function filled(task: Fields, variables: Variables): Fields {
  return {
    ...task,
    delegate_to: fillIn(task['delegate_to'], variables),
    connection: fillIn(task['connection'], variables),
  };
}

function filledAction({ module, args }: Action, variables: Variables): Action {
  return {
    module: asText(fillIn(module, variables)),
    args: { ...(fillIn({ ...args }, variables) as Fields), _written: JSON.stringify(args) },
  };
}

/** What a loop gives `item` in turn: known values one by one, and an unknown one for the rest. */
function itemsOf(task: Fields, variables: Variables): readonly Variables[] {
  const key = Object.keys(task).find((name) => name === 'loop' || name.startsWith('with_'));
  if (key === undefined) return [new Map()];
  const control = isFields(task['loop_control']) ? asText(task['loop_control']['loop_var']) : '';
  const name = control === '' ? 'item' : control;
  const given = fillIn(task[key], variables);
  const values =
    key === 'loop' || /^with_(items|list|flattened)$/.test(key) ? asList(given).flat() : [opaque];
  const tried = values.slice(0, mostItems);
  if (values.length > mostItems || values.length === 0) tried.push(opaque);
  return tried.map((value) => new Map([[name, value], ...fieldsOf(name, value)]));
}

/** `item.path`, which templates ask for as one name here. */
function fieldsOf(name: string, value: unknown): [string, unknown][] {
  return isFields(value) ? Object.entries(value).map(([key, field]) => [`${name}.${key}`, field]) : [];
}

/** Templates and bare expressions anywhere in a task, and lookups that loops do. */
function judgeExpressions(task: Fields): Finding[] {
  const lookups = Object.entries(task).filter(
    ([key]) => /^with_/.test(key) && !/^with_(items|list|dict)$/.test(key),
  );
  return [
    ...Object.entries(task)
      .filter(([key]) => !['block', 'rescue', 'always'].includes(key))
      .flatMap(([, value]) => textsIn(value).flatMap((text) => judgeTemplates(text, false))),
    ...bare.flatMap((key) => textsIn(task[key]).flatMap((text) => judgeTemplates(text, true))),
    ...lookups.flatMap(([key, value]) =>
      asList(value).flatMap((given) => judgeLookup(key.slice('with_'.length), `'${asText(given)}'`)),
    ),
  ];
}

/** The values that hold inside a play, block or task, those of the inner one first. */
export function defaultsOf(fields: Fields, around: { readonly defaults?: Fields }): Fields {
  const own = fields['module_defaults'];
  return { ...around.defaults, ...(isFields(own) ? own : {}) };
}

/** What a task gives a module, completed by what is set for it or for a group of modules it may belong to. */
function completed({ module, args }: Action, defaults: Fields): Action {
  const short = module.split('.').at(-1);
  const given = Object.entries(defaults)
    .filter(([name]) => name.startsWith('group/') || name.split('.').at(-1) === short)
    .map(([, values]) => values);
  return { module, args: Object.assign({}, ...given.filter(isFields), args) as Fields };
}

const bringsIn =
  /^(ansible\.(builtin|legacy)\.)?(include|include_tasks|import_tasks|include_role|import_role|include_vars|import_playbook)$/;

function judgeAction(action: Action, here: Around, around: Around): Finding[] {
  const { module, args } = completed(action, here.defaults ?? {});
  if (module.includes(opaque))
    return [deny('opaque-code', 'Which module it uses cannot be read from the playbook.')];
  if (bringsIn.test(module))
    return [
      ask('unseen', 'It brings in tasks or variables that are not shown here.'),
      ...judgeUnseen(Object.fromEntries(here.variables)),
    ];
  if (/(^|\.)add_host$/.test(module))
    return [ask('elsewhere', 'It adds a host to those it works on.'), ...judgeConnectionVariables(args)];
  const setFacts = /(^|\.)set_fact$/.test(module);
  if (setFacts) note(args, around);
  const hidden = [
    ...(setFacts ? judgeConnectionVariables(args) : []),
    // These are expressions without braces around them.
    ...[args['that'], args['var']].flatMap((given) =>
      textsIn(given).flatMap((text) => judgeTemplates(text, true)),
    ),
  ];
  if (hidden.length > 0) return hidden;
  const found = ruleForModule(module);
  if (!found)
    return [
      ask('unknown-module', `Nothing is known about the module ${module.slice(0, 60)}.`),
      ...judgeUnseen(args),
    ];
  const { rule, trusted } = found;
  const worst = strictest([...judgeDeeds(rule.does(args)), ...judgeFilledIn(rule.does(args), args)]);
  const looks = rule.looks === true && trusted;
  const base: Finding = looks
    ? {
        verdict: 'allow',
        rule: `read.${module.split('.').at(-1)}`,
        reason: `The module ${module} ${rule.says}.`,
      }
    : ask(rule.name.replace('module.', ''), `The module ${module} ${rule.says}.`);
  const judged = strictest([...(worst && worst.verdict !== 'allow' ? [worst] : []), base]) ?? base;
  return [judged, ...(judged.verdict === 'allow' || rule.reachesOut ? [] : judgeOwnMachine(here.place))];
}

/**
 * A value that the playbook tells may be another one when it runs: what is given on the command line, another task or a
 * condition wins over it. So it may show that something is denied, but never that it is allowed.
 */
function judgeFilledIn(deeds: Deeds, args: Fields): Finding[] {
  const acts = [deeds.calls, deeds.texts, deeds.files].some((part) => (part?.length ?? 0) > 0);
  return acts && /\{\{|\{%/.test(asText(args['_written']))
    ? [ask('expansion', 'A value in it is only known when it runs.')]
    : [];
}

/** Facts a play sets hold for the tasks after it. */
function note(args: Fields, around: Around): void {
  for (const [name, value] of Object.entries(args))
    if (!name.startsWith('_')) around.variables.set(name, value);
}

/** Chiffon's own machine is not among the hosts that anybody agreed to have changed. */
function judgeOwnMachine(place: Place): Finding[] {
  return place === 'own' ? [deny('own-machine', 'It would change the machine Chiffon itself runs on.')] : [];
}

function judgeDeeds(deeds: Deeds): Finding[] {
  const calls = deeds.calls ?? [];
  const line = calls.map((words) => words.map((word, i) => writeWord(word, i === 0)).join(' ')).join(' && ');
  return [
    ...(deeds.findings ?? []),
    ...(line === ''
      ? []
      : judgeLine(
          line,
          calls.flat().some((word) => word.includes(opaque)),
        )),
    ...(deeds.texts ?? []).flatMap((text) =>
      judgeLine(text.replaceAll(opaque, unknown), text.includes(opaque)),
    ),
    ...(deeds.files ?? []).map((file) => judgeWrittenFile(file)),
  ];
}

/** Stands in a line of shell for what only the run knows. */
const unknown = '"$unknown"';

function writeWord(word: string, first: boolean): string {
  return word
    .split(opaque)
    .map((piece) => (piece === '' && word !== '' ? '' : quoteWord(piece, first)))
    .join(unknown);
}

function judgeLine(line: string, unsure: boolean): Finding[] {
  const { verdict, rule, reason } =
    line.includes('\n') && !line.includes('<<') ? judgeScript(line) : judgeCommand(line);
  const judged: Finding = { verdict, rule, reason };
  // A value put between quotes may close them: however it looks, nobody knows what the line will be.
  return unsure ? [judged, ask('expansion', 'A value in it is only known when it runs.')] : [judged];
}

/** What is handed to tasks or a module nobody knows here may become a command there. Only a denial counts. */
export function judgeUnseen(given: unknown): Finding[] {
  const tasks = textsIn(given).map((value) => ({ shell: value }));
  return [
    ...judgeConnectionVariables(given),
    ...tasks
      .flatMap((task) => judgeTask(task, { variables: new Map(), place: 'named' }))
      .filter(({ verdict, rule }) => verdict === 'deny' && !/(opaque|unread)-code$/.test(rule)),
  ];
}
