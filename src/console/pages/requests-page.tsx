import { useState } from 'preact/hooks';
import type { RequestList } from '#api/contract/requests.ts';
import { anyEvent, useAnswer, useSteady } from '../app/answers.ts';
import { go, place } from '../app/router.ts';
import { numberWords } from '../parts/format.ts';
import { Icon } from '../parts/icon.tsx';
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
          value={query.get('q') ?? ''}
          maxLength={200}
          onInput={(event) => set('q', event.currentTarget.value)}
        />
        {query.has('person') ? (
          <button type="button" class="chip" onClick={() => set('person', '')}>
            Asked by {query.get('person')}
            <Icon name="close" />
            <span class="unseen">, show everybody’s</span>
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

/** The rows behind a page, once they are asked for. Each page starts where the one before ends now, so none is missed. */
function Older({ path, before }: { path: string; before: string }) {
  const [open, setOpen] = useState(false);
  if (open) return <OlderPage path={path} before={before} />;
  return (
    <button type="button" class="button older" onClick={() => setOpen(true)}>
      Show older ones
    </button>
  );
}

function OlderPage({ path, before }: { path: string; before: string }) {
  const address = `${path}${path.includes('?') ? '&' : '?'}before=${encodeURIComponent(before)}`;
  const known = useSteady(useAnswer<RequestList>(address, anyEvent));
  return (
    <Shown path={address} known={known}>
      {(list) => (
        <>
          <ul class="rows rows-more">
            {list.requests.map((request) => (
              <RequestRow key={request.requestId} request={request} full />
            ))}
          </ul>
          {list.next === null ? null : <Older path={path} before={list.next} />}
        </>
      )}
    </Shown>
  );
}
