import { asList, asText, isFields, isYes } from './read-yaml.ts';
import { judgeGift } from './shell/host-places.ts';
import { judgeCommand } from './shell/judge-command.ts';
import { quoteWord } from './shell/quote-word.ts';
import { ask, deny, type Finding } from './shell/verdict.ts';

/** What a Kubernetes object would give its containers of the node they run on, and what they would start. */
export function judgeManifest(manifest: unknown): Finding[] {
  if (typeof manifest === 'string' || !isFields(manifest)) return [];
  if (Array.isArray(manifest['items'])) return manifest['items'].flatMap((item) => judgeManifest(item));
  return judgeAnywhere(manifest, 0);
}

const deepest = 12;

/** Pods stand at different depths in pods, deployments, jobs and jobs by the clock: every field is looked at. */
function judgeAnywhere(value: unknown, depth: number): Finding[] {
  if (depth > deepest) return [];
  if (Array.isArray(value)) return value.flatMap((item) => judgeAnywhere(item, depth + 1));
  if (!isFields(value)) return [];
  return [...judgeHere(value), ...Object.values(value).flatMap((item) => judgeAnywhere(item, depth + 1))];
}

function judgeHere(fields: Readonly<Record<string, unknown>>): Finding[] {
  const findings: Finding[] = [];
  const path = isFields(fields['hostPath']) ? asText(fields['hostPath']['path']) : '';
  if (path !== '' && judgeGift(path) === 'everything')
    findings.push(deny('container-escape', `It would get ${path} of the node.`));
  else if (path !== '' && judgeGift(path) === 'powerful')
    findings.push(ask('privileged-container', `It would get ${path} of the node.`));
  for (const key of ['hostPID', 'hostIPC', 'hostNetwork', 'privileged', 'allowPrivilegeEscalation'])
    if (isYes(fields[key])) findings.push(ask('privileged-container', `It asks for ${key} on the node.`));
  const added = isFields(fields['capabilities']) ? asList(fields['capabilities']['add']).map(asText) : [];
  if (added.some((name) => /^(CAP_)?(ALL|SYS_BOOT|SYS_MODULE|SYS_RAWIO)$/i.test(name)))
    findings.push(deny('container-escape', 'It would be able to restart the node or change its kernel.'));
  const words = [...asList(fields['command']), ...asList(fields['args'])]
    .map(asText)
    .filter((word) => word !== '');
  if (words.length > 0) {
    const judged = judgeCommand(words.map((word, i) => quoteWord(word, i === 0)).join(' '));
    if (judged.verdict === 'deny')
      findings.push({ verdict: judged.verdict, rule: judged.rule, reason: judged.reason });
  }
  return findings;
}
