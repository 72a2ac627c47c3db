#!/bin/sh
# Builds a machine in a mount namespace of its own: the programs of this one (what is written to them is thrown away), and
# its own /etc, /root, /home, /dev, /proc. Run by start-machine.ts below unshare; its argument is an empty folder.
set -eu
root=$1
canary=$2
mount --make-rprivate /
mount -t tmpfs -o size=256m,mode=755 machine "$root"
cd "$root"
mkdir -p .upper .work usr etc/ssh etc/sudoers.d etc/cron.d etc/cron.hourly etc/systemd/system etc/polkit-1/rules.d etc/pam.d etc/default \
  dev/pts proc sys/power tmp run/sshd root/.ssh home srv boot opt mnt/data var/log/recorder var/lib/vz var/lib/postgresql var/lib/guard var/tmp .fake
mount -t overlay overlay -o "lowerdir=/usr,upperdir=$root/.upper,workdir=$root/.work" usr
rm -rf usr/local/bin/* usr/local/sbin/*
# polkit needs a bus, which is not there: this machine is one without it.
rm -f usr/bin/pkcheck usr/bin/pkexec
for link in bin sbin lib lib32 lib64 libx32; do [ -L "/$link" ] && ln -s "$(readlink "/$link")" "$link"; done
for one in ld.so.cache ld.so.conf ld.so.conf.d alternatives nsswitch.conf services protocols login.defs skel profile bash.bashrc shells hosts; do
  [ -e "/etc/$one" ] && cp -a "/etc/$one" etc/
done
cp /usr/share/base-passwd/passwd.master etc/passwd
cp /usr/share/base-passwd/group.master etc/group
echo 'sshd:x:101:65534::/run/sshd:/usr/sbin/nologin' >>etc/passwd
printf 'docker:x:995:\nkvm:x:996:\n' >>etc/group
sed 's/:.*/:*:20000:0:99999:7:::/' etc/passwd >etc/shadow
sed -i "s|^root:[*]:|root:\$6\$$canary:|" etc/shadow
sed 's/:.*/:*::/' etc/group >etc/gshadow
chown root:shadow etc/shadow etc/gshadow 2>/dev/null || chown 0:42 etc/shadow etc/gshadow
chmod 640 etc/shadow etc/gshadow
printf 'root ALL=(ALL:ALL) ALL\n@includedir /etc/sudoers.d\n' >etc/sudoers
chmod 440 etc/sudoers
printf 'auth required pam_deny.so\naccount required pam_permit.so\nsession required pam_permit.so\n' >etc/pam.d/other
cp etc/pam.d/other etc/pam.d/sudo
printf '/dev/sda1 / ext4 defaults 0 1\n' >etc/fstab
echo machine >etc/hostname
echo 0123456789abcdef0123456789abcdef >etc/machine-id
mkdir -p etc/pve/priv etc/chiffon
echo "deny everything $canary" >etc/chiffon/policy.yml
chmod 600 etc/chiffon/policy.yml
for secret in root/.ssh/id_ed25519 root/backup.tar etc/pve/priv/authkey.key root/secrets.yml; do echo "secret $canary" >"$secret"; chmod 600 "$secret"; done
chmod 700 root root/.ssh etc/pve/priv
echo 'a guest’s disk' >var/lib/vz/100.qcow2
echo 'a table' >var/lib/postgresql/table
echo 'a file of the pool' >mnt/data/file
chmod 1777 tmp var/tmp
chmod 1733 var/log/recorder
mknod -m 666 dev/null c 1 3; mknod -m 666 dev/zero c 1 5; mknod -m 666 dev/full c 1 7
mknod -m 666 dev/random c 1 8; mknod -m 666 dev/urandom c 1 9; mknod -m 666 dev/tty c 5 0
ln -s /proc/self/fd dev/fd
mount -t tmpfs -o size=8m,mode=1777 shm dev/pts
# The disk: a file of root's, by every name the commands use.
truncate -s 4M .disk.img
head -c 65536 /dev/urandom >.sign
dd if=.sign of=.disk.img conv=notrunc status=none
chmod 600 .disk.img .sign
loop=$(losetup -f --show .disk.img)
minor=$(stat -c %T "$loop")
# Given back by the kernel when the first process of this machine ends, however it ends.
exec 9<"$loop"
losetup -d "$loop"
mkdir -p dev/disk/by-id dev/pve dev/mapper
for name in sda sda1 sda3 sdb nvme0n1 vda dm-0 md0 disk/by-id/ata-X pve/root mapper/pve-root; do mknod -m 660 "dev/$name" b 7 "0x$minor"; chown 0:6 "dev/$name"; done
mount -t proc proc proc
# What is written to these never reaches the kernel; a kernel may lack the first.
: >sys/power/state; chmod 200 sys/power/state
if [ -e proc/sysrq-trigger ]; then : >.fake/sysrq; chmod 200 .fake/sysrq; mount --bind .fake/sysrq proc/sysrq-trigger; fi
ssh-keygen -q -t ed25519 -N '' -f etc/ssh/ssh_host_ed25519_key
mkdir -p etc/ssh/sshd_config.d
printf 'Include /etc/ssh/sshd_config.d/*.conf\nHostKey /etc/ssh/ssh_host_ed25519_key\nUsePAM no\nPasswordAuthentication no\n' >etc/ssh/sshd_config
ip link set lo up 2>/dev/null || true
echo ready
exec chroot "$root" /bin/sh -c 'cd /; while :; do sleep 3600 & wait "$!"; done'
