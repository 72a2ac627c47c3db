import { describe, expect, it } from 'vitest';
import { ask, commandsOf, composeOn, factsOf, planOn, serviceOn, withoutDocker } from './house.ts';

const jellyfin = serviceOn('jellyfin', { image: 'jellyfin/jellyfin:10.10.2' });
const byHand = serviceOn('plex', {
  manager: 'docker',
  unit: 'plex-main',
  port: 32400,
  image: 'plexinc/pms-docker:latest',
});
const demo = serviceOn('demo-web', { manager: 'process', port: 8081 });
const compose = factsOf('n100', { services: [jellyfin, byHand] });
const plain = factsOf('sandbox', { ...withoutDocker, services: [demo] });

describe('what a service that is there can be told', () => {
  it.each([
    ['restart', 'jellyfin', compose, ['docker compose -p jellyfin restart']],
    ['restart', 'plex', compose, ['docker restart plex-main']],
    ['restart', 'demo-web', plain, ['sh services/demo-web/service.sh restart']],
    ['stop', 'jellyfin', compose, ['docker compose -p jellyfin stop']],
    ['stop', 'plex', compose, ['docker stop plex-main']],
    ['stop', 'demo-web', plain, ['sh services/demo-web/service.sh stop']],
    ['logs', 'jellyfin', compose, ['docker logs --tail 100 jellyfin']],
    ['logs', 'plex', compose, ['docker logs --tail 100 plex-main']],
    ['logs', 'demo-web', plain, ['tail -n 100 services/demo-web/service.log']],
    [
      'remove',
      'jellyfin',
      compose,
      [
        'docker compose -f services/jellyfin/compose.yaml down --remove-orphans',
        'rm -r -- services/jellyfin',
        'test ! -e services/jellyfin',
      ],
    ],
    ['remove', 'plex', compose, ['docker stop plex-main', 'docker rm plex-main']],
    [
      'remove',
      'demo-web',
      plain,
      ['sh services/demo-web/service.sh stop', 'rm -r -- services/demo-web', 'test ! -e services/demo-web'],
    ],
  ] as const)('%s %s by the means that keep it running', (command, service, facts, expected) => {
    expect(commandsOf(planOn(facts, [ask(command, { service })]))).toEqual(expected);
  });

  it.each(['restart', 'update'])('checks after a %s that it answers', (command) => {
    const { content } = planOn(compose, [ask(command, { service: 'jellyfin' })]);
    expect(content.steps.at(-1)).toMatchObject({
      uses: 'http',
      url: 'http://n100:8096/health',
      expectStatus: [200],
    });
  });

  it('asks a service the catalog does not know only whether it answers at all', () => {
    const { content } = planOn(plain, [ask('restart', { service: 'demo-web' })]);
    expect(content.steps.at(-1)).toMatchObject({ uses: 'http', url: 'http://sandbox:8081/' });
  });

  it('does not ask over HTTP what speaks none', () => {
    const facts = factsOf('n100', { services: [serviceOn('mosquitto', { port: 1883 })] });
    expect(planOn(facts, [ask('restart', { service: 'mosquitto' })]).content.steps).toHaveLength(1);
  });

  it('starts what is stopped and says when it already runs', () => {
    const stopped = factsOf('n100', { services: [{ ...jellyfin, state: 'stopped' }] });
    expect(commandsOf(planOn(stopped, [ask('start', { service: 'jellyfin' })]))).toEqual([
      'docker compose -p jellyfin start',
    ]);
    expect(composeOn(compose, [ask('start', { service: 'jellyfin' })])).toEqual({
      kind: 'impossible',
      reason: 'Jellyfin already runs on n100.',
      suggestions: ['restart jellyfin on n100', 'status of jellyfin on n100'],
    });
    expect(composeOn(stopped, [ask('stop', { service: 'jellyfin' })])).toMatchObject({
      kind: 'impossible',
      reason: 'Jellyfin is already stopped on n100.',
    });
  });

  it.each([
    [{ name: 'kuma', unit: 'kuma', manager: 'docker' }, 'docker restart kuma'],
    [
      { name: 'watch', unit: 'watch', manager: 'docker', image: 'docker.io/louislam/uptime-kuma:beta' },
      'docker restart watch',
    ],
    [{ name: 'monitoring', unit: 'uptime-kuma', manager: 'compose' }, 'docker restart uptime-kuma'],
    [
      { name: 'uptime-kuma', unit: 'uptime-kuma-app-1', manager: 'compose' },
      'docker compose -p uptime-kuma restart',
    ],
  ] as const)(
    'is found by another name, by its image or inside a bigger project: %j',
    (different, command) => {
      const facts = factsOf('n100', {
        services: [serviceOn('other', { port: 1 }), { ...serviceOn('x'), ...different }],
      });
      expect(commandsOf(planOn(facts, [ask('restart', { service: 'uptime-kuma' })]))).toEqual([command]);
    },
  );

  it('takes the part of a project that people open as the service', () => {
    const parts = [
      serviceOn('immich', { unit: 'immich_postgres', port: null }),
      serviceOn('immich', { unit: 'immich_server', port: 2283 }),
    ];
    const { content } = planOn(factsOf('n100', { services: parts }), [ask('restart', { service: 'immich' })]);
    expect(content.steps.at(-1)).toMatchObject({ uses: 'http', url: 'http://n100:2283/api/server/ping' });
  });

  it('names what is there when the service is not', () => {
    expect(composeOn(compose, [ask('restart', { service: 'gitea' })])).toEqual({
      kind: 'impossible',
      reason: 'Gitea is not on n100. There: jellyfin, plex.',
      suggestions: ['deploy gitea on n100'],
    });
  });
});

