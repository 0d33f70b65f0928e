/** The product's mark: a T whose foot is the dot of a tray icon. Inline, so that it takes part in no request. */
export function BrandMark({ size }: { size: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="7.2" fill="var(--mantine-color-accent-7)" />
      <path d="M8.5 9.5h15M16 9.5v13" fill="none" stroke="#fff" strokeWidth="3.2" strokeLinecap="round" />
      <circle cx="22.5" cy="20.9" r="3.2" fill="#fff" />
    </svg>
  );
}
