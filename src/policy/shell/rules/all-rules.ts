import type { ChangeRule, FloorRule, ReadRule, WrapperRule } from '../rule.ts';
import { ansibleChanges, ansibleFloor, ansibleReads, ansibleWrappers } from './ansible.ts';
import { borrowedCodeFloor } from './borrowed-code.ts';
import { containerChanges, containerFloor, containerReads, volumeFloor } from './containers.ts';
import { copiesFloor } from './copies.ts';
import { databaseChanges, databaseFloor } from './databases.ts';
import { deletionFloor } from './deletion.ts';
import { diskReads } from './disk-reads.ts';
import { diskChanges, diskFloor } from './disks.ts';
import { fileChanges } from './file-changes.ts';
import { fileReads } from './files.ts';
import { gitChanges, gitFloor, gitReads } from './git.ts';
import { guardFloor } from './guard.ts';
import { homeReads } from './home-reads.ts';
import { infrastructureFloor, infrastructureReads } from './infrastructure.ts';
import { kubernetesChanges, kubernetesFloor, kubernetesMoreReads, kubernetesReads } from './kubernetes.ts';
import { laterChanges, laterFloor } from './later.ts';
import { networkChanges, networkFloor } from './network.ts';
import { networkReads } from './network-reads.ts';
import { openDoorFloor } from './open-doors.ts';
import {
  fetchedPackageFloor,
  firmwareFloor,
  packageChanges,
  packageFloor,
  packageReads,
} from './packages.ts';
import { powerFloor, powerReads } from './power.ts';
import { exhaustionFloor, processChanges, processReads } from './processes.ts';
import { proxmoxChanges, proxmoxFloor, proxmoxReads } from './proxmox.ts';
import { rareLossFloor } from './rare-losses.ts';
import { rareSecretFloor } from './rare-secrets.ts';
import { remoteFloor } from './remote.ts';
import { scriptFileFloor } from './script-files.ts';
import { secretsFloor } from './secrets.ts';
import { settingsShown } from './settings.ts';
import { sideDoors } from './side-doors.ts';
import { smallReads } from './small-reads.ts';
import { textProgramReads } from './text-programs.ts';
import { versionReads } from './versions.ts';
import { wrappers } from './wrappers.ts';

export const floorRules: readonly FloorRule[] = [
  ...powerFloor,
  ...rareLossFloor,
  ...rareSecretFloor,
  ...borrowedCodeFloor,
  ...openDoorFloor,
  ...scriptFileFloor,
  ...diskFloor,
  ...proxmoxFloor,
  ...kubernetesFloor,
  ...containerFloor,
  ...volumeFloor,
  ...deletionFloor,
  ...copiesFloor,
  ...guardFloor,
  ...gitFloor,
  ...ansibleFloor,
  ...secretsFloor,
  ...infrastructureFloor,
  ...databaseFloor,
  ...networkFloor,
  ...remoteFloor,
  ...packageFloor,
  ...firmwareFloor,
  ...fetchedPackageFloor,
  ...laterFloor,
  ...exhaustionFloor,
];

export const readRules: readonly ReadRule[] = [
  ...fileReads,
  ...textProgramReads,
  ...versionReads,
  ...processReads,
  ...powerReads,
  ...diskReads,
  ...networkReads,
  ...packageReads,
  ...containerReads,
  ...kubernetesReads,
  ...kubernetesMoreReads,
  ...proxmoxReads,
  ...gitReads,
  ...ansibleReads,
  ...infrastructureReads,
  ...homeReads,
  ...smallReads,
];

export const wrapperRules: readonly WrapperRule[] = [...ansibleWrappers, ...wrappers, ...sideDoors];

export const changeRules: readonly ChangeRule[] = [
  ...settingsShown,
  ...fileChanges,
  ...processChanges,
  ...diskChanges,
  ...networkChanges,
  ...packageChanges,
  ...containerChanges,
  ...kubernetesChanges,
  ...proxmoxChanges,
  ...gitChanges,
  ...ansibleChanges,
  ...databaseChanges,
  ...laterChanges,
];

/** Rules by program. A name such as `mkfs.*` stands for every program that begins so. */
export function rulesFor<T extends { readonly programs: readonly string[] }>(
  rules: readonly T[],
): (program: string) => readonly T[] {
  const exact = new Map<string, T[]>();
  const prefixes: [string, T][] = [];
  for (const rule of rules)
    for (const program of rule.programs) {
      if (program.endsWith('*')) prefixes.push([program.slice(0, -1), rule]);
      else exact.set(program, [...(exact.get(program) ?? []), rule]);
    }
  return (program) => [
    ...(exact.get(program) ?? []),
    ...prefixes.filter(([prefix]) => program.startsWith(prefix)).map(([, rule]) => rule),
  ];
}
