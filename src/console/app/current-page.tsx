import type { Me } from '#api/contract/house.ts';
import { AskPage } from '../pages/ask-page.tsx';
import { AuditPage } from '../pages/audit-page.tsx';
import { MachinePage } from '../pages/machine-page.tsx';
import { MachinesPage } from '../pages/machines-page.tsx';
import { MorePage } from '../pages/more-page.tsx';
import { NowPage } from '../pages/now-page.tsx';
import { NowherePage } from '../pages/nowhere-page.tsx';
import { RequestPage } from '../pages/request-page.tsx';
import { RequestsPage } from '../pages/requests-page.tsx';
import { RunPage } from '../pages/run-page.tsx';
import { SettingsPage } from '../pages/settings-page.tsx';
import { route } from './router.ts';

/** The page of the address. */
export function CurrentPage({ me }: { me: Me }) {
  const at = route.value;
  switch (at.page) {
    case 'now':
    case 'sign-in':
      return <NowPage me={me} />;
    case 'ask':
      return <AskPage me={me} />;
    case 'requests':
      return <RequestsPage />;
    case 'request':
      return <RequestPage number={at.number} />;
    case 'run':
      return <RunPage number={at.number} run={at.run} />;
    case 'machines':
      return <MachinesPage />;
    case 'machine':
      return <MachinePage name={at.name} />;
    case 'audit':
      return <AuditPage me={me} />;
    case 'settings':
      return <SettingsPage me={me} />;
    case 'more':
      return <MorePage me={me} />;
    case 'nowhere':
      return <NowherePage />;
  }
}
