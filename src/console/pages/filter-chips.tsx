import { filterNames } from '#core/record-filter-names.ts';
import { outcomeWords } from '#core/state-words.ts';
import { place } from '../app/router.ts';
import { clockStyle, halfMinute } from '../parts/clock.ts';
import { dayAndTime } from '../parts/format.ts';
import { type AuditFilter, withFilter } from './audit-query.ts';

const subjects: Readonly<Record<string, string>> = {
  failures: 'Failures',
  changes: 'Changes',
  approvals: 'Decisions',
  runs: 'Runs',
  retries: 'Retries',
};

const names: Readonly<Record<AuditFilter, string>> = {
  about: '',
  outcome: '',
  service: 'service',
  host: 'machine',
  person: 'by',
  plan: 'plan',
  since: 'from',
  until: 'to',
};

/** The filter that is in force, part by part, each of which can be taken away. */
export function FilterChips() {
  const address = new URLSearchParams(place.value.search);
  const set = filterNames.flatMap((name) => {
    const value = address.get(name);
    return value === null || value === '' ? [] : [{ name, value }];
  });
  if (set.length === 0) return null;
  return (
    <div class="chips filter-chips" role="group" aria-label="Filters in force">
      <span class="muted small">{address.has('q') ? 'Understood as' : 'Filter'}</span>
      {set.map(({ name, value }) => {
        const words = [names[name], valueWords(name, value)].filter((part) => part !== '').join(' ');
        return (
          <a
            key={name}
            class="chip chip-filter"
            href={withFilter(address, name, '')}
            aria-label={`Remove the filter: ${words}`}
          >
            {words}
            <span class="chip-cross" aria-hidden="true">
              ×
            </span>
          </a>
        );
      })}
    </div>
  );
}

function valueWords(name: AuditFilter, value: string): string {
  if (name === 'about') return subjects[value] ?? value;
  if (name === 'outcome') return outcomeWords[value as keyof typeof outcomeWords]?.word ?? value;
  if ((name === 'since' || name === 'until') && /^\d{4}-\d{2}-\d{2}T/.test(value))
    return dayAndTime(value, halfMinute.value, clockStyle.value);
  return value;
}
