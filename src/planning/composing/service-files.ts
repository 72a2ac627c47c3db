/** A service that runs as a plain process, on a host without a container engine. */
export interface ServiceSpec {
  /** Names the folder: `services/<name>`. Lower-case letters, digits, dots, dashes, underscores. */
  readonly name: string;
  /** What people call it; the name unless told. */
  readonly title?: string;
  /** A command line for /bin/sh, run in the service's folder. */
  readonly command: string;
  /** Where it listens; also in its environment as PORT. */
  readonly port: number | null;
  readonly environment: Readonly<Record<string, string>>;
}

export interface RenderedFile {
  /** Relative to the login directory. */
  readonly path: string;
  readonly content: string;
  /** Octal, four digits. */
  readonly mode: string;
}

/**
 * The files that supervise a service without any service manager. The layout, which probes read too:
 *
 * - `services/<name>/service.conf`: lines `name=`, `port=`, `title=`
 * - `services/<name>/service.sh`: `start | stop | restart | status | logs [lines]`, and `halt` for a machine that goes
 *   down: it stops without forgetting that the service is wanted
 * - `services/<name>/service.pid`: the supervisor, leader of its own process group
 * - `services/<name>/service.log` and `service.log.1`: the output, five megabytes at most each
 * - `services/<name>/enabled`: there from `start` to `stop`: what is started when the machine boots
 *
 * @throws TypeError for a name or an environment variable that cannot be one.
 */
export function renderServiceScript(spec: ServiceSpec): RenderedFile[] {
  if (!/^[a-z0-9][a-z0-9._-]*$/.test(spec.name))
    throw new TypeError(`"${spec.name}" cannot name a service folder`);
  const folder = `services/${spec.name}`;
  return [
    { path: `${folder}/service.conf`, content: renderConf(spec), mode: '0644' },
    { path: `${folder}/service.sh`, content: renderScript(spec), mode: '0755' },
  ];
}

function renderConf({ name, port, title = name }: ServiceSpec): string {
  return `name=${name}\nport=${port ?? ''}\ntitle=${title.replace(/\s+/g, ' ').trim()}\n`;
}

function renderScript(spec: ServiceSpec): string {
  const environment = { ...(spec.port === null ? {} : { PORT: String(spec.port) }), ...spec.environment };
  const exports = Object.entries(environment).map(([key, value]) => {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(key))
      throw new TypeError(`"${key}" cannot name an environment variable`);
    return `export ${key}=${quote(value)}`;
  });
  const where = spec.port === null ? '' : `, port ${spec.port}`;
  return `#!/bin/sh
# Looks after ${spec.name}: start | stop | restart | status | logs [lines]
name=${spec.name}
where=${quote(where)}
${exports.join('\n')}

# What is kept running.
service() {
  ${spec.command}
}
${body}`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

