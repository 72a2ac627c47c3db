import type { MachineList, Now } from '#api/contract/house.ts';
import { anyEvent, useAnswer } from '../app/answers.ts';
import { requestPath } from '../app/routes.ts';
import { Icon, type IconName } from '../parts/icon.tsx';

interface Finding {
  readonly address: string;
  readonly words: string;
  readonly kind: string;
  readonly icon: IconName;
}

const pages: readonly Finding[] = [
  { address: '/', words: 'Now', kind: 'page', icon: 'now' },
  { address: '/requests', words: 'Requests', kind: 'page', icon: 'requests' },
  { address: '/machines', words: 'Machines', kind: 'page', icon: 'machines' },
  { address: '/audit', words: 'Audit', kind: 'page', icon: 'audit' },
  { address: '/settings', words: 'Settings', kind: 'page', icon: 'settings' },
];

/** Pages, machines and requests that the typed words name. */
export function Findings({ text, chosen }: { text: string; chosen: () => void }) {
  const now = useAnswer<Now>('/now', anyEvent).value;
  const machines = useAnswer<MachineList>('/machines', () => false).value;
  const wanted = text.trim().toLowerCase();
  const requests = now === null ? [] : [...now.needsYou, ...now.running, ...now.recent];
  const everything: readonly Finding[] = [
    ...requests.map((request) => ({
      address: requestPath(request.number),
      words: request.title,
      kind: `R-${request.number}, ${request.stateWord.toLowerCase()}`,
      icon: 'requests' as const,
    })),
    ...(machines?.machines ?? []).map((machine) => ({
      address: `/machines/${encodeURIComponent(machine.host)}`,
      words: machine.host,
      kind: 'machine',
      icon: 'machines' as const,
    })),
    ...pages,
  ];
  const found = (
    wanted === ''
      ? everything.slice(0, 4)
      : everything.filter((one) => `${one.words} ${one.kind}`.toLowerCase().includes(wanted))
  ).slice(0, 6);
  if (found.length === 0) return null;
  return (
    <section class="findings" aria-label={wanted === '' ? 'Recent' : 'Found'}>
      <h3 class="slot-title">{wanted === '' ? 'Recent' : 'Go to'}</h3>
      <ul class="plain-list">
        {found.map((one) => (
          <li key={one.address}>
            <a class="finding" href={one.address} onClick={chosen}>
              <Icon name={one.icon} />
              <span class="finding-words">{one.words}</span>
              <span class="muted small nowrap">{one.kind}</span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}
