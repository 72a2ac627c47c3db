import type { HostFacts, HostService } from '#core/host.ts';
import type { Intent } from '#core/intent.ts';
import type { KnownHost } from '#flow/planner-port.ts';
import type { ServiceEntry } from '../catalog/service-entry.ts';
import { factOf } from './house.ts';
import { isLaterImage } from './later-image.ts';
import type { Condition, Recipe } from './recipe.ts';
import { assertVisible, fill, isWord, parseTemplate, UnsafeValue } from './template.ts';
import { type Surroundings, termOf } from './vocabulary.ts';

/** Everything one part of a request is composed from. */
export interface Scene {
  readonly intent: Intent;
  readonly recipe: Recipe;
  readonly host: KnownHost;
  readonly facts: HostFacts;
  /** What the catalog knows about the service, if there is one and it is known. */
  readonly entry: ServiceEntry | null;
  /** The service as it was seen on the host. */
  readonly seen: HostService | null;
  /** The port the service has, or will have, on the host. */
  readonly port: number | null;
}

/** What a step or effect is repeated for. */
export interface Item {
  readonly volume?: { readonly name: string; readonly path: string };
  readonly need?: { readonly name: string; readonly why: string };
  readonly further?: ServiceEntry['ports'][number];
}

/** Where a service's files are, relative to the login directory. */
export function folderOf(scene: Scene): string {
  const name = scene.seen?.manager === 'process' ? scene.seen.unit : serviceName(scene);
  return `services/${name}`;
}

/** The service's name as the intent gives it; empty when the intent is about a host. */
export function serviceName(scene: Pick<Scene, 'intent'>): string {
  return String(scene.intent.inputs['service'] ?? '');
}

/** The name of the service for people. */
export function titleOf(scene: Pick<Scene, 'intent' | 'entry'>): string {
  return scene.entry?.title ?? serviceName(scene);
}

/** Where the service answers, without a path. */
export function originOf(scene: Pick<Scene, 'host' | 'port'>): string {
  const { serviceAddress } = scene.host;
  return `http://${serviceAddress.includes(':') ? `[${serviceAddress}]` : serviceAddress}:${scene.port}`;
}

/** Whether an address reaches only the machine it is used on. */
export function isLoopback(address: string): boolean {
  return address === 'localhost' || address === '::1' || /^127(?:\.\d{1,3}){3}$/.test(address);
}

/** The moment the facts are from, as names of files carry it: `20261121T140500Z`. */
export function stampOf(facts: Pick<HostFacts, 'at'>): string {
  return new Date(facts.at)
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replace(/[-:]/g, '');
}

/** Whether all members of a condition hold. */
export function holds(when: Condition | undefined, scene: Scene): boolean {
  if (!when) return true;
  const { seen, entry, facts, recipe, intent } = scene;
  const is = (wanted: boolean | undefined, actual: boolean): boolean =>
    wanted === undefined || wanted === actual;
  const about = recipe.subject === 'host' || serviceName(scene) === '' ? 'host' : 'service';
  return (
    (!when.manager || (seen !== null && when.manager.includes(seen.manager))) &&
    (!when.state || (seen !== null && when.state.includes(seen.state))) &&
    (!when.about || when.about === about) &&
    (!when.services || when.services.includes(serviceName(scene))) &&
    is(when.catalogued, entry !== null) &&
    is(when.package, entry?.npm !== undefined) &&
    is(when.needs, (entry?.needs.length ?? 0) > 0) &&
    is(when.standalone, entry?.standalone ?? true) &&
    is(when.noted, entry?.note !== undefined) &&
    is(when.by_hand, entry?.by_hand !== undefined) &&
    is(when.health, scene.port !== null && (entry === null || entry.health !== undefined)) &&
    is(when.newer, imageChange(scene) !== null) &&
    is(when.docker, facts.docker) &&
    is(when.compose, facts.docker && facts.compose) &&
    is(when.npm, facts.node !== null && facts.npm) &&
    (when.tools ?? []).every((tool) => facts.tools.includes(tool)) &&
    is(when.port, scene.port !== null) &&
    is(when.loopback, isLoopback(scene.host.serviceAddress)) &&
    is(
      when.hosting,
      facts.services.some((service) => service.manager !== 'docker'),
    ) &&
    (when.inputs ?? []).every((name) => intent.inputs[name] !== undefined) &&
    Object.entries(when.digits ?? {}).every(
      ([name, wanted]) => /^[0-9]+$/.test(String(intent.inputs[name] ?? '')) === wanted,
    )
  );
}

