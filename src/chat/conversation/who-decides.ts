import type { RequestStory } from '#chat/cards/request-story.ts';
import type { House } from '#flow/house.ts';
import { authorise } from '#policy/authorise.ts';

/** How many people are called at most when the one who asked can't decide. */
const mostCalled = 5;

/**
 * The ids of the people to call about a plan: whoever asked, when they may decide it themselves; otherwise those who
 * may. A house with many operators isn't called as a whole.
 */
export function whoDecides(story: RequestStory, house: House): string[] {
  const risk = story.plan?.risk ?? 'change';
  const able = house.people.filter((person) => authorise(person, { kind: 'approve', risk }, house.people).ok);
  const asker = able.find((person) => person.id === story.request.person);
  return (asker === undefined ? able.slice(0, mostCalled) : [asker]).map((person) => person.id);
}
