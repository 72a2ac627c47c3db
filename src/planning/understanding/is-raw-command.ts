/** Programs whose names mean nothing else; one argument is enough. */
const programs =
  'sudo|doas|dd|mkfs(?:\\.\\w+)?|rm|rmdir|mv|chmod|chown|kubectl|talosctl|helm|flux|systemctl|journalctl|apt|apt-get|aptitude|dpkg|yum|dnf|pacman|apk|pip3?|curl|wget|ssh|scp|rsync|bash|zsh|ksh|python3?|perl|ruby|qm|pct|pvesh|pvecm|vzdump|zpool|zfs|lvremove|vgremove|pvremove|fdisk|sfdisk|sgdisk|gdisk|parted|wipefs|blkdiscard|cryptsetup|iptables|nft|ufw|mount|umount|crontab|ansible(?:-playbook)?|terraform|pkill|killall|nohup|eval|docker-compose|podman|nerdctl|nc|ncat|netcat|telnet|chroot|insmod|modprobe|sysctl|swapoff|useradd|userdel|usermod|passwd|visudo|rmmod|mdadm|lvcreate|lvs|vgs|lsblk|blkid|dmesg|tcpdump|strace|xargs';
/** Programs whose names are also plain words; something of a shell has to follow. */
const ambiguous =
  'docker|node|exec|grep|egrep|awk|sed|tee|tar|kill|cat|find|cut|make|service|top|htop|watch|ping|shred|host|at|sh|ls|cd|cp|echo|df|du|ps|free|uptime|git|npm|npx|reboot|shutdown|halt|poweroff|init|format|touch|head|tail|less|more|man|history|su|export|unset|source|test|sleep|wait|yes|truncate|ln|nano|vim|vi|screen|tmux';
const opening =
  '^(?:(?:(?:please|pls|can you|could you|just|run|execute|exec|type|do|and|then|now|hey|hi|ok|so|@\\S+|chiffon|the command|this|shell|command|a|in bash)[\\s,:]+)|[,:\'"`$#]\\s*)*';
const unmistakable = new RegExp(`${opening}(?:${programs})\\s+\\S`, 'i');
const shellLike = new RegExp(
  `${opening}(?:${ambiguous})(?:\\s+[\\w.:@%+-]+){0,4}\\s+(?:--?[a-z?]|[/~.$*]|\\S*[=|<>*])`,
  'i',
);
const dockerCommand = new RegExp(
  `${opening}docker\\s+(?:compose|system|volume|image|network|container|swarm|run|rm|rmi|kill|exec|stop|start|restart|pull|push|build|prune|inspect|ps|stats|cp|save|load|update|rename|pause|unpause)(?:\\s+[\\w./:@-]+)*\\s*$`,
  'i',
);
const machinery =
  /^init\s+[0-6]$|^format\s+[a-z]:|\|\s*(?:ba|z|k)?sh\b|\|\s*sudo\b|&&|\|\||\$\(|\$\{|:\(\)\s*\{|>>?\s*\/|<\(|;\s*(?:rm|sudo|reboot|shutdown|curl|wget|dd|cat|echo|sh|bash|poweroff|halt|kill|chmod|mkfs)\b|\/dev\/(?:sd|nvme|vd|hd|zero|null|tcp)\S*\s*(?:bs|of|if|count)?=|\b(?:if|of)=\/|\brm\s+-\w*[rf]|--no-preserve-root|\bdrop\s+(?:table|database)\b|\bmkfs\.|\bkexec\b|sysrq/i;

/** Whether a clause is a command line rather than a sentence. */
export function isRawCommand(clause: string): boolean {
  const text = clause.trim();
  return machinery.test(text) || unmistakable.test(text) || shellLike.test(text) || dockerCommand.test(text);
}
