import type { CommandSentences } from '../catalog/command-sentences.ts';
import type { Condition, Each, RecipeFile } from './recipe.ts';
import type { ValueType } from './template.ts';

/** A name that recipes may use in `{{…}}`. */
export interface Term {
  readonly type: ValueType;
  /** Why it may be absent here, with the condition that makes it certain; null when it is always there. */
  readonly missing: string | null;
}

/** What is known where a text stands: the recipe's subject, the conditions around it and what it is repeated for. */
export interface Surroundings {
  readonly subject: RecipeFile['subject'];
  readonly conditions: readonly Condition[];
  readonly each: Each | null;
  readonly inputs: CommandSentences['inputs'];
}

const always: Record<string, ValueType> = {
  host: 'word',
  address: 'word',
  stamp: 'word',
  user: 'text',
  home: 'text',
  'services.seen': 'text',
};
const ofService: Record<string, ValueType> = {
  'service.name': 'word',
  'service.title': 'text',
  folder: 'word',
};
const ofSeen: Record<string, ValueType> = { unit: 'text', manager: 'word', state: 'word' };
const ofCatalogued: Record<string, ValueType> = {
  'service.image': 'word',
  'service.tag': 'word',
  'service.undo': 'text',
};
const ofPackage: Record<string, ValueType> = { 'service.package': 'word', 'service.version': 'word' };
const ofNewer: Record<string, ValueType> = { 'image.now': 'word', 'image.next': 'word', 'image.tag': 'word' };
const ofVolume: Record<string, ValueType> = { 'volume.name': 'word', 'volume.path': 'text' };
const ofFurther: Record<string, ValueType> = {
  'further.port': 'number',
  'further.protocol': 'word',
  'further.why': 'text',
};
const ofNeed: Record<string, ValueType> = { 'need.name': 'word', 'need.why': 'text' };

/** Every name there is, for "did you mean" lists. */
export const knownNames: readonly string[] = [
  always,
  ofService,
  ofSeen,
  ofCatalogued,
  ofPackage,
  ofNewer,
  ofVolume,
  ofNeed,
  ofFurther,
  { port: 'number', origin: 'word', 'service.note': 'text', 'service.by_hand': 'text' },
].flatMap((group) => Object.keys(group));

/** What a name means where it stands; null when there is no such name. */
export function termOf(name: string, where: Surroundings): Term | null {
  const holds = (test: (condition: Condition) => boolean): boolean => where.conditions.some(test);
  const service =
    where.subject === 'new-service' || where.subject === 'service' || holds((c) => c.about === 'service');
  const isNew = where.subject === 'new-service';
  const term = (type: ValueType | undefined, given: boolean, condition: string): Term | null =>
    type === undefined ? null : { type, missing: given ? null : condition };

  if (name in always) return term(always[name], true, '');
  if (name in ofService) return term(ofService[name], service, 'about: service');
  if (name in ofSeen) return term(ofSeen[name], service && !isNew, 'about: service');
  if (name in ofCatalogued) {
    return term(
      ofCatalogued[name],
      isNew || (service && holds((c) => c.catalogued === true)),
      'catalogued: true',
    );
  }
  if (name in ofPackage)
    return term(
      ofPackage[name],
      holds((c) => c.package === true),
      'package: true',
    );
  if (name in ofNewer)
    return term(
      ofNewer[name],
      holds((c) => c.newer === true),
      'newer: true',
    );
  if (name in ofVolume) return term(ofVolume[name], where.each === 'volumes', 'each: volumes');
  if (name in ofFurther) return term(ofFurther[name], where.each === 'ports', 'each: ports');
  if (name === 'service.note')
    return term(
      'text',
      holds((c) => c.noted === true),
      'noted: true',
    );
  if (name === 'service.by_hand')
    return term(
      'text',
      holds((c) => c.by_hand === true),
      'by_hand: true',
    );
  if (name in ofNeed) return term(ofNeed[name], where.each === 'needs', 'each: needs');
  if (name === 'port' || name === 'origin') {
    return term(
      name === 'port' ? 'number' : 'word',
      isNew || (service && holds((c) => c.port === true || c.health === true)),
      'port: true',
    );
  }
  if (!name.startsWith('inputs.')) return null;
  const input = where.inputs[name.slice('inputs.'.length)];
  if (!input) return null;
  const said = input.required || holds((c) => c.inputs?.includes(name.slice('inputs.'.length)) === true);
  return term(input.kind === 'port' ? 'number' : 'text', said, `inputs: [${name.slice('inputs.'.length)}]`);
}
