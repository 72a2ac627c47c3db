import type { Effect } from '#core/plan.ts';
import type { Step } from '#core/step.ts';
import { checkFit } from './check-fit.ts';
import type { Each, Rendered, StepRecipe, UndoText, Variant } from './recipe.ts';
import { renderComposeFile } from './render-compose-file.ts';
import { renderInstallScript } from './render-install-script.ts';
import { renderPackageFile } from './render-package-file.ts';
import {
  folderOf,
  holds,
  type Item,
  isLoopback,
  originOf,
  render,
  renderKnown,
  type Scene,
  titleOf,
} from './scene.ts';
import { renderServiceScript } from './service-files.ts';
import { assertVisible, isWord, UnsafeValue } from './template.ts';

/** A step before it has its place in a plan. */
export type UnnumberedStep = Step extends infer S ? (S extends Step ? Omit<S, 'id'> : never) : never;

/** What one part of a request comes to. */
export type Part =
  | {
      readonly kind: 'part';
      /** Imperative, without the host. */
      readonly title: string;
      readonly steps: readonly UnnumberedStep[];
      readonly effects: readonly Effect[];
      readonly notes: readonly string[];
      readonly facts: readonly { readonly label: string; readonly value: string }[];
      readonly verification: string;
      readonly undo: string;
      readonly link: string | null;
    }
  | { readonly kind: 'impossible'; readonly reason: string; readonly suggestions: readonly string[] };

/** Turns one intent into steps by its recipe. */
export function composeIntent(scene: Scene): Part {
  try {
    return composeSafely(scene);
  } catch (error) {
    if (!(error instanceof UnsafeValue)) throw error;
    return { kind: 'impossible', reason: `${error.message} Nothing was planned.`, suggestions: [] };
  }
}

function composeSafely(scene: Scene): Part {
  const { recipe } = scene;
  for (const value of Object.values(scene.intent.inputs)) {
    if (typeof value === 'string') assertVisible(value);
  }
  for (const refusal of recipe.refusals) {
    if (holds(refusal.when, scene)) return impossible(refusal, scene);
  }
  const variant = recipe.variants.find((candidate) => holds(candidate.when, scene));
  if (!variant) {
    if (!recipe.otherwise)
      throw new Error(`${recipe.command}/steps.yaml has no variant for this and no "otherwise"`);
    return impossible(recipe.otherwise, scene);
  }
  const fit = recipe.fit ? checkFit(scene.facts) : { facts: [], warnings: [], full: null };
  if (fit.full !== null) {
    return { kind: 'impossible', reason: fit.full, suggestions: [`disk on ${scene.host.name}`] };
  }
  const steps = variant.steps
    .filter((step) => holds(step.when, scene))
    .flatMap((step) =>
      itemsOf('each' in step ? step.each : undefined, scene).flatMap((item) => stepsOf(step, scene, item)),
    );
  return {
    kind: 'part',
    title: render(variant.title ?? recipe.title, scene),
    steps,
    effects: effectsOf(variant, scene),
    notes: [
      ...variant.notes.filter((note) => holds(note.when, scene)).map((note) => render(note.say, scene)),
      ...fit.warnings,
    ],
    facts: fit.facts,
    verification: sentenceOf(variant.verification, scene),
    undo: sentenceOf(variant.undo, scene),
    link:
      variant.link && scene.port !== null && scene.entry?.page ? originOf(scene) + scene.entry.page : null,
  };
}

function sentenceOf(sentences: Variant['undo'], scene: Scene): string {
  const fitting = sentences.find((sentence) => holds(sentence.when, scene));
  if (!fitting) throw new Error(`no sentence of ${scene.recipe.command}/steps.yaml fits`);
  return render(fitting.say, scene);
}

function impossible(no: { reason: string; suggestions: readonly string[] }, scene: Scene): Part {
  return {
    kind: 'impossible',
    reason: render(no.reason, scene),
    suggestions: no.suggestions.flatMap((words) => renderKnown(words, scene) ?? []),
  };
}

function itemsOf(each: Each | undefined, scene: Scene): readonly Item[] {
  if (each === undefined) return [{}];
  if (each === 'volumes') return (scene.entry?.volumes ?? []).map((volume) => ({ volume }));
  if (each === 'ports') return (scene.entry?.ports ?? []).map((further) => ({ further }));
  return (scene.entry?.needs ?? []).map((need) => ({ need }));
}

