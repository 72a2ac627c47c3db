import { parseDocument } from 'yaml';
import { normalPath } from './shell/paths.ts';
import type { Finding } from './shell/verdict.ts';

/**
 * What a compose file would give its containers; undefined when it is not one, or asks for nothing special.
 * Giving away the root folder, the devices or the settings of the host is out of the question; the container engine's
 * socket, `privileged` and the like need a person who has read it.
 */
export function judgeComposeFile(text: string): Finding | undefined {
  const document = parseDocument(text, { merge: true, uniqueKeys: false });
  if (document.errors.length > 0)
    return /(^|\n)\s*services\s*:/.test(text)
      ? {
          verdict: 'deny',
          rule: 'floor.unreadable-compose',
          reason: 'The compose file cannot be read, so nobody can say what it would start.',
        }
      : undefined;
  const content = document.toJS({ maxAliasCount: 100 });
  const services = member(content, 'services');
  if (!isRecord(services)) return undefined;
  const volumes = member(content, 'volumes');
  const findings = [
    ...Object.entries(services).flatMap(([name, service]) => judgeService(name, service)),
    ...(isRecord(volumes)
      ? Object.entries(volumes).flatMap(([name, volume]) => judgeNamedVolume(name, volume))
      : []),
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

function judgeService(name: string, service: unknown): Finding[] {
  if (!isRecord(service)) return [];
  const findings = sourcesOf(service).flatMap((source) => judgeMount(name, source));
  for (const device of asList(service['devices']))
    findings.push(...judgeDevice(name, isRecord(device) ? textOf(device['source']) : textOf(device)));
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
  for (const key of ['extends', 'env_file', 'build'])
    for (const path of pathsUnder(service[key]))
      if (/^\/(etc|root|proc|sys|dev)(\/|$)|(^|\/)\.ssh(\/|$)/.test(normalPath(path)))
        findings.push(never(`${name} would read ${path} of the host.`));
  return findings;
}

function pathsUnder(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap((item) => pathsUnder(item));
  return isRecord(value) ? ['path', 'file', 'context'].flatMap((key) => pathsUnder(value[key])) : [];
}

function sourcesOf(service: Readonly<Record<string, unknown>>): string[] {
  return asList(service['volumes']).map((volume) => {
    if (isRecord(volume)) return textOf(volume['source'] ?? volume['src']);
    const text = String(volume);
    // A default such as `${ROOT:-/}` holds a colon of its own.
    return /^\$\{[^}]*\}[^:]*/.exec(text)?.[0] ?? text.split(':')[0] ?? '';
  });
}

function judgeMount(name: string, given: string): Finding[] {
  const source = given.replace(/\$\{[^}:]*:?-([^}]*)\}/g, '$1');
  if (/\$/.test(source) && !/^\.{0,2}[\w./-]*\/?\$\{?\w+\}?/.test(source))
    return [loud(`${name} mounts ${given}, which is only known on the host.`)];
  const path = normalPath(source);
  if (
    /^\/(etc\/(localtime|timezone|hosts|resolv\.conf|ssl\/certs.*|machine-id|os-release))$/.test(path) ||
    path === '/dev/dri' ||
    path === '/dev/shm' ||
    /^\/dev\/(null|urandom|random|net\/tun|tty\w*|serial(\/.*)?|snd|video\d+)$/.test(path)
  )
    return [];
  if (
    /^\/$|^\/(dev|etc|boot|proc\/sysrq-trigger)(\/|$)/.test(path) ||
    /^~$|^\/(root|home)$|(^|\/)\.ssh(\/|$)|^\/(var|usr|lib|bin|sbin|lib64)$|^\/var\/lib(\/(docker|vz))?$/.test(
      path,
    ) ||
    /^\/home\/[^/]+\/?$/.test(source) ||
    source.split('/').filter((part) => part === '..').length > 2
  )
    return [never(`${name} would get ${given} of the host.`)];
  if (/(docker|podman|containerd|crio)[\w.-]*\.sock$/.test(path))
    return [loud(`${name} gets the socket of the container engine, which is as much as the host itself.`)];
  if (/^\/(proc|sys|run|var\/run|run\/systemd.*|lib\/modules|var\/log)(\/|$)/.test(path))
    return [loud(`${name} gets ${given} of the host.`)];
  return [];
}

function judgeDevice(name: string, mapping: string): Finding[] {
  const path = normalPath(mapping.split(':')[0] ?? '');
  if (
    /^\/dev\/?$|^\/dev\/(sd|hd|vd|xvd|nvme|mmcblk|md|dm-|mapper|disk|zvol|mem|kmem|port|sg|watchdog|kmsg|nbd|loop|pve)/.test(
      path,
    )
  )
    return [never(`${name} would get the disk or device ${path}.`)];
  return [];
}

/** A named volume can be a bind mount in disguise: `driver_opts: {type: none, o: bind, device: /}`. */
function judgeNamedVolume(name: string, volume: unknown): Finding[] {
  const options = member(volume, 'driver_opts');
  const device = member(options, 'device');
  return typeof device === 'string' && device.startsWith('/')
    ? [...judgeMount(`The volume ${name}`, device), ...judgeDevice(`The volume ${name}`, device)]
    : [];
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const member = (value: unknown, key: string): unknown => (isRecord(value) ? value[key] : undefined);
const asList = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
const isTrue = (value: unknown): boolean =>
  value === true || (typeof value === 'string' && (/^(true|yes|on|1)$/i.test(value) || value.includes('$')));
