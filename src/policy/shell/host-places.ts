import { isDevicePath, isGuardPath, isSecretPath, isSystemPath, normalPath } from './paths.ts';

/** What giving a container a place of the host amounts to. */
export type Gift = 'harmless' | 'powerful' | 'everything';

/**
 * Judges the host side of a mount, for `docker run -v`, `pct set --mp0` and compose files alike. `everything` hands over
 * the machine, its keys or the files that guard it; `powerful` is what a person has to read first.
 *
 * @param folder where a relative path starts
 */
export function judgeGift(source: string, folder?: string): Gift {
  const path = normalPath(source, folder);
  if (harmless.test(path)) return 'harmless';
  if (/(docker|podman|containerd|crio)[\w.-]*\.sock$/.test(path)) return 'powerful';
  if (/^\/proc\/sysrq-trigger$/.test(path)) return 'everything';
  if (/^\/(proc|sys|run|var\/run|lib\/modules|usr\/lib\/modules|var\/log)(\/|$)/.test(path))
    return 'powerful';
  if (whole.test(path) || /^\.\.?(\/|$)/.test(path)) return 'everything';
  const outside = /^[/~]/.test(source) || source.split('/').includes('..');
  if (isDevicePath(path)) return isDisk(path) || /^\/dev\/?$/.test(path) ? 'everything' : 'powerful';
  return outside && (isGuardPath(path) || isSystemPath(path) || isSecretPath(path))
    ? 'everything'
    : 'harmless';
}

/** Whether a path under `/dev` is a disk, a volume, memory or what restarts the machine. */
export function isDisk(path: string): boolean {
  return /^\/dev\/(sd|hd|vd|xvd|nvme|mmcblk|md|dm-|mapper|disk|zvol|mem|kmem|port|sg|watchdog|kmsg|nbd|loop|pve|block|bsg|raw)/.test(
    path,
  );
}

/** Files and devices that containers ordinarily get. */
const harmless =
  /^(\/etc\/(localtime|timezone|hosts|resolv\.conf|ssl\/certs(\/.*)?|ca-certificates(\/.*)?|machine-id|os-release)|\/usr\/share\/(zoneinfo|fonts|ca-certificates)(\/.*)?|\/usr\/(src|local\/share)\/.+|\/dev\/(null|zero|urandom|random|net\/tun|tty\w*|serial(\/.*)?|snd(\/.*)?|video\d+|dri(\/.*)?|shm|kvm|bus\/usb(\/.*)?))$/;
/** Folders that hold the machine as a whole. */
const whole =
  /^(\/|~|\/home|\/(dev|etc|boot)(\/.*)?|\/(var|usr|lib|bin|sbin|lib64|efi)|\/var\/(lib|spool|backups)|\/var\/spool\/(cron|at)(\/.*)?|\/var\/lib\/(docker|vz|lxc|kubelet|rancher|containerd|chiffon|postgresql))$/;
