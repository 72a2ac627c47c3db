import type { Machine } from '#api/contract/house.ts';
import type { HostFacts } from '#core/host.ts';
import { useAnswer } from '../app/answers.ts';
import { requestPath } from '../app/routes.ts';
import { Notice } from '../parts/notice.tsx';
import { Page, Shown } from '../parts/page.tsx';
import { StateMark } from '../parts/shape.tsx';
import { TimeAgo } from '../parts/time.tsx';
import { Capacity } from './capacity.tsx';
import { LookAgain } from './look-again.tsx';
import { touchesMachines } from './machines-page.tsx';
import { Reachable } from './reachable.tsx';

type Service = HostFacts['services'][number];

/** One machine: what was found on it. */
export function MachinePage({ name }: { name: string }) {
  const path = `/machines/${encodeURIComponent(name)}`;
  const known = useAnswer<Machine>(path, touchesMachines);
  return (
    <Page
      title={name}
      question={known.value === null ? null : `${known.value.user}@${known.value.address}`}
      tools={known.value === null ? null : <LookAgain host={name} />}
    >
      <Shown path={path} known={known} way={<a href="/machines">All machines</a>}>
        {(machine) => (
          <>
            <p class="machine-line">
              <Reachable machine={machine} />
              <span class="muted">
                {machine.seenAt === null ? (
                  'Never seen'
                ) : (
                  <>
                    {machine.unreachable === null ? 'as of' : 'last seen'} <TimeAgo at={machine.seenAt} />
                  </>
                )}
              </span>
            </p>
            {machine.unreachable === null ? null : (
              <Notice family="bad" shape="cross">
                <p>{machine.unreachable}</p>
                {machine.facts === null ? null : (
                  <p class="muted">What stands below was true when it last answered.</p>
                )}
              </Notice>
            )}
            {machine.heldBy === null ? null : (
              <Notice family="run" shape="running">
                <p>
                  Held by <a href={requestPath(machine.heldBy.requestId)}>{machine.heldBy.title}</a>. Other
                  plans for this machine wait until it is done.
                </p>
              </Notice>
            )}
            {machine.facts === null ? null : <Found facts={machine.facts} />}
            <p class="block">
              <a href={`/audit?host=${encodeURIComponent(machine.host)}`}>
                Everything recorded about {machine.host}
              </a>
            </p>
          </>
        )}
      </Shown>
    </Page>
  );
}

function Found({ facts }: { facts: HostFacts }) {
  return (
    <>
      <section class="block panel">
        <Capacity facts={facts} />
      </section>
      <section class="block">
        <h2 class="block-title">Services</h2>
        {facts.services.length === 0 ? (
          <p class="muted">None were found.</p>
        ) : (
          <ul class="rows">
            {facts.services.map((service) => (
              <ServiceRow key={service.unit} service={service} />
            ))}
          </ul>
        )}
      </section>
      <section class="block">
        <h2 class="block-title">The machine</h2>
        <dl class="facts panel">
          <Fact label="System" value={`${facts.os}, ${facts.arch}`} />
          <Fact label="Signed in as" value={`${facts.user}, ${facts.home}`} />
          <Fact label="Services open at" value={facts.address} />
          <Fact label="Containers" value={containers(facts)} />
          <Fact label="Node.js" value={facts.node ?? 'not installed'} />
          <Fact label="Ports in use" value={facts.listeningPorts.join(', ') || 'none seen'} />
          <Fact label="Also there" value={facts.tools.join(', ') || 'nothing that matters to plans'} />
        </dl>
      </section>
    </>
  );
}

function ServiceRow({ service }: { service: Service }) {
  const looks = {
    running: ['done', 'Running'],
    stopped: ['stopped', 'Stopped'],
    unknown: ['unknown', 'Unknown'],
  };
  const [state = 'unknown', word = 'Unknown'] = looks[service.state];
  return (
    <li class="row">
      <div class="row-link">
        <span class="row-main">
          <span class="row-title">{service.name}</span>
          <span class="row-message muted">
            {service.manager}
            {service.image === null ? null : `, ${service.image}`}
          </span>
        </span>
        <span class="row-state">
          <StateMark state={state} word={word} />
        </span>
        <span class="row-facts muted small">
          {service.port === null ? null : <span>port {service.port}</span>}
        </span>
      </div>
    </li>
  );
}

function Fact({ label, value }: { label: string; value: string }) {
  return (
    <div class="fact">
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function containers(facts: HostFacts): string {
  if (!facts.docker) return 'Docker is not installed';
  return facts.compose ? 'Docker with Compose' : 'Docker, without Compose';
}
