import type { MachineList, Me } from '#api/contract/house.ts';
import { outcomeWords } from '#core/state-words.ts';
import { useAnswer } from '../app/answers.ts';
import { go, place } from '../app/router.ts';
import { type AuditFilter, withFilter } from './audit-query.ts';

/** Saved questions, and a field for each part of a question of one's own. */
export function AuditFilters({ me }: { me: Me }) {
  const address = new URLSearchParams(place.value.search);
  const machines = useAnswer<MachineList>('/machines', () => false).value?.machines ?? [];
  const services = [
    ...new Set(machines.flatMap((one) => one.facts?.services.map((service) => service.name) ?? [])),
  ];
  const questions: readonly (readonly [string, string])[] = [
    ['Everything', ''],
    ['Failures in the last week', 'about=failures&since=7d'],
    ['Changes in the last week', 'about=changes&since=7d'],
    ['Who approved what', 'about=approvals&since=30d'],
    [outcomeWords.refused.word, 'outcome=refused'],
    ['What I did', `person=${encodeURIComponent(me.person.id)}`],
    ...services
      .slice(0, 2)
      .map((name) => [`Changes to ${name}`, `about=changes&service=${encodeURIComponent(name)}`] as const),
  ];
  return (
    <>
      <div class="chips" role="group" aria-label="Saved questions">
        {questions.map(([words, query]) => (
          <a
            key={query}
            class="chip"
            href={query === '' ? '/audit' : `/audit?${query}`}
            aria-current={address.toString() === new URLSearchParams(query).toString() ? 'true' : undefined}
          >
            {words}
          </a>
        ))}
      </div>
      <details class="filter-fold">
        <summary>Change the filter by hand</summary>
        <div class="filter-grid">
          <label>
            Outcome
            <select
              value={address.get('outcome') ?? ''}
              onChange={(event) => set('outcome', event.currentTarget.value)}
            >
              <option value="">Any</option>
              {Object.entries(outcomeWords).map(([outcome, { word }]) => (
                <option key={outcome} value={outcome}>
                  {word}
                </option>
              ))}
            </select>
          </label>
          <TextFilter name="service" words="Service" address={address} />
          <TextFilter name="host" words="Machine" address={address} />
          <TextFilter name="person" words="Person" address={address} />
          <TextFilter name="plan" words="Plan" address={address} />
          <DayFilter name="since" words="From" address={address} />
          <DayFilter name="until" words="To" address={address} />
        </div>
      </details>
    </>
  );
}

interface FilterProps {
  readonly name: AuditFilter;
  readonly words: string;
  readonly address: URLSearchParams;
}

function TextFilter({ name, words, address }: FilterProps) {
  return (
    <label>
      {words}
      <input
        key={address.get(name) ?? ''}
        defaultValue={address.get(name) ?? ''}
        placeholder="Any"
        onChange={(event) => set(name, event.currentTarget.value.trim())}
      />
    </label>
  );
}

function DayFilter({ name, words, address }: FilterProps) {
  const value = address.get(name) ?? '';
  return (
    <label>
      {words}
      <input
        type="date"
        value={dayOf(name, value)}
        onChange={(event) => set(name, event.currentTarget.value)}
      />
    </label>
  );
}

/** The viewer's day that a moment lies in; an end that is midnight belongs to the day before. */
function dayOf(name: AuditFilter, value: string): string {
  if (!/^\d{4}-/.test(value)) return '';
  if (!value.includes('T')) return value.slice(0, 10);
  const moment = new Date(Date.parse(value) - (name === 'until' ? 1 : 0));
  return Number.isNaN(moment.getTime()) ? '' : new Intl.DateTimeFormat('sv-SE').format(moment);
}

function set(name: AuditFilter, value: string): void {
  go(withFilter(new URLSearchParams(place.peek().search), name, value), { replace: true });
}
