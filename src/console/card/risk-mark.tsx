import type { Risk } from '#core/risk.ts';

const looks: Readonly<Record<Risk, { bars: number; word: string }>> = {
  read: { bars: 1, word: 'Looks only' },
  change: { bars: 2, word: 'Change' },
  destructive: { bars: 3, word: 'Destructive' },
};

/** How much a plan can hurt: bars and a word. */
export function RiskMark({ risk }: { risk: Risk }) {
  const { bars, word } = looks[risk];
  return (
    <span class={`risk risk-${risk}`}>
      <svg class="risk-bars" viewBox="0 0 26 14" aria-hidden="true">
        {[0, 1, 2].map((bar) => (
          <rect
            key={bar}
            x={1 + bar * 9}
            y={9 - bar * 4}
            width="6"
            height={4 + bar * 4}
            rx="1"
            fill={bar < bars ? 'currentColor' : 'none'}
            stroke="currentColor"
            stroke-width="1.2"
          />
        ))}
      </svg>
      <strong>{word}</strong>
    </span>
  );
}
