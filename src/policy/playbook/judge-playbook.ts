import { asList, asText, type Fields, isFields, readYaml, textsIn } from '../read-yaml.ts';
import { hidesCharacters } from '../shell/hidden-characters.ts';
import { opaque } from '../shell/reading/scope.ts';
import { ask, deny, type Finding, strictest } from '../shell/verdict.ts';
import { defaultsOf, judgeTask, judgeUnseen } from './judge-task.ts';
import { judgeTemplates, type Variables } from './templates.ts';
import { judgeConnectionVariables, judgePlace, judgeWho } from './where-and-who.ts';

/**
 * Judges an Ansible playbook, or a file of tasks or handlers, before it is run: `allow` only looks, `approval` a person
 * decides, `deny` nobody may approve.
 *
 * Modules are translated to what they amount to (programs with their words, files, what containers are given), and the
 * judges of those decide. Values that only the run knows are unknown pieces, as in a line of shell. What the playbook
 * brings in from elsewhere (roles, files of tasks, other playbooks) is not seen here and needs a person.
 */
export function judgePlaybook(text: string): Finding {
  if (hidesCharacters(text.replaceAll('\r\n', '\n')))
    return deny(
      'hidden-characters',
      'The playbook holds characters that cannot be seen or that look like others.',
    );
  const read = readYaml(text, [{ tag: '!vault', stands: () => opaque }]);
  const [document, ...more] = read.ok ? read.documents : [];
  if (!read.ok || more.length > 0 || !Array.isArray(document))
    return deny(
      'unreadable-playbook',
      'The playbook cannot be read with certainty, so nobody can say what it would do.',
    );
  const findings = document.flatMap((item) => judgeItem(item));
  return strictest(findings) ?? { verdict: 'allow', rule: 'read.playbook', reason: 'This only looks.' };
}

/** A play, an imported playbook, or a task of a file of tasks. */
function judgeItem(item: unknown): Finding[] {
  if (!isFields(item))
    return [deny('unreadable-playbook', 'The playbook holds something that is neither a play nor a task.')];
  if (Object.keys(item).some((key) => /^(ansible\.builtin\.)?import_playbook$/.test(key)))
    return [
      ask('unseen', 'It brings in another playbook, which is not shown here.'),
      ...judgeUnseen(item['vars']),
    ];
  return 'hosts' in item ? judgePlay(item) : judgeTask(item, { variables: new Map(), place: 'named' });
}

const taskLists: readonly string[] = ['pre_tasks', 'tasks', 'post_tasks', 'handlers'];

function judgePlay(play: Fields): Finding[] {
  const variables: Variables = new Map(isFields(play['vars']) ? Object.entries(play['vars']) : []);
  const place = judgePlace(play, 'named');
  const tasks = taskLists.flatMap((part) => asList(play[part]));
  const settings = Object.entries(play).filter(([key]) => !taskLists.includes(key));
  const roles = asList(play['roles']);
  const inside = { variables: new Map(variables), place: place.place, defaults: defaultsOf(play, {}) };
  return [
    ...place.findings,
    ...judgeWho(play),
    ...judgeConnectionVariables(play['vars']),
    ...settings.flatMap(([, value]) => textsIn(value).flatMap((text) => judgeTemplates(text, false))),
    ...asList(play['vars_files']).map(() =>
      ask('unseen', 'It reads variables from a file that is not shown here.'),
    ),
    ...roles.flatMap((role) => [
      ask('unseen', 'It brings in a role, which is not shown here.'),
      ...judgeUnseen(role),
    ]),
    ...unusual(play),
    ...tasks.flatMap((task) => judgeTask(task, inside)),
  ];
}

/** Keywords of a play that change what its tasks are. */
function unusual(play: Fields): Finding[] {
  const strategy = asText(play['strategy']);
  const findings: Finding[] = [];
  if (strategy !== '' && !/^(ansible\.builtin\.)?(linear|free|host_pinned|debug)$/.test(strategy))
    findings.push(deny('opaque-code', 'It has its tasks run by a plug-in that is not part of Ansible.'));
  if (play['fact_path'] !== undefined)
    findings.push(deny('unread-code', 'It runs the programs of a folder to learn about a host.'));
  if (play['module_defaults'] !== undefined)
    findings.push(ask('module-defaults', 'It sets values for modules that their tasks do not show.'));
  if (play['collections'] !== undefined)
    findings.push(ask('unseen', 'It names collections in which its modules are looked for.'));
  return findings;
}
