import { apiToken } from './parts/api-token.ts';
import { docker } from './parts/docker.ts';
import { powerTargetsMasked, sleepTargetsMasked } from './parts/masked-targets.ts';
import { ownUser } from './parts/own-user.ts';
import { polkitRule } from './parts/polkit-rule.ts';
import { signIn } from './parts/sign-in.ts';
import { sudoers } from './parts/sudoers.ts';
import type { WallHost, WallPart } from './wall.ts';

/**
 * The wall on the machine itself: what keeps it standing when the judge, the approvals and Chiffon itself fail. Each part
 * holds without the others, says what it is good for, and can be taken back. Pure: nothing is done, a person does it.
 */
export function buildWall(host: WallHost): readonly WallPart[] {
  return [
    ownUser(host),
    ...docker(host),
    ...sudoers(host),
    polkitRule(host),
    sleepTargetsMasked,
    powerTargetsMasked,
    signIn(host),
    ...(host.proxmox ? [apiToken(host)] : []),
  ];
}
