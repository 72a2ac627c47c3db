/**
 * Flags with which programs that otherwise look do more: take their commands or settings from a file, print a file as if
 * it were data, never end, or reach for another machine. They are looked for wherever they stand, because most programs
 * read flags behind their operands too. A call with one of them is not read-only, whatever rule describes it.
 */
export const flagsThatDoMore: ReadonlyMap<string, readonly string[]> = new Map([
  [
    'nft',
    ['-f', '--file', '-i', '--interactive', '-D', '--define', '-I', '--includepath', '-o', '--optimize'],
  ],
  ['iptables', ['--modprobe', '-M']],
  ['ip6tables', ['--modprobe', '-M']],
  ['tree', ['--fromfile', '--fromtabfile', '--info', '--infofile', '--gitfile', '--hintro', '--houtro']],
  ['whatis', ['-C', '--config-file', '-M', '--manpath']],
  ['apropos', ['-C', '--config-file', '-M', '--manpath']],
  ['shellcheck', ['--rcfile', '-P', '--source-path']],
  ['yamllint', ['-c', '--config-file', '-d']],
  ['hadolint', ['-c', '--config']],
  ['last', ['-f', '--file']],
  ['lastb', ['-f', '--file']],
  ['sar', ['-f', '-o']],
  ['dmidecode', ['-d', '--dev-mem', '--from-dump', '--dump-bin']],
  ['pgrep', ['--signal', '-F', '--pidfile']],
  [
    'coredumpctl',
    ['--debugger', '-A', '--debugger-arguments', '--file', '--root', '--image', '-D', '--directory'],
  ],
  ['findmnt', ['-F', '--tab-file', '-p', '--poll']],
  ['lvs', ['--config', '--commandprofile', '--profile']],
  ['vgs', ['--config', '--commandprofile', '--profile']],
  ['pvs', ['--config', '--commandprofile', '--profile']],
  ['netstat', ['-c', '--continuous', '-F']],
  ['tailscale', ['--socket']],
  ['smbstatus', ['-s', '--configfile', '--option']],
  ['testparm', ['--option']],
  ['rbd', ['--keyring', '-c', '--conf', '-K', '--keyfile']],
  ['ceph', ['--keyring', '-c', '--conf', '-k', '-i', '-o', '--in-file', '--out-file']],
  ['rados', ['--keyring', '-c', '--conf']],
  ['systemctl', ['--job-mode', '-M', '--machine', '-H', '--host', '--root', '--image']],
  ['du', ['-X', '--exclude-from', '--files0-from']],
  ['whois', ['-h', '--host', '-p', '--port']],
  ['man', ['-P', '--pager', '-C', '--config-file', '-H', '--html']],
]);
