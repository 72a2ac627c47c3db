import { asList, isFields, isYes, readYaml } from './read-yaml.ts';
import { isDisk, judgeGift } from './shell/host-places.ts';
import { normalPath } from './shell/paths.ts';
import type { Finding } from './shell/verdict.ts';

/**
 * What a compose file would give its containers; undefined when it is not one, or asks for nothing special.
 * Giving away the root folder, the devices or the settings of the host is out of the question; the container engine's
 * socket, `privileged` and the like need a person who has read it.
 *
 * @param path where the file will lie; relative to the login folder unless it begins with a slash
 */
export function judgeComposeFile(text: string, path: string): Finding | undefined {
  const read = readYaml(text);
  const [content, ...more] = read.ok ? read.documents : [];
  if (!read.ok || more.length > 0)
    return /services/.test(text) || /(^|\/)(docker-|podman-)?compose[^/]*$/.test(path)
      ? {
          verdict: 'deny',
          rule: 'floor.unreadable-compose',
          reason: 'The compose file cannot be read, so nobody can say what it would start.',
        }
      : undefined;
  const folder = normalPath(`${path}/..`, '~');
  const entries = (key: string) => {
    const value = member(content, key);
    return isFields(value) ? Object.entries(value) : [];
  };
  const includes = asList(member(content, 'include'));
  if (entries('services').length === 0 && includes.length === 0) return undefined;
  const findings = [
    ...entries('services').flatMap(([name, service]) => judgeService(name, service, folder)),
    ...entries('volumes').flatMap(([name, volume]) => judgeNamedVolume(name, volume, folder)),
    ...entries('secrets').flatMap(([name, given]) => judgeGivenFile('secret', name, given, folder)),
    ...entries('configs').flatMap(([name, given]) => judgeGivenFile('config', name, given, folder)),
    ...(includes.length > 0 ? [loud('it includes another compose file, which is not shown here.')] : []),
  ];
  return findings.find((finding) => finding.verdict === 'deny') ?? findings[0];
}

/** What the reason of a finding begins with that a person must not overlook. */
export const loudMark = 'READ THIS: ';

const loud = (reason: string): Finding => ({
  verdict: 'approval',
  rule: 'change.privileged-container',
  reason: `${loudMark}${reason}`,
});
const never = (reason: string): Finding => ({ verdict: 'deny', rule: 'floor.container-escape', reason });

function judgeService(name: string, service: unknown, folder: string): Finding[] {
  if (!isFields(service)) return [];
  const findings = sourcesOf(service).flatMap((source) => judgeMount(name, source, folder));
  for (const device of asList(service['devices']))
    findings.push(...judgeDevice(name, isFields(device) ? textOf(device['source']) : textOf(device)));
  if (isTrue(service['privileged']))
    findings.push(loud(`${name} runs privileged, so whoever gets into it has the whole host.`));
  for (const key of ['pid', 'ipc', 'userns_mode', 'uts', 'cgroup'])
    if (service[key] === 'host')
      findings.push(loud(`${name} shares the host's ${key.replace('_mode', '')} with the container.`));
  const added = asList(service['cap_add']).map((capability) =>
    String(capability).replace(/^CAP_/i, '').toUpperCase(),
  );
  if (added.some((capability) => /^(ALL|SYS_BOOT|SYS_MODULE|SYS_RAWIO)$/.test(capability)))
    findings.push(never(`${name} would be able to restart the host or change its kernel.`));
  else if (
    added.some((capability) =>
      /^(SYS_ADMIN|SYS_PTRACE|DAC_READ_SEARCH|DAC_OVERRIDE|BPF|PERFMON)$/.test(capability),
    )
  )
    findings.push(loud(`${name} gets the right ${added.join(', ')} over the host.`));
  if (asList(service['security_opt']).some((option) => /unconfined|label[:=]disable/.test(String(option))))
    findings.push(loud(`${name} runs without the host's confinement.`));
  if (asList(service['device_cgroup_rules']).some((rule) => /^\s*[ab]\s/.test(String(rule))))
    findings.push(never(`${name} would be able to reach every disk.`));
  if (isTrue(service['use_api_socket']))
    findings.push(
      loud(`${name} gets the socket of the container engine, which is as much as the host itself.`),
    );
  if (service['provider'] !== undefined)
    findings.push(loud(`${name} starts a program on the host itself, not in a container.`));
  for (const hook of ['post_start', 'pre_stop'])
    if (asList(service[hook]).some((step) => isTrue(member(step, 'privileged'))))
      findings.push(loud(`${name} runs a command with all rights over the host.`));
  for (const key of ['extends', 'env_file', 'build', 'label_file'])
    for (const path of pathsUnder(service[key]))
      if (judgeGift(path, folder) === 'everything')
        findings.push(never(`${name} would read ${path} of the host.`));
  return findings;
}

