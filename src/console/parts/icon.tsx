import type { ComponentChildren } from 'preact';

const drawings = {
  now: <path d="M2 11h4l2.2-6 3.6 11 2.3-5H18" />,
  requests: <path d="M4 5h12M4 10h12M4 15h7" />,
  ask: <path d="M3.5 4h13v9.5H10L6 17v-3.5H3.5ZM10 6.3v5M7.5 8.8h5" />,
  machines: <path d="M3 4h14v5H3ZM3 11h14v5H3ZM6 6.5h.1M6 13.5h.1" />,
  audit: <path d="M5 2.8h8.5L16 5.3v12H5ZM8 8h5M8 11h5M8 14h3" />,
  settings: <path d="M3 6h7M14 6h3M12 4v4M3 14h3M10 14h7M8 12v4" />,
  more: <path d="M4.5 10h.1M10 10h.1M15.5 10h.1" stroke-width="2.6" />,
  send: <path d="M10 16V4.5M5 9.5l5-5 5 5" />,
  copy: <path d="M7 7h9.5v9.5H7ZM13 7V3.5H3.5V13H7" />,
  search: <path d="M8.8 14.6a5.8 5.8 0 1 0 0-11.6 5.8 5.8 0 0 0 0 11.6ZM13 13l4 4" />,
  close: <path d="m5 5 10 10M15 5 5 15" />,
  up: <path d="m5 12 5-5 5 5" />,
  down: <path d="m5 8 5 5 5-5" />,
  out: <path d="M8 4H4v12h12v-4M11 4h5v5M16 4l-7 7" />,
  sign_out: <path d="M8 4H4v12h4M12 6.5 15.5 10 12 13.5M15 10H8" />,
} as const satisfies Record<string, ComponentChildren>;

export type IconName = keyof typeof drawings;

/** A line drawing beside or instead of a word; whoever uses it alone gives the button a label. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg
      class="icon"
      viewBox="0 0 20 20"
      aria-hidden="true"
      fill="none"
      stroke="currentColor"
      stroke-width="1.7"
      stroke-linecap="round"
      stroke-linejoin="round"
    >
      {drawings[name]}
    </svg>
  );
}