describe('updating', () => {
  it('changes the tag in compose.yaml to the later version of the catalog and keeps the old text', () => {
    const { content } = planOn(compose, [ask('update', { service: 'jellyfin' })]);
    expect(content.title).toBe('Update Jellyfin to 10.10.7 on n100');
    expect(commandsOf({ kind: 'plan', content, notes: [], facts: [] }).slice(0, 2)).toEqual([
      'cp -- services/jellyfin/compose.yaml services/jellyfin/compose.yaml.before-20261121T140507Z',
      "sed -i 's|jellyfin/jellyfin:10.10.2|jellyfin/jellyfin:10.10.7|' services/jellyfin/compose.yaml && grep -qF jellyfin/jellyfin:10.10.7 services/jellyfin/compose.yaml",
    ]);
    expect(content.effects).toContainEqual(
      expect.objectContaining({ before: 'jellyfin/jellyfin:10.10.2', after: 'jellyfin/jellyfin:10.10.7' }),
    );
  });

  it.each([
    'jellyfin/jellyfin:10.11.0',
    'jellyfin/jellyfin:latest',
    'someone/else:1.0',
    'jellyfin/jellyfin:10.10.7',
  ])('never goes back from %s: it pulls the same tag again', (image) => {
    const facts = factsOf('n100', { services: [{ ...jellyfin, image }] });
    const { content } = planOn(facts, [ask('update', { service: 'jellyfin' })]);
    expect(content.title).toBe('Update Jellyfin on n100');
    expect(content.steps[0]).toMatchObject({
      command: 'docker compose -f services/jellyfin/compose.yaml pull',
    });
  });

  it('says why something without package or compose file has no newer version', () => {
    expect(composeOn(plain, [ask('update', { service: 'demo-web' })])).toMatchObject({
      kind: 'impossible',
      suggestions: ['restart demo-web on sandbox', 'status of demo-web on sandbox'],
    });
    expect(composeOn(compose, [ask('update', { service: 'plex' })]).kind).toBe('impossible');
  });
});

describe('backups', () => {
  it('are named after the moment the host was looked at and read back before they count', () => {
    const commands = commandsOf(planOn(compose, [ask('backup', { service: 'jellyfin' })]));
    expect(commands[2]).toMatch(/^tar -tzf backups\/jellyfin-20261121T140507Z\.tar\.gz >/);
  });

  it('are put back from a file the plan names, with what was there moved aside', () => {
    const { content } = planOn(compose, [ask('restore', { service: 'jellyfin' })]);
    expect(content.risk).toBe('destructive');
    expect(content.steps[0]).toMatchObject({
      command: expect.stringContaining('backups/jellyfin-newest.tar.gz'),
    });
    expect(content.effects.map((effect) => effect.what)).toContain(
      'backups/jellyfin-before-20261121T140507Z',
    );
  });

  it('are not promised for containers whose data is nobody knows where', () => {
    expect(composeOn(compose, [ask('backup', { service: 'plex' })]).kind).toBe('impossible');
    expect(composeOn(compose, [ask('restore', { service: 'plex' })]).kind).toBe('impossible');
  });
});

