import { asText, type Fields, isFields, isYes } from '../read-yaml.ts';
import { judgeVariable } from '../shell/rules/variables.ts';
import { ask, deny, type Finding } from '../shell/verdict.ts';

/** Where a task runs: on the hosts its play names, on the machine Chiffon runs on, or on one the play does not name. */
export type Place = 'named' | 'own' | 'other';

const ownMachine = /^(localhost|127(\.[0-9]+){3}|::1|ip6-localhost)$/i;
const ordinaryConnections = /^(ssh|smart|paramiko(_ssh)?|ansible\.builtin\.(ssh|paramiko_ssh)|winrm|psrp)$/;

/** Where a play, block or task says it runs. `around` is what holds when it says nothing. */
export function judgePlace(
  fields: Fields,
  around: Place,
): { readonly place: Place; readonly findings: readonly Finding[] } {
  const findings: Finding[] = [];
  let place = around;
  const hosts = fields['hosts'];
  if (typeof hosts === 'string' && ownMachine.test(hosts.trim())) place = 'own';
  const connection = asText(fields['connection']);
  if (/(^|\.)local$/.test(connection)) place = 'own';
  else if (connection !== '' && !ordinaryConnections.test(connection))
    findings.push(deny('elsewhere', `It reaches its hosts by ${connection}, in a way nobody has agreed to.`));
  const delegate = fields['delegate_to'];
  if (delegate !== undefined) {
    place = ownMachine.test(asText(delegate)) ? 'own' : 'other';
    findings.push(
      ask(
        'elsewhere',
        `It runs on ${asText(delegate).replaceAll('\0', '…')}, and not on the hosts of its play.`,
      ),
    );
  }
  return { place, findings };
}

/** As whom a play, block or task runs, and with which settings. */
export function judgeWho(fields: Fields): Finding[] {
  const findings: Finding[] = [];
  if (fields['become_exe'] !== undefined || fields['become_flags'] !== undefined)
    findings.push(
      deny(
        'option-runs-program',
        'It has another program, or other options, give it the rights of somebody else.',
      ),
    );
  const method = asText(fields['become_method']);
  if (method !== '' && !/^(ansible\.builtin\.)?(sudo|su)$|^community\.general\.doas$/.test(method))
    findings.push(deny('option-runs-program', `It gets the rights of somebody else by ${method}.`));
  for (const key of ['become_user', 'remote_user', 'port'])
    if (fields[key] !== undefined && asText(fields[key]) !== 'root')
      findings.push(ask('other-person', 'It runs as somebody else than Chiffon usually does.'));
  if (isYes(fields['no_log'])) findings.push(ask('unlogged', 'It keeps what it does out of the record.'));
  const environment = fields['environment'];
  for (const setting of Array.isArray(environment) ? environment : [environment])
    for (const [name, value] of isFields(setting) ? Object.entries(setting) : [])
      findings.push(...judgeVariable(name, asText(value)));
  if (environment !== undefined && !isFields(environment) && !Array.isArray(environment))
    findings.push(deny('opaque-code', 'It sets variables for its programs that cannot be read beforehand.'));
  return findings;
}

const harmlessSettings: Readonly<Record<string, RegExp>> = {
  ansible_python_interpreter:
    /^(auto(_silent|_legacy|_legacy_silent)?|\/usr\/(local\/)?bin\/python3?(\.[0-9]+)?)$/,
  ansible_shell_executable: /^(\/usr)?\/bin\/(ba|da)?sh$/,
  ansible_shell_type: /^sh$/,
  ansible_connection: /^(ssh|smart)$/,
  ansible_become_method: /^(sudo|su)$/,
  ansible_become_user: /^root$/,
};
const decidesHow =
  /^ansible_((python|perl|ruby|\w+)_interpreter|shell_(executable|type)|connection|become_(method|exe|flags|plugin)|sudo_(exe|flags)|ssh_(\w*args|executable|pipelining_\w+|transfer_method)|(sftp|scp)_extra_args|remote_tmp|async_dir|\w+_plugins?|httpapi_\w+|paramiko_proxy_command|ssh_proxy_command|docker_extra_args|chroot_exe)$/;
const decidesWhere = /^(ansible_(host|port|user|ssh_host|ssh_port|ssh_user|become_user)|inventory_hostname)$/;

/** Variables by which Ansible is told how, where and as whom to run things, whatever the play says. */
export function judgeConnectionVariables(variables: unknown): Finding[] {
  if (!isFields(variables)) return [];
  return Object.entries(variables).flatMap(([name, value]) => {
    if (harmlessSettings[name]?.test(asText(value))) return [];
    if (decidesHow.test(name))
      return [
        deny('option-runs-program', `Setting ${name} makes other programs run, or runs them in another way.`),
      ];
    if (decidesWhere.test(name))
      return [ask('elsewhere', `Setting ${name} changes where or as whom it runs.`)];
    return isFields(value) ? judgeConnectionVariables(value) : [];
  });
}
