import { isProtectedPath } from '../judge-written-file.ts';
import { isSecretPath } from '../shell/paths.ts';

/**
 * Whether a path of the owner's repository decides what runs without anybody asking, who may do what, or where things
 * run; compared as file systems compare, some of which know no case and drop dots and blanks at the end.
 */
export function isProtectedRepoPath(path: string): boolean {
  if (
    path === '' ||
    path.startsWith('/') ||
    path.startsWith('~') ||
    /[\\:]/.test(path) ||
    isProtectedPath(path)
  )
    return true;
  const parts = path.split('/').map((part) => foldName(part));
  if (parts.some((part) => part === '' || part === '.' || part === '..')) return true;
  const folded = parts.join('/');
  return isSecretPath(path) || isSecretPath(folded) || protectedPaths.some((pattern) => pattern.test(folded));
}

/** As HFS+, NTFS and FAT see it: without case, invisible characters, and dots and blanks at the end. */
function foldName(part: string): string {
  const seen = part
    .normalize('NFKC')
    .replace(/\p{Cf}/gu, '')
    .toLowerCase();
  return (seen === '..' ? seen : seen.replace(/[. ]+$/, '') || seen).replace(/^git~\d+$/, '.git');
}

const protectedPaths: readonly RegExp[] = [
  /(^|\/)\.git(\/|$)/,
  /(^|\/)\.git(modules|attributes|config|ignore_global)$/,
  /(^|\/)\.(github|gitea|forgejo|gitlab|woodpecker|circleci|husky|buildkite|drone|devcontainer|vscode|idea|claude|cursor|codex|chiffon)(\/|$)/,
  /(^|\/)\.?(gitlab-ci|woodpecker|drone|pre-commit-config|pre-commit-hooks|travis|lefthook|renovate|semaphore)[^/]*\.(ya?ml|json5?)$/,
  /(^|\/)(codeowners|jenkinsfile|agents\.md|claude\.md|\.envrc|\.tool-versions|\.mise\.toml|\.npmrc|\.yarnrc[^/]*|\.pnpmfile\.c?js|lefthook\.ya?ml|\.lfsconfig|\.ansible-lint|\.sops\.yaml|\.cursorrules)$/,
  /(^|\/)ansible\.cfg$/,
  /(^|\/)(callback|action|cache|cliconf|connection|become|filter|httpapi|inventory|lookup|module_utils|netconf|shell|strategy|terminal|test|vars|doc_fragments)_plugins?(\/|$)/,
  /(^|\/)(library|module_utils|plugins)(\/|$)/,
  /(^|\/)(inventory|inventories|hosts)(\/|\.(ini|ya?ml|json|py|sh|toml)$|$)/,
  /(^|\/)(group_vars|host_vars)\/.*vault/,
  /(^|\/)(vault[-_.]?pass[^/]*|\.vault[^/]*)$/,
  /(^|\/)requirements\.ya?ml$/,
  /(^|\/)(chiffon|context-map|policy|policies|protected-paths|approvals?)([-.][^/]*)?\.(ya?ml|json|toml)$/,
  /(^|\/)(sudoers|sudoers\.d|authorized_keys|known_hosts|polkit-1)(\/|$)/,
  /(^|\/)(hooks)\/(pre|post|update|prepare|commit|applypatch|reference|fsmonitor)[^/]*$/,
];
