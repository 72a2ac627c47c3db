import { opaque } from '../reading/scope.ts';
import { ask, deny, type Finding } from '../verdict.ts';

const loaders =
  /^(LD_\w+|DYLD_\w+|BASH_ENV|ENV|SHELLOPTS|BASHOPTS|BASH_FUNC_\S*|PYTHON(PATH|STARTUP|HOME|BREAKPOINT|INSPECT|USERBASE|WARNINGS)|PERL5(OPT|LIB|DB|SHELL)|PERLLIB|RUBY(OPT|LIB)|NODE_(OPTIONS|PATH)|JAVA_TOOL_OPTIONS|_JAVA_OPTIONS|JDK_JAVA_OPTIONS|LUA_(INIT|PATH|CPATH)\S*|PHP_INI_SCAN_DIR|PHPRC|GCONV_PATH|LOCPATH|NLSPATH|TERMINFO|TERMCAP|HOSTALIASES|RESOLV_HOST_CONF|GETCONF_DIR|MALLOC_\w+|GLIBC_TUNABLES|OPENSSL_(CONF|ENGINES|MODULES)|SSL_CERT_FILE|SSL_CERT_DIR|CURL_CA_BUNDLE|NODE_TLS_REJECT_UNAUTHORIZED|NODE_EXTRA_CA_CERTS|GIT_(CONFIG\w*|EXEC_PATH|TEMPLATE_DIR|DIR|SSL_NO_VERIFY|ALLOW_PROTOCOL|EXTERNAL_DIFF|PROXY_COMMAND)|ANSIBLE_(CONFIG|LIBRARY|\w*PLUGINS|ROLES_PATH|COLLECTIONS_PATH|HOST_KEY_CHECKING|SSH_\w+|STRATEGY\w*)|KUBECTL_EXTERNAL_DIFF|TAR_OPTIONS|ZIPOPT|UNZIP|GZIP|XZ_OPT|GREP_OPTIONS|RIPGREP_CONFIG_PATH|RSYNC_\w+|MAKEFLAGS|MAKEFILES|MAKE|FZF_DEFAULT_\w+|LESS(OPEN|CLOSE|KEY\w*)?|PROMPT_COMMAND|CDPATH|PIP_(INDEX_URL|EXTRA_INDEX_URL|TRUSTED_HOST|FIND_LINKS|CONFIG_FILE)|(NPM_CONFIG|npm_config)_(registry|script_shell|shell|userconfig|globalconfig|node_options|git|init_module|onload_script|viewer|editor)|HIST\w+|TMOUT|SUDO_ASKPASS|SSH_ASKPASS|GIT_ASKPASS|HISTFILE|PROCPS_\w+|INPUTRC|EXINIT|VIMINIT|MYVIMRC|AWKPATH|AWKLIBPATH|EDITRC|WGETRC|CURL_HOME|DOCKER_HOST|DOCKER_CONFIG|BUILDKIT_HOST|CONTAINER_HOST|XDG_CONFIG_HOME|XDG_CONFIG_DIRS|HOME)$/;
const programs =
  /^(\w*PAGER|\w*EDITOR|VISUAL|BROWSER|SHELL|GIT_SSH(_COMMAND)?|CVS_RSH|RSH|COMSPEC|WATCHMAN\w*|\w*_COMMAND|\w*_CMD|CC|CXX|LD|PS4|PS[0-3]|LESS|LESSEDIT|FCEDIT|MANROFFOPT|MANPAGER)$/;
const harmless = /^(cat|less|more|true|vi|vim|nano|emacs|\/bin\/cat|)$/;
const binFolders =
  /^(\/(usr\/)?(local\/)?s?bin|\/usr\/games|\/usr\/local\/games|\/snap\/bin|\/opt\/[\w./-]+\/bin|~\/(\.local\/|\.cargo\/|go\/)?bin|\/var\/lib\/flatpak\/exports\/bin|\0)$/;

/** What setting a variable amounts to: some decide which programs run. */
export function judgeVariable(name: string, value: string): Finding[] {
  if (name === 'PATH')
    return value.split(':').every((folder) => binFolders.test(folder)) &&
      value !== opaque &&
      // One unknown folder is the old PATH; another may be any place.
      value.split(':').filter((folder) => folder === opaque).length < 2
      ? []
      : [
          deny(
            'unread-code',
            'It changes where programs are looked for, so another program could run under the same name.',
          ),
        ];
  if (loaders.test(name))
    return [
      deny(
        'unread-code',
        `Setting ${name} makes other programs load code or settings nobody has read, or stops recording.`,
      ),
    ];
  if (programs.test(name) && !harmless.test(value))
    return /[$`]|\0/.test(value) || !/^PS[0-4]$/.test(name)
      ? [deny('option-runs-program', `Setting ${name} makes another program run.`)]
      : [];
  return name === 'IFS' ? [ask('variable', 'It changes how words are split.')] : [];
}
