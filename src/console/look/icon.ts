/** The favicons there are: one without a mark, one for each count to nine, and one for more. */
export const iconNames = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'more'] as const;
export type IconName = (typeof iconNames)[number];

/** Which favicon stands for so many waiting decisions. */
export function iconFor(waiting: number): IconName {
  return waiting > 9 ? 'more' : (iconNames[Math.max(0, waiting)] ?? '0');
}

/** Draws one favicon: the fold of cloth, and over it the amber mark with the count. */
export function iconSvg(name: IconName): string {
  const mark =
    name === '0'
      ? ''
      : `<circle cx="22" cy="22" r="10" fill="#8a5200"/><text x="22" y="26.6" font-family="system-ui,sans-serif" font-size="13" font-weight="700" fill="#fff" text-anchor="middle">${name === 'more' ? '9+' : name}</text>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#0b6e66"/><path d="M7 9c5 0 5 5 9 5s4-5 9-5v7c-5 0-5 6-9 6s-4-6-9-6z" fill="#fff"/><path d="M7 19c5 0 5 5 9 5s4-5 9-5" fill="none" stroke="#fff" stroke-opacity=".65" stroke-width="2.4" stroke-linecap="round"/>${mark}</svg>`;
}