function effectsOf(variant: Variant, scene: Scene): readonly Effect[] {
  return variant.effects
    .filter((effect) => holds(effect.when, scene))
    .flatMap((effect) =>
      itemsOf(effect.each, scene).map((item) => ({
        host: scene.host.name,
        kind: effect.kind,
        what: render(effect.what, scene, item),
        change: render(effect.change, scene, item),
        ...(effect.before !== undefined && { before: render(effect.before, scene, item) }),
        ...(effect.after !== undefined && { after: render(effect.after, scene, item) }),
      })),
    );
}

function stepsOf(step: StepRecipe, scene: Scene, item: Item): readonly UnnumberedStep[] {
  const common = {
    target: scene.host.name,
    summary: render(step.summary, scene, item),
    undo: undoOf(step.undo, scene, item),
  };
  switch (step.uses) {
    case 'shell':
      return [
        {
          ...common,
          uses: 'shell',
          command: render(step.command, scene, item),
          idempotent: step.idempotent ?? scene.recipe.risk === 'read',
          timeoutSeconds: step.timeout ?? 60,
        },
      ];
    case 'file':
      return [
        {
          ...common,
          uses: 'file',
          path: safePath(render(step.path, scene)),
          content: step.render ? rendered(step.render, scene) : render(step.content ?? '', scene),
          mode: step.mode,
          idempotent: true,
          timeoutSeconds: step.timeout ?? 30,
        },
      ];
    case 'supervisor':
      return renderServiceScript({
        name: folderOf(scene).slice('services/'.length),
        title: titleOf(scene),
        command: render(step.command, scene),
        port: scene.port,
        environment: Object.fromEntries(
          Object.entries(step.environment).map(([name, value]) => [name, render(value, scene)]),
        ),
      }).map((file) => ({
        ...common,
        uses: 'file' as const,
        summary: `${common.summary} (${file.path.split('/').at(-1)})`,
        path: safePath(file.path),
        content: file.content,
        mode: file.mode,
        idempotent: true,
        timeoutSeconds: step.timeout ?? 30,
      }));
    case 'health': {
      const health = scene.entry?.health ?? { path: '/', status: answersAtAll };
      return [
        {
          ...common,
          uses: 'http',
          url: originOf(scene) + health.path,
          expectStatus: [...health.status],
          withinSeconds: step.within,
          idempotent: true,
          timeoutSeconds: step.timeout ?? step.within + 30,
        },
      ];
    }
    case 'http':
      return [
        {
          ...common,
          uses: 'http',
          url: render(step.url, scene),
          expectStatus: [...step.status],
          ...(step.body !== undefined && { expectBody: render(step.body, scene) }),
          withinSeconds: step.within,
          idempotent: true,
          timeoutSeconds: step.timeout ?? step.within + 30,
        },
      ];
    case 'wait':
      return [
        {
          ...common,
          uses: 'wait',
          seconds: step.seconds,
          idempotent: true,
          timeoutSeconds: step.timeout ?? step.seconds + 30,
        },
      ];
  }
}

/** What counts as well for a service nobody has described: it answers, and not with an error of its own. */
const answersAtAll = [200, 204, 301, 302, 303, 307, 308, 401, 403, 404];

function undoOf(undo: UndoText | undefined, scene: Scene, item: Item): Step['undo'] {
  if (!undo) return { kind: 'not_needed', how: 'reads only' };
  if ('reversible' in undo) return { kind: 'reversible', how: render(undo.reversible, scene, item) };
  if ('irreversible' in undo) return { kind: 'irreversible', how: render(undo.irreversible, scene, item) };
  return { kind: 'not_needed', how: render(undo.not_needed, scene, item) };
}

function rendered(what: Rendered, scene: Scene): string {
  const { entry, port } = scene;
  if (!entry || port === null) throw new Error(`${what} needs a service of the catalog and a port`);
  if (what === 'compose-file') {
    for (const volume of entry.volumes) {
      if (!isWord(volume.name))
        throw new UnsafeValue(`The volume name "${volume.name}" can't be used for a folder.`);
    }
    return renderComposeFile(entry, { port, loopback: isLoopback(scene.host.serviceAddress) });
  }
  if (!entry.npm) throw new Error(`${entry.name} has no npm package`);
  return what === 'install-script'
    ? renderInstallScript(entry.npm)
    : renderPackageFile(entry.name, entry.npm);
}

/** @throws UnsafeValue for paths that leave the folder they seem to be in. */
function safePath(path: string): string {
  if (isWord(path) && !path.split('/').includes('..')) return path;
  throw new UnsafeValue(`"${path}" can't be used as the path of a file.`);
}
