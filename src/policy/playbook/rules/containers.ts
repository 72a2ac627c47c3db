import { judgeComposeFile } from '../../judge-compose-file.ts';
import { judgeManifest } from '../../judge-manifest.ts';
import { asList, asText, type Fields, isFields, isYes } from '../../read-yaml.ts';
import { deny } from '../../shell/verdict.ts';
import type { Deeds, ModuleRule } from '../module-rule.ts';

/** Modules for containers and clusters. */
export const containerRules: readonly ModuleRule[] = [
  {
    name: 'module.containers',
    modules: ['docker_container', 'podman_container'],
    says: 'changes a container',
    does: changeContainer,
    match: [
      'docker_container: {name: x, image: y, volumes: ["/:/host"]}',
      'docker_container: {name: x, image: y, capabilities: [SYS_MODULE]}',
      'docker_container: {name: x, image: y, devices: [/dev/sda]}',
      'docker_container: {name: x, image: y, command: "sh -c \'echo b > /proc/sysrq-trigger\'", privileged: true}',
      'docker_container: {name: x, image: y, mounts: [{type: bind, source: /etc, target: /h}]}',
    ],
    notMatch: [
      'docker_container: {name: plex, state: started, restart: true}',
      'docker_container: {name: x, image: y, volumes: ["/opt/x:/data"]}',
    ],
  },
  {
    name: 'module.compose',
    modules: [
      'docker_compose',
      'docker_compose_v2',
      'docker_stack',
      'podman_play',
      'docker_compose_v2_pull',
      'docker_swarm_service',
    ],
    says: 'starts what a compose file says',
    does: (args) => {
      const definition = args['definition'] ?? args['compose'];
      const found = asList(definition).map((one) => judgeComposeFile(JSON.stringify(one), 'compose.yaml'));
      const drops = isYes(args['remove_volumes'])
        ? [deny('mass-deletion', 'It removes the volumes of its services with all they hold.')]
        : [];
      return { findings: [...found.filter((finding) => finding !== undefined), ...drops] };
    },
    match: [
      'community.docker.docker_compose_v2: {project_name: x, definition: {services: {a: {image: b, volumes: ["/etc:/e"]}}}}',
      'docker_compose_v2: {project_src: /opt/x, state: absent, remove_volumes: true}',
    ],
    notMatch: ['community.docker.docker_compose_v2: {project_src: /opt/x}'],
  },
  {
    name: 'module.container-parts',
    modules: [
      'docker_image',
      'docker_image_pull',
      'docker_image_build',
      'docker_network',
      'docker_login',
      'docker_container_copy_into',
      'docker_plugin',
      'podman_image',
      'podman_network',
      'docker_volume',
      'podman_volume',
      'docker_prune',
      'docker_swarm',
      'docker_node',
      'docker_secret',
      'docker_config',
    ],
    says: 'changes images, networks or volumes of containers',
    does: (args) => ({
      findings: isYes(args['volumes'])
        ? [deny('mass-deletion', 'It removes volumes with all they hold.')]
        : [],
    }),
    match: ['docker_prune: {containers: true, volumes: true}'],
    notMatch: [
      'docker_image: {name: nginx, source: pull}',
      'docker_network: {name: x}',
      'docker_volume: {name: x}',
      'docker_prune: {images: true}',
    ],
  },
  {
    name: 'module.cluster',
    modules: [
      'k8s',
      'kubernetes',
      'helm',
      'helm_repository',
      'k8s_scale',
      'k8s_rollback',
      'k8s_drain',
      'k8s_taint',
      'k8s_json_patch',
      'k8s_service',
      'k8s_cp',
      'openshift',
      'helm_template',
      'helm_plugin',
      'k8s_cluster',
    ],
    says: 'changes a cluster',
    reachesOut: true,
    does: changeCluster,
    match: [
      'k8s: {state: absent, kind: PersistentVolume, name: x}',
      'kubernetes.core.k8s: {definition: {kind: Pod, spec: {containers: [{name: a, securityContext: {privileged: true}}], volumes: [{hostPath: {path: /}}]}}}',
      'k8s: {definition: {kind: CronJob, spec: {jobTemplate: {spec: {template: {spec: {hostPID: true, containers: [{name: a, command: [nsenter, -t, "1", reboot]}]}}}}}}}',
    ],
    notMatch: [
      'kubernetes.core.k8s: {state: present, src: app.yaml}',
      'k8s: {definition: {kind: Deployment, spec: {template: {spec: {containers: [{name: a, image: b}]}}}}}',
    ],
  },
];

function changeContainer(args: Fields): Deeds {
  const service: Record<string, unknown> = {
    image: args['image'],
    volumes: [
      ...asList(args['volumes'] ?? args['volume']),
      ...asList(args['mounts']).map((mount) =>
        isFields(mount) ? { source: mount['source'] ?? mount['src'], type: mount['type'] } : mount,
      ),
    ],
    privileged: args['privileged'],
    pid: args['pid_mode'] ?? args['pid'],
    ipc: args['ipc_mode'] ?? args['ipc'],
    userns_mode: args['userns_mode'] ?? args['userns'],
    uts: args['uts'],
    cgroup: args['cgroupns_mode'],
    network_mode: args['network_mode'] ?? args['network'],
    cap_add: args['capabilities'] ?? args['cap_add'],
    security_opt: args['security_opts'] ?? args['security_opt'],
    devices: args['devices'] ?? args['device'],
    device_cgroup_rules: args['device_cgroup_rules'],
  };
  const finding = judgeComposeFile(
    JSON.stringify({ services: { [asText(args['name']) || 'it']: service } }),
    'compose.yaml',
  );
  const command = args['command'];
  return {
    findings: finding ? [finding] : [],
    ...(command === undefined
      ? {}
      : Array.isArray(command)
        ? { calls: [['docker', 'run', 'image', ...command.map(asText)]] }
        : { texts: [`docker run image ${asText(command)}`] }),
  };
}

/** What takes what others stored with it when it goes. */
const holdsData =
  /^(Namespace|PersistentVolume|PersistentVolumeClaim|Node|CustomResourceDefinition|StorageClass|Project)$/i;

function changeCluster(args: Fields): Deeds {
  const definitions = asList(args['definition'] ?? args['resource_definition'] ?? args['inline']);
  const gone = asText(args['state']) === 'absent';
  const kinds = [
    asText(args['kind']),
    ...definitions.map((definition) => (isFields(definition) ? asText(definition['kind']) : '')),
  ];
  return {
    findings: [
      ...definitions.flatMap((definition) => judgeManifest(definition)),
      ...(gone && kinds.some((kind) => holdsData.test(kind) || kind.includes('\0'))
        ? [deny('mass-deletion', 'It removes something of the cluster with all it holds.')]
        : []),
    ],
  };
}