const body = `
cd "$(dirname "$0")" || exit 1
here=$(pwd)
most_bytes=5242880

# Whether the supervisor in service.pid lives; a process that merely got its number later does not count.
running() {
  pid=
  [ -s service.pid ] && read -r pid <service.pid
  [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null || return 1
  if [ -r "/proc/$pid/cmdline" ]; then line=$(tr '\\0' ' ' <"/proc/$pid/cmdline")
  else line=$(ps -o command= -p "$pid" 2>/dev/null); fi
  case $line in *"service.sh supervise $here"*) return 0 ;; esac
  return 1
}

# Whether a process of the group is left. Those that have ended and only wait to be noticed do not count.
group_alive() {
  kill -0 "-$1" 2>/dev/null || return 1
  [ -r /proc/self/stat ] || return 0
  for stat in /proc/[0-9]*/stat; do
    { read -r line <"$stat"; } 2>/dev/null || continue
    set -- "$1" \${line##*") "}
    [ "$4" = "$1" ] && [ "$2" != Z ] && return 0
  done
  return 1
}

pause() { sleep 0.1 2>/dev/null || sleep 1; }

# The log is copied and emptied in place, because the service goes on writing to the same open file.
rotate() {
  [ "$(wc -c <service.log)" -le "$most_bytes" ] || { cp service.log service.log.1 && : >service.log; }
}

start() {
  if running; then echo "$name is already running (pid $pid$where)"; : >enabled; return 0; fi
  tries=50
  until mkdir .starting 2>/dev/null || [ "$tries" -eq 0 ]; do tries=$((tries - 1)); pause; done
  if ! running; then
    : >>service.log || { rmdir .starting 2>/dev/null; echo "$name cannot write its log"; return 1; }
    rm -f service.pid
    # A process group of its own lets stop reach everything the service started.
    if command -v setsid >/dev/null 2>&1
    then setsid /bin/sh ./service.sh supervise "$here" </dev/null >>service.log 2>&1 &
    else /bin/sh ./service.sh supervise "$here" </dev/null >>service.log 2>&1 &
    fi
    tries=100
    until running || [ "$tries" -eq 0 ]; do tries=$((tries - 1)); pause; done
  fi
  rmdir .starting 2>/dev/null
  running || { echo "$name did not start; see $here/service.log"; return 1; }
  : >enabled
  echo "$name is running (pid $pid$where)"
}

halt() {
  if ! running; then rm -f service.pid; echo "$name is stopped"; return 0; fi
  kill -TERM "-$pid" 2>/dev/null || kill -TERM "$pid" 2>/dev/null
  tries=200
  while { running || group_alive "$pid"; } && [ "$tries" -gt 0 ]; do tries=$((tries - 1)); pause; done
  if running || group_alive "$pid"; then
    kill -KILL "-$pid" 2>/dev/null || kill -KILL "$pid" 2>/dev/null
    tries=20
    while group_alive "$pid" && [ "$tries" -gt 0 ]; do tries=$((tries - 1)); pause; done
  fi
  rm -f service.pid
  echo "$name is stopped"
}

# Starts the command again whenever it ends: at once the first time, then after 1, 2, 4 and up to 60 seconds. A run of a
# minute or more counts as healthy and resets the pause.
supervise() {
  stopping=
  trap 'stopping=yes' TERM
  trap : HUP INT
  printf '%s\\n' "$$" >service.pid.new && mv service.pid.new service.pid
  ( while sleep 60; do rotate; done ) >/dev/null 2>&1 &
  delay=0
  while [ -z "$stopping" ]; do
    rotate
    began=$(date +%s)
    service </dev/null &
    child=$!
    while :; do
      wait "$child"
      code=$?
      kill -0 "$child" 2>/dev/null || break
      [ -n "$stopping" ] || continue
      # A signal that comes while the child is being started can miss it, so it is sent once more.
      tries=50
      while kill -0 "$child" 2>/dev/null && [ "$tries" -gt 0 ]; do tries=$((tries - 1)); pause; done
      kill -TERM "$child" 2>/dev/null
    done
    [ -z "$stopping" ] || break
    ended=$(date +%s)
    [ "$((ended - began))" -lt 60 ] || delay=0
    echo "$(date '+%Y-%m-%d %H:%M:%S') $name ended with exit code $code; starting it again in $delay s"
    if [ "$delay" -gt 0 ]; then
      sleep "$delay" &
      wait "$!"
    fi
    delay=$((delay == 0 ? 1 : delay * 2))
    [ "$delay" -le 60 ] || delay=60
  done
  # What the service started beside itself goes too.
  trap '' TERM
  kill -TERM "$child" 2>/dev/null
  kill -TERM "-$$" 2>/dev/null
  exit 0
}

case \${1:-} in
  start) start ;;
  stop) rm -f enabled; halt ;;
  halt) halt ;;
  restart) halt && start ;;
  status)
    if running; then echo "$name is running (pid $pid$where)"; exit 0; fi
    echo "$name is stopped"
    exit 3
    ;;
  logs) if [ -e service.log ]; then tail -n "\${2:-100}" service.log; else echo "$name has not written anything yet"; fi ;;
  supervise) supervise ;;
  *)
    echo "usage: service.sh start | stop | restart | status | logs [lines]" >&2
    exit 2
    ;;
esac
`;
