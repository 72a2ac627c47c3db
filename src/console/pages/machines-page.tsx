import type { Machine, MachineList, StreamMessage } from '#api/contract/house.ts';
import { useAnswer } from '../app/answers.ts';
import { requestPath } from '../app/routes.ts';
import { countWords } from '../parts/format.ts';
import { Empty, Notice } from '../parts/notice.tsx';
import { Page, Shown } from '../parts/page.tsx';
import { MachinesSkeleton } from '../parts/skeleton.tsx';
import { Time } from '../parts/time.tsx';
import { Capacity } from './capacity.tsx';
import { LookAgain } from './look-again.tsx';
import { Reachable } from './reachable.tsx';

/** What have I got, and how is it? */
export function MachinesPage() {
  const known = useAnswer<MachineList>('/machines', touchesMachines);
  return (
    <Page title="Machines" question="What is here, and how is it?" wide>
      <Shown path="/machines" known={known} skeleton={<MachinesSkeleton />}>
        {({ machines }) =>
          machines.length === 0 ? (
            <Empty title="No machine is set up yet.">
              Machines stand in the configuration under <code>hosts</code>. Once one is there, Chiffon looks
              at it and shows what it found here. <a href="/settings">See which file is used</a>
            </Empty>
          ) : (
            <>
              <Partial machines={machines} />
              <ul class="machine-grid">
                {machines.map((machine) => (
                  <MachineCard key={machine.host} machine={machine} />
                ))}
              </ul>
            </>
          )
        }
      </Shown>
    </Page>
  );
}

function Partial({ machines }: { machines: readonly Machine[] }) {
  const tried = machines.filter((machine) => machine.triedAt !== null);
  const silent = tried.filter((machine) => machine.unreachable !== null);
  if (silent.length === 0) return null;
  return (
    <Notice family="wait" shape="diamond-hollow">
      <p>
        {tried.length - silent.length} of {countWords(tried.length, 'machine')} answered;{' '}
        {silent.map((machine, index) => (
          <span key={machine.host}>
            {index === 0 ? null : ', '}
            {machine.host} did not, <LastSeen machine={machine} />
          </span>
        ))}
        .
      </p>
    </Notice>
  );
}

/** "last seen Fri 04:36": when it last answered, for a machine that does not answer now. */
function LastSeen({ machine }: { machine: Machine }) {
  if (machine.seenAt === null) return <>never seen</>;
  return (
    <>
      {machine.unreachable === null ? 'as of' : 'last seen'} <Time at={machine.seenAt} />
    </>
  );
}

function MachineCard({ machine }: { machine: Machine }) {
  const { facts } = machine;
  const running = facts?.services.filter((service) => service.state === 'running').length ?? 0;
  return (
    <li class="machine">
      <div class="machine-head">
        <h2 class="machine-name">
          <a href={`/machines/${encodeURIComponent(machine.host)}`}>{machine.host}</a>
        </h2>
        <Reachable machine={machine} />
      </div>
      {machine.unreachable === null ? null : <p>{machine.unreachable}</p>}
      {facts === null ? null : (
        <>
          <p class="muted small">{facts.os}</p>
          <Capacity facts={facts} />
          <p class="small">
            {facts.services.length === 0
              ? 'No services found.'
              : `${running} of ${countWords(facts.services.length, 'service')} running`}
          </p>
        </>
      )}
      {machine.heldBy === null ? null : (
        <p class="small">
          Held by <a href={requestPath(machine.heldBy.requestId)}>{machine.heldBy.title}</a>
        </p>
      )}
      <div class="machine-foot">
        <span class="muted small">
          <LastSeen machine={machine} />
        </span>
        <LookAgain host={machine.host} />
      </div>
    </li>
  );
}

/** Whether a message may have changed what is known of machines. */
export function touchesMachines(message: StreamMessage): boolean {
  return message.type === 'event' && /^(host|run)\./.test(message.event.kind);
}
