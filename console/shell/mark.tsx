/** The wound and the stitch. */
export const Mark = ({ size = 22 }: { readonly size?: number }) => (
  <svg width={size} height={size} viewBox="0 0 22 22" aria-hidden="true">
    <rect width="22" height="22" rx="5" fill="var(--ink)" />
    <g fill="none" stroke="var(--on-ink)" strokeWidth="1.6" strokeLinecap="round">
      <path d="M3 11h7.5" />
      <path d="M5 7.6v6.8M8.5 7.6v6.8" />
      <path d="M10.5 11c2-4.2 6-4.2 8.5 0-2.5 4.2-6.5 4.2-8.5 0Z" />
    </g>
  </svg>
)
