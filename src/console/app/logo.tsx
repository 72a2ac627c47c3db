/** The fold of cloth. */
export function Logo() {
  return (
    <svg class="logo" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" fill="currentColor" />
      <path class="logo-cloth" d="M7 9c5 0 5 5 9 5s4-5 9-5v7c-5 0-5 6-9 6s-4-6-9-6z" />
      <path
        class="logo-fold"
        d="M7 19c5 0 5 5 9 5s4-5 9-5"
        fill="none"
        stroke-width="2.4"
        stroke-linecap="round"
      />
    </svg>
  );
}
