import { listed } from '#core/listed.ts';
import type { Person } from '#core/person.ts';
import { done, type Result, refuse } from '#core/refusal.ts';
import type { Risk } from '#core/risk.ts';

/** What somebody wants to do, in the words of the policy. */
export type Deed =
  /** `risk` is the highest of what the words ask for; null when they ask for nothing that runs. */
  | { readonly kind: 'ask'; readonly risk: Risk | null }
  | { readonly kind: 'approve'; readonly risk: Risk }
  | { readonly kind: 'reject'; readonly askedBy: string }
  | { readonly kind: 'request_changes'; readonly askedBy: string }
  | { readonly kind: 'stop_run' }
  | { readonly kind: 'reconcile' }
  | { readonly kind: 'acknowledge' }
  | { readonly kind: 'try_phone' };

/** The rules in force, as a person reads them in the settings and on refusals. */
export const policyRules = [
  {
    name: 'policy.read-runs-at-once',
    words: 'A read-only plan runs at once; the rule itself is recorded as its approval.',
  },
  {
    name: 'policy.change-needs-operator',
    words: 'A plan that changes something needs the yes of an operator or the owner.',
  },
  {
    name: 'policy.destructive-needs-owner',
    words: 'A destructive plan needs the owner, who types the code shown on the card.',
  },
  {
    name: 'policy.floor',
    words: 'Host power, disk wipes and mass deletion are refused; nobody can approve them.',
  },
  { name: 'policy.silence', words: 'Silence is neither yes nor no: an unanswered plan is parked.' },
] as const;

/** The rule under which a read-only plan is approved without a person. */
export const readOnlyRule = 'policy.read-runs-at-once';

/**
 * May this person do this? The one answer for every surface; a refusal says who can.
 * `people` is only read to name those who can.
 */
export function authorise(
  person: Person,
  deed: Deed,
  people: readonly Person[],
): Result<{ readonly rule: string }> {
  switch (deed.kind) {
    case 'ask':
      if (person.role !== 'guest' || deed.risk === null || deed.risk === 'read')
        return done({ rule: 'policy.everybody-asks' });
      return refuse(
        'not_yours',
        `Only people this house knows can ask for changes; guests can look. ${whoCan(people, ['owner', 'operator'])} Nothing was planned.`,
      );
    case 'approve':
      if (deed.risk === 'destructive') {
        if (person.role === 'owner') return done({ rule: 'policy.destructive-needs-owner' });
        return refuse(
          'not_yours',
          `This plan deletes something for good, so only the owner can approve it. ${whoCan(people, ['owner'])} Nothing ran.`,
        );
      }
      if (mayChange(person)) return done({ rule: 'policy.change-needs-operator' });
      return refuse(
        'not_yours',
        `${person.name} can look but not approve changes. ${whoCan(people, ['owner', 'operator'])} Nothing ran.`,
      );
    case 'reject':
    case 'request_changes':
      if (mayChange(person) || person.id === deed.askedBy)
        return done({ rule: 'policy.change-needs-operator' });
      return refuse(
        'not_yours',
        `${person.name} can look but not decide about other people's plans. ${whoCan(people, ['owner', 'operator'])}`,
      );
    case 'stop_run':
    case 'reconcile':
      if (mayChange(person)) return done({ rule: 'policy.change-needs-operator' });
      return refuse(
        'not_yours',
        `${person.name} can look but not stop or settle runs. ${whoCan(people, ['owner', 'operator'])}`,
      );
    case 'try_phone':
      if (mayChange(person)) return done({ rule: 'policy.change-needs-operator' });
      return refuse(
        'not_yours',
        `${person.name} can look but not make phones ring. ${whoCan(people, ['owner', 'operator'])} Nothing rang.`,
      );
    case 'acknowledge':
      if (person.role !== 'guest') return done({ rule: 'policy.everybody-helps' });
      return refuse(
        'not_yours',
        `Guests can look but not answer for the house. ${whoCan(people, ['owner', 'operator'])}`,
      );
  }
}

function mayChange(person: Person): boolean {
  return person.role === 'operator' || person.role === 'owner';
}

function whoCan(people: readonly Person[], roles: readonly Person['role'][]): string {
  const names = people.filter((person) => roles.includes(person.role)).map((person) => person.name);
  if (names.length === 0)
    return 'Nobody with that right is configured; add one under "people" in the configuration.';
  return `${listed(names, 'or')} can.`;
}
