/**
 * Whether a piece of another language starts programs, deletes or writes, talks to the network, hides what it does or
 * never ends. The languages differ and a person can be fooled by any of them, so what is left needs approval at best.
 */
export function codeActs(code: string): boolean {
  return acts.test(code) || hides.test(code) || neverEnds.test(code);
}

const acts =
  /\b(system|exec[lv]?[pe]*|popen|spawn\w*|fork|subprocess|child_process|pty|ctypes|socket|urllib|requests|http\.client|fetch|urlopen|open-uri|LWP|IO::Socket|Net::|unlink\w*|rmtree|remove_tree|File::Path|FileUtils|rmdir|rmSync|remove|rename|truncate|chmod|chown|symlink|kill|reboot|syscall|posix|passthru|shell_exec|proc_open|backtick|qx|execute|Runtime|ProcessBuilder|os\.[a-z]+|shutil|pathlib|fs\.|fs\/promises|writeFile\w*|appendFile\w*|file_put_contents|fwrite|File\.(write|delete|open)|IO\.(popen|write|sysopen)|Kernel|environ|getenv|ENV|process\.env|shadow|sysrq-trigger|id_rsa)\b|`|open\s*\([^)]*['"][rb]*[wax+]|open\s*\([^)]*[|>]|\/dev\/(sd|nvme|vd|mapper|disk|tcp|udp)|\$\{?ENV/i;
const hides =
  /\b(eval|exec|compile|__import__|importlib|getattr|globals|base64|b64decode|fromhex|unhexlify|codecs|rot13|decode|chr|fromCharCode|Function|pack|unpack|marshal|zlib|instance_eval|send|public_send|loadstring|load|dofile|require)\b|\\x[0-9a-f]{2}|\\u[0-9a-f]{4}|\\[0-7]{3}|['"]\s*[+.]\s*['"]/i;
const neverEnds =
  /\bwhile\s*\(?\s*(1|true|!0)|\bfor\s*\(\s*;\s*;\s*\)|\bloop\b|\*\*\s*([0-9]{2,}|9)|[0-9]{10,}|[0-9]e([1-9][0-9]+|9)\b|\[\s*0\s*\]\s*\*/i;

/** The string literals of a piece of code: what it might hand to a shell. */
export function stringsIn(code: string): string[] {
  return [...code.matchAll(/'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|`([^`]*)`|qx?[{(]([^})]*)[})]/g)]
    .map((match) => match[1] ?? match[2] ?? match[3] ?? match[4] ?? '')
    .filter((text) => text !== '');
}