describe('what is asked about a host', () => {
  const proxmox = factsOf('n100', { docker: false, compose: false, tools: ['qm', 'pct', 'kubectl'] });

  it.each([
    ['disk', compose, ['df -hP', 'du -h -d 1 services || true', 'docker system df']],
    ['containers', compose, ['docker ps --all']],
    ['containers', plain, ['ls -l services']],
    ['updates', compose, ['apt list --upgradable', 'docker ps --all']],
    ['vms', proxmox, ['qm list', 'pct list']],
    ['pods', proxmox, ['kubectl get pods --all-namespaces']],
    ['nodes', proxmox, ['kubectl get nodes -o wide']],
  ] as const)('%s is answered with commands that only look', (command, facts, expected) => {
    const { content } = planOn(facts, [ask(command)]);
    expect(content.risk).toBe('read');
    expect(content.effects).toEqual([]);
    expect(commandsOf({ kind: 'plan', content, notes: [], facts: [] })).toEqual(expected);
  });

  it('takes a snapshot of a virtual machine by number, with a name of its own', () => {
    const { content } = planOn(proxmox, [ask('snapshot', { vm: '120' })]);
    expect(content.steps[0]).toMatchObject({
      command: 'qm snapshot 120 chiffon-20261121T140507Z',
      idempotent: false,
    });
    expect(composeOn(proxmox, [ask('snapshot', { vm: 'web' })])).toMatchObject({
      kind: 'impossible',
      suggestions: ['virtual machines on n100'],
    });
  });

  it.each(['vms', 'pods', 'nodes', 'snapshot'])('%s says which program is missing', (command) => {
    expect(composeOn(plain, [ask(command, { vm: '120' })])).toMatchObject({
      kind: 'impossible',
      reason: expect.stringMatching(/qm|kubectl/),
    });
  });
});

describe('several things in one request', () => {
  it('become one plan with steps in order and the worst risk', () => {
    const { content } = planOn(compose, [
      ask('logs', { service: 'plex' }),
      ask('restart', { service: 'jellyfin' }),
    ]);
    expect(content.title).toBe('Show the logs of Plex, then restart Jellyfin on n100');
    expect(content.risk).toBe('change');
    expect(content.steps.map((step) => step.id)).toEqual(['s1', 's2', 's3']);
    expect(content.intents).toHaveLength(2);
  });

  it('are all planned or none, and the reply names the one that stands in the way', () => {
    expect(
      composeOn(compose, [ask('restart', { service: 'jellyfin' }), ask('restart', { service: 'gitea' })]),
    ).toMatchObject({
      kind: 'impossible',
      reason:
        'Nothing was planned, because of "restart gitea on n100": Gitea is not on n100. There: jellyfin, plex.',
    });
  });
});

describe('what never becomes steps', () => {
  it('is answered with the sentence of the catalog when nobody can do it yet', () => {
    expect(composeOn(compose, [ask('stage.run', { stage: 'vms' })])).toMatchObject({ kind: 'impossible' });
  });

  it.each([
    ['service', 'jelly fin'],
    ['service', '../../etc'],
    ['service', "x'; rm -rf ~; '"],
    ['service', 'jelly\u200bfin'],
    ['service', '-rf'],
    ['service', ''],
    ['vm', '120; reboot'],
    ['vm', '$(reboot)'],
    ['since', 'x'.repeat(500)],
    ['since', 'a\u202eb'],
  ])('is refused when the %s is %j', (input, value) => {
    expect(composeOn(compose, [ask('restart', { service: 'jellyfin', [input]: value })]).kind).toBe(
      'impossible',
    );
  });
});
