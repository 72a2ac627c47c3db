import { isLaterImage } from '../later-image.ts';
import { type Answer, count, some } from './answer.ts';
import { readContainers } from './containers.ts';

/** "12 packages on n100 can be upgraded, 3 of them for security. Later images in the catalog: Jellyfin (10.10.7)." */
export const answerUpdates: Answer = ({ host, house, printed }) => {
  const apt = printed('apt');
  const containers = readContainers(printed('docker ps') ?? '');
  if (apt === null && !containers) return null;
  const sentences: string[] = [];
  if (apt !== null) {
    const packages = apt.split('\n').filter((line) => /^\S+\/\S+ .*\[upgradable from: /.test(line));
    const security = packages.filter((line) => /^\S+\/\S*-security/.test(line)).length;
    if (packages.length === 0) sentences.push(`No package on ${host} waits for an upgrade.`);
    else {
      const safe = security > 0 ? `, ${security} of them for security` : '';
      sentences.push(`${count(packages.length, 'package')} on ${host} can be upgraded${safe}.`);
    }
  }
  if (containers) {
    const later = containers.flatMap((container) => {
      const entry = house.catalog.services.find((service) => isLaterImage(service.image, container.image));
      return entry ? [`${entry.title} (${entry.image.slice(entry.image.lastIndexOf(':') + 1)})`] : [];
    });
    sentences.push(
      later.length > 0
        ? `Later images in the catalog: ${some(later)}.`
        : `The catalog knows no later image for the containers on ${host}.`,
    );
  }
  return sentences.join(' ');
};
