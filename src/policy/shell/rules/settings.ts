import { type Call, flagValues, hasFlag, operands } from '../call.ts';
import type { ChangeRule } from '../rule.ts';
import { containerValueFlags } from './containers.ts';
import { clusterWords } from './kubernetes.ts';
import { systemctlWords } from './power.ts';

/**
 * Looks that print a whole configuration or environment. Reading what is known to be a secret is denied elsewhere;
 * here passwords may or may not stand among the rest, so a person decides.
 */
export const settingsShown: readonly ChangeRule[] = [
  {
    name: 'change.shows-settings',
    programs: ['env', 'printenv', 'set', 'export', 'declare', 'typeset', 'ps', 'history', 'fc', 'at'],
    reason: 'It prints an environment or a history, in which passwords and tokens often stand.',
    args: 'data',
    when: (call) => {
      const line = call.args.join(' ');
      switch (call.program) {
        case 'env':
          return call.args.every((arg) => /^-(i|0|-null|-ignore-environment)$|^[A-Za-z_]\w*=/.test(arg));
        case 'set':
          return line === '';
        case 'export':
        case 'declare':
        case 'typeset':
          return /^(-[a-zA-Z]*p[a-zA-Z]*( \w+)*|-[ax])?$/.test(line);
        case 'ps':
          return showsEnvironmentOfProcesses(call);
        case 'at':
          return hasFlag(call, '-c');
        case 'printenv':
          return true;
        default:
          return !/^-[cdwar]/.test(line);
      }
    },
    match: ['env', 'printenv', 'printenv PATH', 'set', 'export -p', 'ps auxe', 'ps -ef e', 'history'],
    notMatch: ['env reboot', 'ps aux', 'ps -C node', 'set -e', 'export EDITOR=vi'],
  },
  {
    name: 'change.shows-settings',
    programs: [
      'docker',
      'podman',
      'nerdctl',
      'docker-compose',
      'podman-compose',
      'crictl',
      'lxc',
      'incus',
      'virsh',
    ],
    reason: 'It prints the settings of containers or guests, in which passwords and tokens often stand.',
    args: 'shown',
    when: (call) => {
      const line = operands(call, containerValueFlags).join(' ');
      switch (call.program) {
        case 'crictl':
          return /^inspectp?\b/.test(line);
        case 'lxc':
        case 'incus':
          return /^(config|profile|project|storage) (show|get)\b/.test(line);
        case 'virsh':
          return /^(dumpxml|domxml|save-image-dumpxml|snapshot-dumpxml)\b/.test(line);
        default:
          return (
            (/^(compose config|config(?! (ls|list)\b))\b/.test(line) && !namesOnly(call)) ||
            /^stack config\b/.test(line) ||
            (/^((container|compose) )?top\b/.test(line) &&
              line
                .split(' ')
                .slice(1)
                .some((word) => bsdOptions.test(word))) ||
            (/^(image )?history\b/.test(line) && hasFlag(call, '--no-trunc')) ||
            (/^((container|pod|service|volume|plugin|config|context|task) )?inspect\b/.test(line) &&
              !inspectsPlainFields(call))
          );
      }
    },
    match: [
      'docker inspect plex',
      "docker inspect -f '{{json .}}' plex",
      "docker inspect -f '{{.Config}}' plex",
      'docker container inspect plex',
      'docker service inspect web',
      'docker compose config',
      'docker history --no-trunc web',
      'lxc config show web',
      'virsh dumpxml vm1',
    ],
    notMatch: [
      "docker inspect -f '{{.State.Status}}' plex",
      'docker image inspect nginx',
      'docker network inspect bridge',
      'docker compose config --services',
      'docker ps',
    ],
  },
  {
    name: 'change.shows-settings',
    programs: ['kubectl', 'k', 'oc', 'k3s', 'microk8s', 'kubecolor', 'minikube', 'helm', 'argocd'],
    reason: 'It prints the settings of workloads, in which passwords and tokens often stand.',
    args: 'data',
    when: (call) => {
      const [verb = '', ...rest] = clusterWords(call);
      const whole = flagValues(call, '-o', '--output').some((form) => /^(json|yaml)/.test(form));
      if ((call.program === 'helm' && verb === 'status') || (call.program === 'argocd' && rest[0] === 'get'))
        return whole;
      if (call.program === 'helm')
        return verb === 'get' && /^(values|all|manifest|hooks)$/.test(rest[0] ?? '');
      if (call.program === 'argocd') return verb === 'app' && /^(manifests|diff)$/.test(rest[0] ?? '');
      const kinds = (rest[0] ?? '').split(',').map((kind) => kind.split(/[./]/, 1)[0] ?? '');
      const plain = kinds.every((kind) => plainKinds.test(kind));
      if (verb === 'describe') return !plain;
      return (
        verb === 'get' &&
        !plain &&
        flagValues(call, '-o', '--output', '--template').some((form) => !picksPlainFields(form))
      );
    },
    match: [
      'kubectl get pod x -o yaml',
      'kubectl get cm app -o json',
      "kubectl get pods -o jsonpath='{.items[*].spec}'",
      'kubectl describe pod x',
      'kubectl describe cm app',
      'helm get values x',
      'helm get manifest x',
      'helm status x -o json',
    ],
    notMatch: [
      'kubectl get pods -o wide',
      'kubectl get nodes -o yaml',
      "kubectl get pods -o jsonpath='{.items[*].metadata.name}'",
      'kubectl describe node n100',
      'helm get notes x',
    ],
  },
  {
    name: 'change.shows-settings',
    programs: [
      'systemctl',
      'nginx',
      'caddy',
      'git',
      'npm',
      'pip',
      'pip3',
      'terraform',
      'tofu',
      'nomad',
      'ansible',
      'ansible-inventory',
      'qm',
      'systemd-analyze',
      'journalctl',
      'coredumpctl',
      'rabbitmqctl',
      'netplan',
      'vtysh',
      'named-checkconf',
      'virt-cat',
    ],
    reason: 'It prints whole settings, in which passwords and tokens often stand.',
    args: 'shown',
    when: (call) => {
      const line = operands(call).join(' ');
      switch (call.program) {
        case 'systemctl':
          return printsUnit(call);
        case 'nginx':
          return hasFlag(call, '-T');
        case 'caddy':
          return /^adapt\b/.test(line);
        case 'git':
          return (
            (/^(-C \S+ )?config\b/.test(call.args.join(' ')) &&
              (call.args.some((arg) => /^(-l|--list|--get-regexp|--get-urlmatch)$/.test(arg)) ||
                /\bconfig list\b/.test(line))) ||
            /^(-C \S+ )?var -l$/.test(call.args.join(' '))
          );
        case 'npm':
          return /^(config|c) (ls|list|get)\b/.test(line);
        case 'pip':
        case 'pip3':
          return /^config (list|get|debug)\b/.test(line);
        case 'terraform':
        case 'tofu':
          return /^(show|output|state (show|pull))\b/.test(line);
        case 'nomad':
          return /^(job inspect|inspect|var get)\b/.test(line);
        case 'ansible':
          return (
            (/(^|\.)(setup|gather_facts)$/.test(moduleName(call)) && !/\bfilter=/.test(moduleArgs(call))) ||
            (/(^|\.)debug$/.test(moduleName(call)) && !/^msg=/.test(moduleArgs(call)))
          );
        case 'ansible-inventory':
          return hasFlag(call, '--list', '--host', '--vars');
        case 'qm':
          return /^cloudinit dump\b/.test(line);
        case 'systemd-analyze':
          return /^cat-config\b/.test(line);
        case 'netplan':
          return line.startsWith('get');
        case 'vtysh':
          return call.args.some((arg) => /^show \S*-?config/.test(arg));
        case 'named-checkconf':
          return hasFlag(call, '-p');
        case 'virt-cat':
          return true;
        case 'rabbitmqctl':
          return /^(environment|report|list_(global_)?parameters)\b/.test(line);
        default:
          return call.args.some((arg) => /environ/i.test(arg));
      }
    },
    match: [
      'systemctl cat nginx',
      'systemctl show nginx',
      'systemctl show-environment',
      'nginx -T',
      'git config --list',
      'terraform output',
      'ansible all -m setup',
      'ansible-inventory --list',
      'qm cloudinit dump 100 user',
    ],
    notMatch: [
      'systemctl show -p ActiveState nginx',
      'systemctl status nginx',
      'nginx -t',
      'git config --get user.name',
      "ansible all -m setup -a 'filter=ansible_distribution*'",
      'ansible-inventory --graph',
    ],
  },
];