function pathsUnder(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap((item) => pathsUnder(item));
  return isFields(value) ? ['path', 'file', 'context'].flatMap((key) => pathsUnder(value[key])) : [];
}

function sourcesOf(service: Readonly<Record<string, unknown>>): string[] {
  return asList(service['volumes']).map((volume) => {
    if (isFields(volume)) return textOf(volume['source'] ?? volume['src']);
    const text = String(volume);
    // A default such as `${ROOT:-/}` holds a colon of its own.
    const source = /^\$\{[^}]*\}[^:]*/.exec(text)?.[0] ?? text.split(':')[0] ?? '';
    // What stands alone is a folder inside the container, and a name is a volume.
    return source === text || /^\w[\w.-]*$/.test(source) ? '' : source;
  });
}

function judgeMount(name: string, given: string, folder: string): Finding[] {
  const source = given.replace(/\$\{[^}:]*:?-([^}]*)\}/g, '$1');
  if (source === '') return [];
  // A place that begins beside the file stays there, whatever a variable behind it holds.
  const unknown = source.includes('$') && !/^\.\/[\w.-]/.test(source);
  switch (judgeGift(source.replace(/\$(\{[^}]*\}|\w+)/g, 'x'), folder)) {
    case 'everything':
      return [never(`${name} would get ${given} of the host.`)];
    case 'powerful':
      return [
        loud(
          /\.sock$/.test(source)
            ? `${name} gets the socket of the container engine, which is as much as the host itself.`
            : `${name} gets ${given} of the host.`,
        ),
      ];
    case 'harmless':
      return unknown ? [loud(`${name} mounts ${given}, which is only known on the host.`)] : [];
  }
}

function judgeDevice(name: string, mapping: string): Finding[] {
  const path = normalPath(mapping.split(':')[0] ?? '');
  return isDisk(path) || path === '/dev' ? [never(`${name} would get the disk or device ${path}.`)] : [];
}

/** A named volume can be a bind mount in disguise: `driver_opts: {type: none, o: bind, device: /}`. */
function judgeNamedVolume(name: string, volume: unknown, folder: string): Finding[] {
  const device = textOf(member(member(volume, 'driver_opts'), 'device'));
  // Addresses of network shares begin otherwise: `:/export`, `//nas/share`.
  return /^(\/(?!\/)|~|\.|\$)/.test(device)
    ? [...judgeMount(`The volume ${name}`, device, folder), ...judgeDevice(`The volume ${name}`, device)]
    : [];
}

/** A secret or config of the file's own: a file of the host that containers get to read. */
function judgeGivenFile(kind: string, name: string, given: unknown, folder: string): Finding[] {
  const file = textOf(member(given, 'file'));
  return file === '' ? [] : judgeMount(`The ${kind} ${name}`, file, folder);
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const member = (value: unknown, key: string): unknown => (isFields(value) ? value[key] : undefined);
const isTrue = (value: unknown): boolean =>
  isYes(value) || (typeof value === 'string' && value.includes('$'));
