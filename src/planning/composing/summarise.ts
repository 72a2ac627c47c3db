import type { PlanContent } from '#core/plan.ts';
import type { House } from './house.ts';
export function summarise(content: PlanContent, _outputs: ReadonlyMap<string, string>, _house: House): string {
  return content.verification;
}