/** A word of ps's BSD letters, `e` among them: `auxe`. */
const bsdOptions = /^[aAcdefghHjlLmMrsStTuUvwxXZ]*e[aAcdefghHjlLmMrsStTuUvwxXZ]*$/;

/** The BSD letter `e` makes ps print the environment of each process; `-e` does not. */
function showsEnvironmentOfProcesses(call: Call): boolean {
  const valueFlags =
    '-o -O -C -u -U -p -q -t -g -G -s -k -n --sort --pid --ppid --user --User --group --Group --sid --tty --format --cols';
  const given = operands(call, valueFlags.split(' '));
  return (
    given.some((word) => /^[A-Za-z]*[eE][A-Za-z]*$/.test(word)) ||
    call.args.some((arg) => /environ/i.test(arg))
  );
}

/** `docker compose config --services` and the like list names, not values. */
function namesOnly(call: Call): boolean {
  return hasFlag(
    call,
    '--services',
    '--images',
    '--volumes',
    '--networks',
    '--profiles',
    '--hash',
    '-q',
    '--quiet',
  );
}

/** Whether a template for `docker inspect` picks fields that hold no settings of the program inside. */
function inspectsPlainFields(call: Call): boolean {
  const templates = flagValues(call, '-f', '--format');
  const type = flagValues(call, '--type')[0];
  if (type !== undefined && /^(image|network|node)$/.test(type)) return true;
  return templates.length > 0 && templates.every((template) => picksPlainMembers(template));
}

