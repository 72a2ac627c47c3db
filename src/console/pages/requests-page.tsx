import { useEffect, useState } from 'preact/hooks';
import type { RequestList } from '#api/contract/requests.ts';
import { anyEvent, useAnswer, useSteady } from '../app/answers.ts';
import { call } from '../app/api.ts';
import { go, place } from '../app/router.ts';
import { numberWords } from '../parts/format.ts';
import { Empty } from '../parts/notice.tsx';
import { Page, Shown } from '../parts/page.tsx';
import { RequestRow } from './request-row.tsx';

const filters = [
  { value: '', words: 'All', count: 'all' },
  { value: 'needs_you', words: 'Needs you', count: 'needsYou' },
  { value: 'running', words: 'Running', count: 'running' },
  { value: 'failed', words: 'Failed', count: 'failed' },
] as const;

/** What was asked, and how did it end? */
export function RequestsPage() {
  const query = new URLSearchParams(place.value.search);
  const path = `/requests${query.size === 0 ? '' : `?${query}`}`;
  const known = useSteady(useAnswer<RequestList>(path, anyEvent));
  const set = (name: string, value: string) => {
    const next = new URLSearchParams(place.peek().search);
    if (value === '') next.delete(name);
    else next.set(name, value);
    go(`/requests${next.size === 0 ? '' : `?${next}`}`, { replace: true });
  };
  return (
    <Page title="Requests" question="What was asked, and how did it end?">
      <div class="filters">
        <div class="chips" role="group" aria-label="Show">
          {filters.map((filter) => (
            <button
              key={filter.value}
              type="button"
              class="chip"
              aria-pressed={(query.get('filter') ?? '') === filter.value}
              onClick={() => set('filter', filter.value)}
            >
              {filter.words}
              {known.value === null ? null : (
                <span class="chip-count tabular">{numberWords(known.value.counts[filter.count])}</span>
              )}
            </button>
          ))}
        </div>
        <input
          type="search"
          class="filter-text"
          aria-label="Find in requests"
          placeholder="Find in requests"
          defaultValue={query.get('q') ?? ''}
          onInput={(event) => set('q', event.currentTarget.value.trim())}
        />
        {query.has('person') ? (
          <button type="button" class="chip" onClick={() => set('person', '')}>
            {query.get('person')} ✕
          </button>
        ) : null}
      </div>
      <Shown path={path} known={known}>
        {(list) =>
          list.requests.length === 0 ? (
            <NoRequests filtered={query.size > 0} />
          ) : (
            <>
              <ul class="rows">
                {list.requests.map((request) => (
                  <RequestRow key={request.requestId} request={request} full />
                ))}
              </ul>
              {list.next === null ? null : <Older key={path} path={path} before={list.next} />}
            </>
          )
        }
      </Shown>
    </Page>
  );
}

function NoRequests({ filtered }: { filtered: boolean }) {
  if (filtered)
    return (
      <Empty title="No request fits.">
        <a href="/requests">Show all of them</a>
      </Empty>
    );
  return (
    <Empty title="Nothing was asked yet.">
      Every request and what came of it will stand here. <a href="/ask">Ask for something</a>
    </Empty>
  );
}

function Older({ path, before }: { path: string; before: string }) {
  const [pages, setPages] = useState<readonly RequestList[]>([]);
  const [busy, setBusy] = useState(false);
  useEffect(() => setPages([]), [path]);
  const next = pages.length === 0 ? before : (pages.at(-1)?.next ?? null);
  const more = async () => {
    if (next === null || busy) return;
    setBusy(true);
    const join = path.includes('?') ? '&' : '?';
    const answer = await call<RequestList>('GET', `${path}${join}before=${encodeURIComponent(next)}`);
    setBusy(false);
    if (answer.ok) setPages([...pages, answer.value]);
  };
  return (
    <>
      <ul class="rows rows-more">
        {pages
          .flatMap((page) => page.requests)
          .map((request) => (
            <RequestRow key={request.requestId} request={request} full />
          ))}
      </ul>
      {next === null ? null : (
        <button type="button" class="button" aria-busy={busy} onClick={() => void more()}>
          Show older ones
        </button>
      )}
    </>
  );
}