/**
 * Fills in a recipe's text. Recipes were checked when they were loaded, so a name without a value here is a surprise.
 *
 * @throws UnsafeValue when a value must not stand where the recipe puts it.
 */
export function render(text: string, scene: Scene, item: Item = {}): string {
  const parts = parseTemplate(text);
  if ('problem' in parts) throw new Error(parts.problem);
  return fill(parts, (name) => {
    const value = valueOf(name, scene, item);
    if (value === null) throw new Error(`{{${name}}} has no value in ${scene.recipe.command}/steps.yaml`);
    if (typeof value === 'number') return value;
    assertVisible(value);
    const type = termOf(name, broadest(scene))?.type ?? 'text';
    if (type === 'word' && !isSafePath(value)) {
      throw new UnsafeValue(`"${value}" can't be used in a command: letters, digits and . _ - are safe.`);
    }
    return value;
  });
}

/** The same, or null when something in the text is not known. */
export function renderKnown(text: string, scene: Scene): string | null {
  const parts = parseTemplate(text);
  if ('problem' in parts) throw new Error(parts.problem);
  const known = parts.every((part) => typeof part === 'string' || valueOf(part.name, scene, {}) !== null);
  return known ? render(text, scene) : null;
}

/** The images an update goes from and to; null when the catalog has nothing later than what runs. */
function imageChange(scene: Scene): { readonly now: string; readonly next: string } | null {
  const now = scene.seen?.image ?? null;
  const next = scene.entry?.image;
  return now !== null && next !== undefined && isLaterImage(next, now) ? { now, next } : null;
}

function isSafePath(value: string): boolean {
  return isWord(value) && !value.split('/').includes('..');
}

function broadest(scene: Scene): Surroundings {
  const inputs = Object.fromEntries(
    Object.entries(scene.intent.inputs).map(([name, value]) => [
      name,
      { kind: typeof value === 'number' ? ('port' as const) : ('text' as const), required: true, ask: '-' },
    ]),
  );
  return { subject: scene.recipe.subject, conditions: [], each: null, inputs };
}

function valueOf(name: string, scene: Scene, item: Item): string | number | null {
  const { host, facts, entry, seen, port } = scene;
  const service = serviceName(scene);
  switch (name) {
    case 'host':
      return host.name;
    case 'address':
      return host.serviceAddress;
    case 'user':
      return facts.user;
    case 'home':
      return facts.home;
    case 'stamp':
      return stampOf(facts);
    case 'services.seen':
      return facts.services.map((one) => `${one.name} (${factOf(one)})`).join(', ') || 'no services';
    case 'service.name':
      return service === '' ? null : service;
    case 'service.title':
      return service === '' ? null : titleOf(scene);
    case 'folder':
      return service === '' ? null : folderOf(scene);
    case 'unit':
      return seen?.unit ?? null;
    case 'manager':
      return seen?.manager ?? null;
    case 'state':
      return seen?.state ?? null;
    case 'service.image':
      return entry?.image ?? null;
    case 'service.tag':
      return entry?.image.split(':').at(-1) ?? null;
    case 'service.note':
      return entry?.note ?? null;
    case 'service.by_hand':
      return entry?.by_hand ?? null;
    case 'service.undo':
      return entry?.undo ?? null;
    case 'service.package':
      return entry?.npm?.package ?? null;
    case 'service.version':
      return entry?.npm?.version ?? null;
    case 'image.now':
      return imageChange(scene)?.now ?? null;
    case 'image.next':
      return imageChange(scene)?.next ?? null;
    case 'image.tag':
      return imageChange(scene)?.next.split(':').at(-1) ?? null;
    case 'volume.name':
      return item.volume?.name ?? null;
    case 'volume.path':
      return item.volume?.path ?? null;
    case 'further.port':
      return item.further?.host ?? null;
    case 'further.protocol':
      return item.further?.protocol ?? null;
    case 'further.why':
      return item.further?.why ?? null;
    case 'need.name':
      return item.need?.name ?? null;
    case 'need.why':
      return item.need?.why ?? null;
    case 'port':
      return port;
    case 'origin':
      return port === null ? null : originOf(scene);
  }
  return scene.intent.inputs[name.slice('inputs.'.length)] ?? null;
}
