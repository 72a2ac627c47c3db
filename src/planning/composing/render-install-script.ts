import type { ServiceEntry } from '../catalog/service-entry.ts';

/**
 * The script that installs a service's npm package into the folder it lies in. A database driver that has to be compiled
 * is compiled with Node's own headers where they are at hand: `nodedir` keeps node-gyp from downloading them
 * (https://github.com/nodejs/node-gyp#command-options), so nothing but npm's registry is needed.
 */
export function renderInstallScript(npm: NonNullable<ServiceEntry['npm']>): string {
  return `#!/bin/sh
# Installs ${npm.package} ${npm.version} into this folder, as package.json beside it says. Written by Chiffon.
set -eu
cd "$(dirname "$0")"

# Node's own headers, where they are at hand, so that they need not be downloaded.
program=$(node -p 'process.execPath')
platform=$(node -p 'process.platform + "-" + process.arch')
own="\${program%/bin/node}"
for folder in "$own" "$own/node_modules/node-$platform" /usr/local /usr; do
  if [ -e "$folder/include/node/node_api.h" ]; then
    export npm_config_nodedir="$folder"
    break
  fi
done

npm install --cache ../npm-cache --no-audit --no-fund --no-update-notifier --omit=dev --foreground-scripts --loglevel=http
echo chiffon-record package=${npm.package}
echo chiffon-record version=${npm.version}
`;
}
