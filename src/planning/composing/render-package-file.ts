import type { ServiceEntry } from '../catalog/service-entry.ts';

/**
 * The package.json in whose folder npm installs a service: one pinned dependency. From version 12 on npm runs install
 * scripts only of packages that `allowScripts` names (https://docs.npmjs.com/cli/v12/configuring-npm/package-json); older
 * versions take no notice of it. Database bindings are built by such scripts.
 */
export function renderPackageFile(name: string, npm: NonNullable<ServiceEntry['npm']>): string {
  const content = {
    name: `${name}-on-this-host`,
    private: true,
    description: 'Installed by Chiffon.',
    dependencies: { [npm.package]: npm.version },
    allowScripts: Object.fromEntries(buildsItself.map((dependency) => [dependency, true])),
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

/** Packages that compile or fetch the native part of a database driver when they are installed. */
const buildsItself = ['@louislam/sqlite3', 'sqlite3', 'better-sqlite3'];