function picksPlainMembers(template: string): boolean {
  const plainConfig = /\.Config\.(Image|Hostname|User|WorkingDir|ExposedPorts|Healthcheck|StopSignal)\b/g;
  const rest = template.replace(plainConfig, '.Plain');
  // A bare `.` or `$` is everything there is.
  if (!/\.[A-Z]/.test(rest) || /(?<![\w.\])"])\.(?![A-Za-z])|\$(?![A-Za-z_])/.test(rest)) return false;
  return !/Env|Args|Cmd|Entrypoint|Labels|Config\b|Annotations|Spec\b|Options|Opts|Secret|"/.test(
    rest.replace(/\.HostConfig\./g, '.Host.'),
  );
}

/** Kinds whose objects hold no environment and no data of programs. */
const plainKinds =
  /^(no|nodes?|ns|namespaces?|pv|persistentvolumes?|pvc|persistentvolumeclaims?|sc|storageclass(es)?|svc|services?|ing|ingress(es)?|ingressclass(es)?|ep|endpoints|endpointslices?|ev|events?|hpa|horizontalpodautoscalers?|pdb|poddisruptionbudgets?|netpol|networkpolic(y|ies)|leases?|quota|resourcequotas?|limits|limitranges?|pc|priorityclass(es)?|crds?|customresourcedefinitions?|apiservices?|volumeattachments?|csidrivers?|csinodes?|sa|serviceaccounts?|roles?|rolebindings?|clusterroles?|clusterrolebindings?)$/;
const plainLeaves =
  /^(name|namespace|kind|phase|image|imageID|replicas|readyReplicas|availableReplicas|updatedReplicas|podIP|podIPs|hostIP|ip|nodeName|ready|restartCount|status|conditions|containerStatuses|type|reason|message|creationTimestamp|startTime|uid|labels|ownerReferences|serviceAccountName|restartPolicy|resources|requests|limits|cpu|memory|storage)$/;

/** Whether an output form of `kubectl get` shows names, states and images only. */
function picksPlainFields(form: string): boolean {
  if (/^(name|wide)?$/.test(form)) return true;
  const template = /^(?:jsonpath|go-template|template|custom-columns)=(.*)$/s.exec(form)?.[1];
  if (template === undefined) return false;
  const paths = template.match(/\.[A-Za-z][\w.[\]*-]*/g) ?? [];
  return (
    paths.length > 0 &&
    !/\.\.|[@$]|(?<![\w\]])\.(?![A-Za-z])/.test(template) &&
    paths.every(
      (path) =>
        plainLeaves.test(
          path
            .replace(/\[[^\]]*\]/g, '')
            .split('.')
            .at(-1) ?? '',
        ) || /^\.items(\[[^\]]*\])?$/.test(path),
    )
  );
}

/** Whether systemctl prints unit files or every property, the environment among them. */
function printsUnit(call: Call): boolean {
  const [verb = ''] = systemctlWords(call);
  if (verb === 'cat' || verb === 'show-environment') return true;
  return (
    verb === 'show' &&
    (flagValues(call, '-p', '-P', '--property').length === 0 ||
      call.args.some((arg) => /environ|exec/i.test(arg)))
  );
}

const moduleName = (call: Call): string => flagValues(call, '-m', '--module-name').at(-1) ?? 'command';
const moduleArgs = (call: Call): string => flagValues(call, '-a', '--args').at(-1) ?? '';
