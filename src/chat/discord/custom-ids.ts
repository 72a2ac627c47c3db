/**
 * What a button carries, so that it works after any restart: `v1:<action>:<plan or request>:<rest>`, where the rest is
 * the first eight characters of the revision's hash, or which choice. Discord allows 100 characters.
 */
const planActions = {
  ap: 'approve',
  /** Approve after typing the code of a destructive plan. */
  ac: 'approve with code',
  rj: 'reject',
  ch: 'request changes',
  /** Rehearse a parked plan anew: changes without words. */
  rh: 'rehearse anew',
  st: 'stop',
  ok: 'settle as completed',
  no: 'settle as failed',
  ag: 'settle by running again',
} as const;

export type PlanAction = keyof typeof planActions;

export type Pressed =
  | { readonly action: PlanAction; readonly plan: number; readonly hash: string | null }
  /** `index` is null on a select menu: the chosen option carries it. */
  | { readonly action: 'an' | 'sg'; readonly request: number; readonly index: number | null }
  | { readonly action: 'ak'; readonly request: number };

export function planButton(action: PlanAction, plan: number, hash: string | null): string {
  return `v1:${action}:${plan}:${hash?.slice(0, 8) ?? '-'}`;
}

export function choiceButton(action: 'an' | 'sg', request: number, index: number | 'menu'): string {
  return `v1:${action}:${request}:${index}`;
}

export function acknowledgeButton(request: number): string {
  return `v1:ak:${request}:-`;
}

/** Null for anything that is not one of Chiffon's ids, to the letter. */
export function readCustomId(id: string): Pressed | null {
  const match = /^v1:([a-z]{2}):([1-9]\d{0,8}):([0-9a-f]{8}|[0-9]{1,2}|menu|-)$/.exec(id);
  if (match === null) return null;
  const [, action = '', digits = '', rest = ''] = match;
  const number = Number(digits);
  if (Object.hasOwn(planActions, action)) {
    if (rest !== '-' && rest.length !== 8) return null;
    return { action: action as PlanAction, plan: number, hash: rest === '-' ? null : rest };
  }
  if (action === 'an' || action === 'sg') {
    if (rest === 'menu') return { action, request: number, index: null };
    return /^\d{1,2}$/.test(rest) ? { action, request: number, index: Number(rest) } : null;
  }
  return action === 'ak' && rest === '-' ? { action, request: number } : null;
}
