/**
 * What a probe asks a host: plain words only, so that policy can judge each for itself. All of them look and none
 * changes anything. A program that is missing is an answer too.
 */
export const questions = {
  osRelease: 'cat /etc/os-release',
  system: 'uname -sm',
  user: 'id -un',
  home: 'pwd',
  memory: 'cat /proc/meminfo',
  disk: 'df -Pk .',
  sockets: 'ss -Hltn',
  tcp4: 'cat /proc/net/tcp',
  tcp6: 'cat /proc/net/tcp6',
  node: 'node --version',
  npm: 'command -v npm',
  services: 'ls services',
  processes: 'ps ax -o pid,args',
  processFolders: 'ls /proc',
  compose: 'docker compose version',
  composeOne: 'docker-compose version',
  containers: "docker ps -a --no-trunc --format '{{json .}}'",
} as const;

/** Other programs that matter to plans. */
export const knownTools: readonly string[] = (
  'qm pct pvesh pveversion vzdump kubectl k3s helm talosctl flux podman lxc virsh ' +
  'apt-get apk dnf yum pacman zypper systemctl rc-service journalctl sudo ' +
  'zpool zfs btrfs smartctl nvidia-smi restic borg rsync git curl wget tar python3'
).split(' ');

/** Every command a probe runs, in order. */
export const probeCommands: readonly string[] = [
  ...Object.values(questions),
  ...knownTools.map((tool) => toolQuestion(tool)),
];

/**
 * What is asked about the supervised processes once their folders are known. Every file is named, because a pattern
 * stands for words that only the host knows and policy could not judge. Null when there are none.
 */
export function serviceQuestions(listing: string): { readonly conf: string; readonly pids: string } | null {
  const folders = listing.split('\n').filter((name) => /^[\w.-]+$/.test(name) && !/^[.-]/.test(name));
  if (folders.length === 0) return null;
  const files = (name: string): string => folders.map((folder) => `services/${folder}/${name}`).join(' ');
  // With /dev/null among the files, grep names the file before each line also when there is only one.
  return {
    conf: `grep -s = ${files('service.conf')} /dev/null`,
    pids: `grep -s . ${files('service.pid')} /dev/null`,
  };
}

export function toolQuestion(tool: string): string {
  return `command -v ${tool}`;
}

/** Seconds after which a program that does not answer (a hung Docker daemon) is stopped, and its answer missing. */
const patience = 6;

/** One script that runs all commands and sets their answers apart by lines with the token. */
export function probeScript(commands: readonly string[], token: string): string {
  const asked = commands.map((command, index) => {
    const body = /^(docker|df|ps|node)\b/.test(command)
      ? `limited_by_time() { exec ${command}; }\nlimited`
      : command;
    return `printf '\\n%s begin ${index}\\n' ${token}
{ ${body}
} </dev/null 2>/dev/null
printf '\\n%s end ${index} %s\\n' ${token} "$?"`;
  });
  return `
PATH=$PATH:/usr/local/bin:/usr/local/sbin:/usr/sbin:/sbin
export PATH
cd "$HOME" || exit 1
limited() {
  limited_by_time &
  worker=$!
  (
    trap '[ -n "$!" ] && kill "$!" 2>/dev/null; exit 0' TERM
    sleep ${patience} &
    wait "$!"
    kill -KILL "$worker"
  ) >/dev/null 2>&1 &
  watchdog=$!
  wait "$worker"
  answer=$?
  kill "$watchdog" 2>/dev/null
  return "$answer"
}
${asked.join('\n')}
exit 0
`;
}

export interface ProbeAnswer {
  readonly code: number;
  readonly text: string;
}

/** The answers by command; one that did not come is missing. */
export function splitAnswers(
  commands: readonly string[],
  token: string,
  stdout: string,
): ReadonlyMap<string, ProbeAnswer> {
  const answers = new Map<string, ProbeAnswer>();
  for (const part of stdout.split(`\n${token} begin `).slice(1)) {
    const index = Number.parseInt(part, 10);
    const start = part.indexOf('\n') + 1;
    const end = part.indexOf(`\n${token} end ${index} `);
    const command = commands[index];
    if (command === undefined || end < 0) continue;
    const code = Number.parseInt(part.slice(end + `\n${token} end ${index} `.length), 10);
    answers.set(command, { code, text: end < start ? '' : part.slice(start, end) });
  }
  return answers;
}
