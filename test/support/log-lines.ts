import { Buffer } from 'node:buffer';

/**
 * Lines as the logs of a homelab have them, without a secret in any: system, containers, proxies, package managers, Ansible,
 * Kubernetes, databases. With everything that looks a little like a secret: commits, digests, UUIDs, base64 that is data,
 * certificates, and sentences about passwords and tokens. The same seed makes the same lines.
 */
export function logLines(count: number, seed = 1): string[] {
  const { below, pick, hex, base64, uuid } = dice(seed);
  const host = () => pick(['n100', 'nas', 'pve1', 'pve2', 'pi4', 'media']);
  const service = () =>
    pick([
      'uptime-kuma',
      'jellyfin',
      'immich',
      'vaultwarden',
      'pihole',
      'grafana',
      'gitea',
      'caddy',
      'authelia',
    ]);
  const address = () => `10.0.${below(4)}.${below(254) + 1}`;
  const two = (value: number) => String(value).padStart(2, '0');
  const clock = () => `${two(below(24))}:${two(below(60))}:${two(below(60))}`;
  const iso = () => `2026-11-${two(below(30) + 1)}T${clock()}.${String(below(1000)).padStart(3, '0')}Z`;
  const syslog = (program: string, text: string) =>
    `Nov ${String(below(30) + 1).padStart(2)} ${clock()} ${host()} ${program}[${below(60_000)}]: ${text}`;
  const path = () =>
    pick([
      '/',
      '/api/status-page/heartbeat/home',
      '/web/index.html',
      '/metrics',
      '/library/sections/3/all',
      `/assets/index-${base64(8)}.js`,
      `/items/${hex(32)}/images?tag=${hex(32)}`,
      '/login?next=%2Fsettings',
      `/socket.io/?EIO=4&transport=polling&t=P${below(9999)}`,
    ]);
  const kinds: (() => string)[] = [
    () =>
      syslog(
        'systemd',
        `${pick(['Started', 'Stopped', 'Starting', 'Finished'])} ${pick(['docker.service - Docker Application Container Engine', 'apt-daily.service - Daily apt download activities', 'systemd-ask-password-wall.path - Forward Password Requests to Wall Directory Watch', `session-${below(900)}.scope - Session ${below(900)} of User anna`])}.`,
      ),
    () =>
      syslog(
        'sshd',
        `${pick(['Accepted publickey', 'Accepted password', 'Failed password', 'Invalid user'])} for ${pick(['anna', 'root', 'invalid user admin'])} from ${address()} port ${below(60_000)} ssh2: ED25519 SHA256:${base64(43)}`,
      ),
    () =>
      syslog(
        'sudo',
        `    anna : TTY=pts/${below(4)} ; PWD=/home/anna ; USER=root ; COMMAND=/usr/bin/apt-get ${pick(['update', '-y upgrade', 'install jq'])}`,
      ),
    () =>
      syslog(
        'kernel',
        `[${below(99_999)}.${below(999_999)}] ${pick(['br-', 'veth'])}${hex(12)}: port ${below(8)}(veth${hex(7)}) entered ${pick(['blocking', 'forwarding', 'disabled'])} state`,
      ),
    () =>
      syslog(
        'dockerd',
        `time="${iso()}" level=${pick(['info', 'warning', 'error'])} msg="${pick(['ignoring event', 'Container failed to exit within 10s of signal 15 - using the force', 'copy stream failed', 'Handler for POST returned error: No such exec instance'])}" container=${hex(64)} module=libcontainerd namespace=moby topic=/tasks/delete`,
      ),
    () =>
      `${hex(12)}: ${pick(['Pull complete', 'Already exists', 'Downloading [===>      ]  3.2MB/41MB', 'Verifying Checksum'])}`,
    () => `Digest: sha256:${hex(64)}`,
    () =>
      `Status: Downloaded newer image for ${pick(['louislam/uptime-kuma:2', 'ghcr.io/immich-app/immich-server:v2.3.1', 'vaultwarden/server:1.35.0'])}@sha256:${hex(64)}`,
    () =>
      `${service()}  | ${iso()} [${pick(['MONITOR', 'AUTH', 'SERVER', 'DB', 'RATE-LIMIT'])}] ${pick(['INFO', 'WARN', 'ERROR'])}: ${pick([`Monitor #${below(90)} 'Jellyfin': Successful Response: ${below(300)} ms | Interval: 60 seconds | Type: http`, 'Login by token. IP=10.0.0.9', 'Invalid token.', `Username from JWT: anna`, 'Token expired, please log in again', 'remaining requests: 19'])}`,
    () =>
      JSON.stringify({
        level: pick(['info', 'warn', 'error']),
        ts: 1_790_000_000 + below(999_999),
        logger: 'http.log.access',
        msg: 'handled request',
        request: {
          remote_ip: address(),
          proto: 'HTTP/2.0',
          method: 'GET',
          host: `${service()}.home.example`,
          uri: path(),
          tls: { resumed: false, version: 772, cipher_suite: 4865, server_name: `${service()}.home.example` },
        },
        bytes_read: 0,
        duration: below(9_999) / 10_000,
        size: below(99_999),
        status: pick([200, 204, 304, 404]),
      }),
    () =>
      `${address()} - - [21/Nov/2026:${clock()} +0100] "GET ${path()} HTTP/1.1" ${pick([200, 304, 404])} ${below(99_999)} "-" "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"`,
    () =>
      `${iso()} ${address()} ${pick(['query[A]', 'forwarded', 'cached', 'gravity blocked'])} ${pick(['api.github.com', 'token.services.mozilla.com', 'login.microsoftonline.com', 'secure-settings.example', 'password-check.example'])} ${pick(['from', 'to', 'is'])} ${address()}`,
    () =>
      `TASK [${pick(['common', 'docker', 'users'])} : ${pick(['Install packages', 'Set the password of the service user', 'Copy the token file', 'Template compose.yaml', 'Create secrets directory'])}] ${'*'.repeat(20 + below(40))}`,
    () =>
      `${pick(['ok', 'changed', 'skipping'])}: [${host()}] => (item=${pick(['jq', 'curl', 'password_file', '/run/secrets/db'])})`,
    () =>
      `${host()} : ok=${below(40)} changed=${below(9)} unreachable=0 failed=0 skipped=${below(9)} rescued=0 ignored=0`,
    () =>
      `"sha256": "${hex(64)}", "checksum": "${hex(40)}", "uid": ${below(1000)}, "src": "/root/.ansible/tmp/ansible-tmp-${below(99_999)}/source"`,
    () =>
      `Get:${below(90)} http://deb.debian.org/debian trixie/main amd64 ${pick(['libsecret-1-0', 'passwd', 'python3-tokenize-rt', 'openssl', 'libpam-pwquality'])} amd64 ${below(9)}.${below(40)}-${below(9)} [${below(999)} kB]`,
    () =>
      `Unpacking ${pick(['libsecret-common', 'passwd', 'keyutils', 'apparmor'])} (${below(9)}.${below(40)}.${below(9)}-1) over (${below(9)}.${below(40)}.${below(9)}-1) ...`,
    () =>
      `npm ${pick(['warn', 'notice', 'http fetch'])} ${pick(['deprecated inflight@1.0.6: This module is not supported', `GET 200 https://registry.example/token-types/-/token-types-6.1.1.tgz ${below(999)}ms (cache hit)`, 'npm_config_cache is ignored', 'using --force Recommended protections disabled.'])}`,
    () => `    "integrity": "sha512-${base64(86)}==",`,
    () => `commit ${hex(40)}`,
    () =>
      `${hex(7)} ${pick(['fix', 'feat', 'docs'])}: ${pick(['rotate the session key on sign-out', 'hide the password field', 'token bucket for rate limits', 'secret sharing is explained', 'use api_key_path'])}`,
    () =>
      ` ${pick(['create', 'delete'])} mode 100644 ${pick(['roles/db/files', 'secrets', 'src/auth'])}/${pick(['password.ts', 'token-view.tsx', 'api_keys.md', 'private_key.pub'])}`,
    () => `From https://git.home.example/anna/infra   ${hex(7)}..${hex(7)}  main       -> origin/main`,
    () =>
      `I1121 ${clock()}.${below(999_999)}       1 reflector.go:${below(900)}] "${pick(['Caches populated', 'Starting reflector'])}" type="*v1.${pick(['Secret', 'ConfigMap', 'Pod'])}" reflector="k8s.io/client-go/informers/factory.go:${below(900)}"`,
    () =>
      `${pick(['kube-system', 'media', 'default'])}   ${service()}-${hex(9)}-${pick(['x7k2p', 'qq9zl', 'b4c8d'])}   1/1     Running   ${below(9)} (${below(20)}h ago)   ${below(90)}d`,
    () => `secret/${service()}-tls ${pick(['configured', 'unchanged', 'created'])}`,
    () =>
      `  Warning  FailedMount  ${below(60)}s  kubelet  MountVolume.SetUp failed for volume "${service()}-secret" : secret "${service()}-env" not found`,
    () =>
      `${iso()} UTC [${below(9999)}] LOG:  ${pick([`checkpoint complete: wrote ${below(9_999)} buffers (${below(99)}.${below(9)}%); 0 WAL file(s) added`, `connection authenticated: identity="app" method=scram-sha-256 (/var/lib/postgresql/data/pg_hba.conf:128)`, 'password authentication is required for user "app"', `duration: ${below(999)}.${below(999)} ms  statement: SELECT id, token_hash FROM sessions WHERE expires_at < now()`])}`,
    () =>
      `level=info ts=${iso()} caller=main.go:${below(400)} msg="${pick(['token refreshed', 'secret store ready', 'password policy loaded', 'apikey check passed'])}" token_ttl=${below(9_000)} key_count=${below(40)} took=${below(900)}ms`,
    () =>
      `${uuid()} ${pick(['queued', 'done', 'retry'])} attempt=${below(9)} pass=${below(40)} fail=${below(3)} secret=false`,
    () => `data:image/png;base64,${base64(60 + below(90))}`,
    () => base64(64),
    () =>
      `${service()}: thumbnail ${base64(28)}== of asset ${uuid()} (${below(9_999)} kB) written to /data/thumbs/${hex(2)}/${hex(2)}/${uuid()}.webp`,
    () =>
      `2026/11/21 ${clock()} [${pick(['notice', 'error', 'warn'])}] ${below(99)}#${below(99)}: *${below(9_999)} ${pick(['upstream timed out (110: Connection timed out) while reading response header', 'client closed connection while SSL handshaking', 'no live upstreams while connecting'])}, client: ${address()}, server: ${service()}.home.example, request: "GET ${path()} HTTP/1.1", upstream: "http://${address()}:${below(9_999)}/"`,
    () =>
      `      ${pick(['image', 'container_name', 'restart', 'POSTGRES_PASSWORD_FILE', 'TZ', 'PUID'])}: ${pick(['unless-stopped', service(), '/run/secrets/db_password', 'Europe/Berlin', '${DB_PASSWORD}', '1000'])}`,
    () =>
      `  - ${pick(['DB_PASSWORD=${DB_PASSWORD}', 'SECRET_FILE=/run/secrets/app', 'API_KEY=${API_KEY:?missing}', 'TOKEN_EXPIRY=3600', 'LOG_LEVEL=info'])}`,
    () =>
      `peer: ${base64(43)}=  endpoint: ${address()}:51820  latest handshake: ${below(120)} seconds ago  transfer: ${below(99)}.${below(99)} GiB received`,
    () => `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${base64(43)} anna@${host()}`,
    () =>
      `restic: ${pick(['snapshot', 'open repository', 'using parent snapshot'])} ${hex(8)} ${pick(['saved', 'password is correct', 'created new cache'])}`,
    () =>
      `${iso()}  ${pick(['WARN', 'INFO'])}  o.k.services.KeycloakSession : type="LOGIN_ERROR", realmId="${uuid()}", clientId="${service()}", error="invalid_user_credentials", auth_method="openid-connect", code_id="${uuid()}"`,
    () => `zpool: ${pick(['tank', 'rpool'])} scrub repaired 0B in ${clock()} with 0 errors on ${iso()}`,
    () => `-----BEGIN CERTIFICATE-----`,
    () => `MII${base64(61)}`,
    () => `-----END CERTIFICATE-----`,
    () =>
      `Certificate fingerprint (SHA-256): ${Array.from({ length: 32 }, () => hex(2).toUpperCase()).join(':')}`,
    () =>
      `error: ${pick(['invalid token: expected ; at line 3', 'token is expired', 'password must have at least 12 characters', 'could not read secret: permission denied', 'missing api key in header', 'unexpected token } in JSON at position 12'])}`,
    () =>
      `  ${pick(['✔', '✖', '⠿'])} Container ${service()}-1  ${pick(['Started', 'Recreated', 'Healthy'])}  ${below(99)}.${below(9)}s`,
    () => '',
    () =>
      `Grüße von ${host()}: ${pick(['Sicherung fertig', 'Passwort wurde geändert', 'Schlüssel für anna angelegt'])} ✓`,
  ];
  return Array.from({ length: count }, () => pick(kinds)());
}

/** Reproducible chance (mulberry32). */
function dice(seed: number) {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  const pick = <T>(from: readonly T[]): T => from[below(from.length)] as T;
  const bytes = (count: number) => Buffer.from(Array.from({ length: count }, () => below(256)));
  const hex = (length: number): string =>
    bytes(Math.ceil(length / 2))
      .toString('hex')
      .slice(0, length);
  const base64 = (length: number): string =>
    bytes(length).toString('base64').replaceAll('=', '').slice(0, length);
  const uuid = () => `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`;
  return { below, pick, hex, base64, uuid };
}
