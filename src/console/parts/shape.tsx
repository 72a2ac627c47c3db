import type { ComponentChildren } from 'preact';
import { type ShapeName, stateLook } from './states.ts';

const line = { fill: 'none', stroke: 'currentColor', 'stroke-width': 1.8 } as const;
const round = { ...line, 'stroke-linecap': 'round', 'stroke-linejoin': 'round' } as const;

const drawings: Readonly<Record<ShapeName, ComponentChildren>> = {
  diamond: <path d="M8 .9 15.1 8 8 15.1.9 8Z" fill="currentColor" />,
  'diamond-hollow': <path d="M8 2 14 8 8 14 2 8Z" {...line} stroke-linejoin="round" />,
  'circle-hollow': <circle cx="8" cy="8" r="6.1" {...line} />,
  running: (
    <>
      <circle
        class="turning"
        cx="8"
        cy="8"
        r="6.7"
        {...line}
        stroke-dasharray="31 11.1"
        stroke-linecap="round"
      />
      <path d="M6.3 4.9 11.3 8l-5 3.1Z" fill="currentColor" />
    </>
  ),
  loop: <path d="M13.4 8.4a5.4 5.4 0 1 1-1.7-4.3L13.6 6M13.7 2.3V6H10" {...round} />,
  triangle: <path d="M8 1.6 15.2 14H.8Z" fill="currentColor" />,
  check: (
    <>
      <circle cx="8" cy="8" r="7.2" fill="currentColor" />
      <path class="hole" d="m4.7 8.2 2.3 2.4 4.4-4.9" {...round} />
    </>
  ),
  cross: (
    <>
      <circle cx="8" cy="8" r="7.2" fill="currentColor" />
      <path class="hole" d="m5.4 5.4 5.2 5.2m0-5.2-5.2 5.2" {...round} />
    </>
  ),
  octagon: (
    <>
      <path d="M5.1.8h5.8l4.3 4.3v5.8l-4.3 4.3H5.1L.8 10.9V5.1Z" fill="currentColor" />
      <path class="hole" d="M8 4v4.6M8 11.7v.2" {...round} />
    </>
  ),
  barred: (
    <>
      <circle cx="8" cy="8" r="6.3" {...line} />
      <path d="m3.7 12.3 8.6-8.6" {...line} />
    </>
  ),
  unknown: (
    <>
      <circle cx="8" cy="8" r="6.6" {...line} stroke-width="1.5" stroke-dasharray="2.6 1.55" />
      <path d="M6.2 6.5c0-2.3 3.6-2.2 3.6-.1 0 1.4-1.8 1.4-1.8 2.7M8 11.3v.2" {...round} stroke-width="1.5" />
    </>
  ),
  bubble: (
    <>
      <path d="M2 2.6h12v8.6H7.6L4.6 14v-2.8H2Z" {...round} stroke-width="1.6" />
      <path d="M8 5v.1M8 7v2" {...round} stroke-width="1.6" />
    </>
  ),
  'square-hollow': <rect x="2.4" y="2.4" width="11.2" height="11.2" rx="1.5" {...line} />,
  back: <path d="M5.8 3 2.4 6.3l3.4 3.4M2.8 6.3h6.5a3.7 3.7 0 0 1 0 7.4H6.2" {...round} />,
  pencil: <path d="m2.3 13.7.8-3.3 7.8-7.8 2.5 2.5-7.8 7.8ZM9.3 4.3l2.4 2.4" {...round} stroke-width="1.5" />,
};

/** One shape. It is always beside its word, so screen readers skip it. */
export function Shape({ name }: { name: ShapeName }) {
  return (
    <svg class={`shape shape-${name}`} viewBox="0 0 16 16" aria-hidden="true">
      {drawings[name]}
    </svg>
  );
}

/** A state: shape, word and colour family together. */
export function StateMark({ state, word, strong }: { state: string; word: string; strong?: boolean }) {
  const { shape, family } = stateLook(state);
  return (
    <span class={`state family-${family}${strong ? ' state-strong' : ''}`}>
      <Shape name={shape} />
      <span>{word}</span>
    </span>
  );
}
