import type { Intent } from '#core/intent.ts';
import type { PlanContent } from '#core/plan.ts';
import type { Step } from '#core/step.ts';
import type { Answer, Read } from './answers/answer.ts';
import { answerContainers } from './answers/containers.ts';
import { answerDisk } from './answers/disk.ts';
import { answerLogs } from './answers/logs.ts';
import { answerNodes, answerPods, answerVms } from './answers/machines.ts';
import { answerStatus } from './answers/status.ts';
import { answerUpdates } from './answers/updates.ts';
import type { House } from './house.ts';
import { hasHidden } from './template.ts';

/** What answers a command, and how the first of its steps starts: several intents may share one plan. */
const answers: Readonly<Record<string, { readonly starts: RegExp; readonly answer: Answer }>> = {
  containers: { starts: /^(?:docker ps|ls )/, answer: answerContainers },
  disk: { starts: /^df /, answer: answerDisk },
  logs: { starts: /^(?:docker logs|tail) /, answer: answerLogs },
  nodes: { starts: /^kubectl get nodes/, answer: answerNodes },
  pods: { starts: /^kubectl get pods/, answer: answerPods },
  status: { starts: /^(?:docker ps|ls -l|uptime)/, answer: answerStatus },
  updates: { starts: /^(?:apt |docker ps)/, answer: answerUpdates },
  vms: { starts: /^qm list/, answer: answerVms },
};

/** Puts what a completed read-only run printed into one or two sentences for each thing that was asked. */
export function summarise(content: PlanContent, outputs: ReadonlyMap<string, string>, house: House): string {
  if (content.risk !== 'read') return content.verification;
  const segments = segmentsOf(content);
  return segments
    .map(({ intent, steps }) => {
      const read = readOf(intent, steps, content, outputs, house);
      return answers[intent.command]?.answer(read) ?? plainly(read, outputs);
    })
    .join(' ');
}

/** Which steps belong to which intent. Steps stand in the order of the intents. */
function segmentsOf(content: PlanContent): readonly { intent: Intent; steps: readonly Step[] }[] {
  const starts: number[] = [];
  let next = 0;
  for (const intent of content.intents) {
    const pattern = answers[intent.command]?.starts;
    const found = content.steps.findIndex(
      (step, i) =>
        i >= next &&
        (intent.inputs['host'] === undefined || step.target === intent.inputs['host']) &&
        (!pattern || (step.uses === 'shell' && pattern.test(step.command))),
    );
    const start = found < 0 ? next : found;
    starts.push(start);
    next = Math.min(start + 1, content.steps.length - 1);
  }
  return content.intents.map((intent, i) => ({
    intent,
    steps: content.steps.slice(starts[i], starts[i + 1] ?? content.steps.length),
  }));
}

function readOf(
  intent: Intent,
  steps: readonly Step[],
  content: PlanContent,
  outputs: ReadonlyMap<string, string>,
  house: House,
): Read {
  const host = String(intent.inputs['host'] ?? steps[0]?.target ?? 'the host');
  const service = intent.inputs['service'];
  const single = content.intents.length === 1;
  return {
    intent,
    host,
    title: service === undefined ? host : (house.service(String(service))?.title ?? String(service)),
    steps,
    printed: (start) => {
      const step = steps.find((one) => one.uses === 'shell' && one.command.startsWith(start));
      const text = step === undefined ? undefined : outputs.get(step.id);
      return text === undefined ? null : visible(text);
    },
    passed: (step) => outputs.has(step.id),
    // With several intents the sentences of the plan are joined, so they say nothing about one of them.
    verification: single ? content.verification : `${host} was looked at.`,
    house,
  };
}

/** For commands of the owner's own, and for output that does not look as expected: nothing is guessed. */
function plainly(read: Read, outputs: ReadonlyMap<string, string>): string {
  const texts = read.steps.flatMap((step) => visible(outputs.get(step.id) ?? '').trim() || []);
  const [only] = texts;
  if (texts.length === 1 && only !== undefined && only.length <= 200 && !only.includes('\n'))
    return `${read.host} answers: ${only}`;
  const programs = [
    ...new Set(read.steps.flatMap((step) => (step.uses === 'shell' ? [step.command.split(/\s/)[0]] : []))),
  ];
  if (texts.length === 0) return `Nothing was printed on ${read.host} (${programs.join(', ')}).`;
  return `What was read on ${read.host} (${programs.join(', ')}) is in the log of this run, as it was printed.`;
}

function visible(text: string): string {
  const plain = text.replace(/\r\n?/g, '\n').replaceAll('\t', '        ');
  if (!hasHidden(plain.replaceAll('\n', ''))) return plain;
  // Escape sequences that colour text or move the cursor.
  const uncoloured = plain.replace(/\u001b\[[0-9;?]*[ -/]*[@-~]/g, '');
  return [...uncoloured].filter((char) => char === '\n' || !hasHidden(char)).join('');
}
