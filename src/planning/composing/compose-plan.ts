import type { HostFacts } from '#core/host.ts';
import type { Intent } from '#core/intent.ts';
import type { PlanContent } from '#core/plan.ts';
import { worstRisk } from '#core/risk.ts';
import type { Composition, KnownHost } from '#flow/planner-port.ts';
import { sayIntent } from '../understanding/say-intent.ts';
import { afterPart } from './after-part.ts';
import { refuseInputs } from './check-inputs.ts';
import { composeIntent, type Part } from './compose-intent.ts';
import type { House } from './house.ts';
import { refuseCommand } from './refuse-command.ts';
import { requestWordsOfAll } from './request-words.ts';
import { setScene } from './set-scene.ts';

type Composed = Extract<Part, { kind: 'part' }> & {
  readonly host: string;
  readonly preposition: string;
  readonly command: string;
};

/** One plan for all intents of a request: every one of them can be composed, or nothing is planned. */
export function composePlan(
  intents: readonly Intent[],
  factsOf: (host: string) => HostFacts | undefined,
  hostOf: (intent: Intent) => KnownHost | undefined,
  house: House,
): Composition {
  const known = new Map<string, HostFacts>();
  const parts: Composed[] = [];
  for (const [i, intent] of intents.entries()) {
    const wordsOfAll = (replacement: Intent): string =>
      requestWordsOfAll([...intents.slice(0, i), replacement, ...intents.slice(i + 1)], house);
    const failed = (no: Exclude<Composition, { kind: 'plan' }>): Composition =>
      no.kind === 'impossible' && intents.length > 1 ? nameTheOne(no, intent, house) : no;

    const refused = refuseCommand(intent, house);
    if (refused) return failed(refused);
    const bad = refuseInputs(intent);
    if (bad !== null) return failed({ kind: 'impossible', reason: bad, suggestions: [] });
    const recipe = house.recipe(intent.command);
    const host = hostOf(intent);
    if (!recipe || !host) {
      return failed({
        kind: 'impossible',
        reason:
          'On which host this is to be done is not known, so nothing was planned. Name it in the request, as in “on n100”.',
        suggestions: [],
      });
    }
    const facts = known.get(host.name) ?? factsOf(host.name);
    if (!facts) {
      return failed({
        kind: 'impossible',
        reason: `${host.name} could not be looked at, so nothing was planned for it. Check that it is on and reachable, then ask again.`,
        suggestions: [],
      });
    }
    const set = setScene(intent, recipe, host, facts, house, wordsOfAll);
    if (set.kind !== 'scene') return failed(set);
    const part = composeIntent(set.scene);
    if (part.kind === 'impossible') return failed(part);
    const port = recipe.subject === 'new-service' ? [{ label: 'Port', value: String(set.scene.port) }] : [];
    parts.push({
      ...part,
      notes: [...set.notes, ...part.notes],
      facts: [...part.facts, ...port],
      host: host.name,
      preposition: recipe.preposition,
      command: intent.command,
    });
    known.set(host.name, afterPart(set.scene));
  }
  if (parts.length === 0)
    return { kind: 'impossible', reason: 'There is nothing to plan.', suggestions: ['help'] };
  return join(intents, parts, house);
}

function nameTheOne(
  no: Extract<Composition, { kind: 'impossible' }>,
  intent: Intent,
  house: House,
): Composition {
  const words = sayIntent(house.catalog, intent);
  return { ...no, reason: `Nothing was planned, because of "${words}": ${no.reason}` };
}

function join(intents: readonly Intent[], parts: readonly Composed[], house: House): Composition {
  const steps = parts.flatMap((part) => part.steps);
  if (steps.length === 0) throw new Error(`${parts.map((part) => part.command).join(', ')} came to no steps`);
  const content: PlanContent = {
    version: 1,
    title: titleOf(parts),
    risk: worstRisk(parts.map((part) => house.recipe(part.command)?.risk ?? 'destructive')),
    intents: [...intents],
    steps: steps.map((step, i) => ({ id: `s${i + 1}`, ...step })),
    effects: parts.flatMap((part) => part.effects),
    verification: parts.map((part) => part.verification).join(' '),
    undo: parts.map((part) => part.undo).join(' '),
    link: parts.find((part) => part.link !== null)?.link ?? null,
  };
  return {
    kind: 'plan',
    content,
    notes: unique(parts.flatMap((part) => part.notes)),
    facts: factLines(parts),
  };
}

/** "Update Immich, then restart Traefik on n100"; with the host behind each part when they differ. */
function titleOf(parts: readonly Composed[]): string {
  const oneHost = parts.every((part) => part.host === parts[0]?.host);
  const titles = parts.map((part, i) => {
    const title = i === 0 ? part.title : part.title.charAt(0).toLowerCase() + part.title.slice(1);
    return oneHost && i < parts.length - 1 ? title : `${title} ${part.preposition} ${part.host}`;
  });
  return titles.join(', then ');
}

/** Free memory and disk once a host, with the host's name in front when there are several. */
function factLines(parts: readonly Composed[]): readonly { label: string; value: string }[] {
  const severalHosts = new Set(parts.map((part) => part.host)).size > 1;
  const lines = parts.flatMap((part) =>
    part.facts.map(({ label, value }) => ({ label: severalHosts ? `${part.host} ${label}` : label, value })),
  );
  return lines.filter(
    (line, i) => lines.findIndex((other) => other.label === line.label && other.value === line.value) === i,
  );
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}
