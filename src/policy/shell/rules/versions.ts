import type { ReadRule } from '../rule.ts';

export const versionReads: readonly ReadRule[] = [
  {
    name: 'read.version',
    programs: ['*'],
    looks: 'prints a version',
    operands: 'data',
    when: (call) =>
      (call.args.length === 1 &&
        /^(--version|--help)$/.test(call.args[0] ?? '') &&
        versioned.has(call.program)) ||
      (call.args.length === 1 &&
        /^(-V|-v|-version|version)$/.test(call.args[0] ?? '') &&
        versionedShort.get(call.program) === call.args[0]),
    match: [
      'git --version',
      'docker --version',
      'python3 --version',
      'node --version',
      'node -v',
      'tar --version',
      'ssh -V',
      'bash --version',
    ],
    notMatch: ['./tool --version', 'reboot --version', 'unknowntool --version'],
  },
];

const versioned = new Set(
  'git docker podman python python3 perl ruby node npm npx pnpm yarn pip pip3 go cargo rustc java php tar gzip rsync curl wget ssh bash sh zsh vim nano make gcc cc clang cmake ansible ansible-playbook ansible-galaxy ansible-lint kubectl helm flux argocd talosctl terraform tofu packer vault sops age k9s k3s kubeadm kustomize jq yq awk gawk sed grep find sort ls cat systemctl journalctl apt apt-get dpkg rpm dnf pacman snap flatpak zfs zpool lvm btrfs mdadm smartctl nvme psql mysql mariadb redis-cli redis-server sqlite3 mongosh nginx caddy traefik haproxy apache2 httpd postgres openssl gpg tmux screen htop top ps free ip ss nft iptables nmap tcpdump dig ping traceroute restic borg rclone ffmpeg tailscale wg docker-compose virsh qemu-img qemu-system-x86_64 pveversion nvidia-smi code hugo uptime df du lsblk less man bc strace gdb crontab at fio stress-ng iperf3 containerd runc nerdctl ctr crictl cilium istioctl etcdctl prometheus promtool grafana-cli k6 gh glab step certbot acme.sh fail2ban-client pip-audit poetry uv deno bun lua tclsh expect ncdu powertop turbostat envsubst watch zstd xz bzip2 gzip zip unzip parallel tree file mtr socat iotop iftop nethogs btop lsof sudo rsnapshot duplicity kopia hyperfine shellcheck yamllint hadolint prettier mosquitto_pub mosquitto_sub ddrescue testdisk partclone lshw inxi fastfetch neofetch screen emacs nvim micro fzf rg fd bat eza delta lazygit lazydocker ctop dive trivy grype syft cosign skopeo buildah kind k3d minikube velero kubectx stern kubeseal talhelper age-keygen wireguard-go cloudflared zerotier-cli headscale adguardhome pihole-FTL unbound dnsmasq bind9 named chronyd ntpd postfix dovecot exim4'.split(
    ' ',
  ),
);
const versionedShort = new Map([
  ['ssh', '-V'],
  ['node', '-v'],
  ['npm', '-v'],
  ['java', '-version'],
  ['python3', '-V'],
  ['python', '-V'],
  ['perl', '-v'],
  ['php', '-v'],
  ['nginx', '-v'],
  ['go', 'version'],
  ['openssl', 'version'],
  ['terraform', 'version'],
  ['tofu', 'version'],
  ['restic', 'version'],
  ['rclone', 'version'],
  ['tmux', '-V'],
  ['ruby', '-v'],
  ['vault', 'version'],
  ['caddy', 'version'],
  ['traefik', 'version'],
  ['etcdctl', 'version'],
  ['containerd', '-v'],
  ['crictl', 'version'],
  ['cilium', 'version'],
  ['istioctl', 'version'],
  ['kubeadm', 'version'],
  ['kustomize', 'version'],
  ['promtool', '--version'],
  ['borg', '-V'],
  ['sqlite3', '-version'],
  ['gcc', '-v'],
  ['zsh', '--version'],
  ['tailscale', 'version'],
  ['nmap', '-V'],
  ['dig', '-v'],
  ['haproxy', '-v'],
  ['wg', '--version'],
]);
