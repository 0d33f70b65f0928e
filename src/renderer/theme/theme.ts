import { type CSSVariablesResolver, createTheme, type MantineColorsTuple, Tooltip } from '@mantine/core';

/** The one accent: a calm blue. Filled controls use shade 7, which carries white text at more than 5:1. */
const accent: MantineColorsTuple = [
  '#eef3fc',
  '#dce5f6',
  '#b7c9ec',
  '#94b0e8',
  '#7396e0',
  '#517adc',
  '#4571db',
  '#3660c2',
  '#2d55ae',
  '#1f4999',
];

/** Mantine's neutral dark, leaning towards the accent. */
const dark: MantineColorsTuple = [
  '#d3d7de',
  '#b6bcc7',
  '#98a0ad',
  '#6b7380',
  '#414854',
  '#323842',
  '#272c35',
  '#1c2027',
  '#16191f',
  '#101318',
];

export const theme = createTheme({
  colors: { accent, dark },
  primaryColor: 'accent',
  primaryShade: 7,
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Mono", "Noto Sans Mono", "Liberation Mono", monospace',
  defaultRadius: 'md',
  cursorType: 'pointer',
  focusRing: 'auto',
  respectReducedMotion: true,
  headings: {
    fontWeight: '600',
    sizes: { h1: { fontSize: '1.5rem' }, h2: { fontSize: '1rem' }, h3: { fontSize: '0.9375rem' } },
  },
  components: {
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 250, multiline: true, maw: 320 } }),
  },
});

/**
 * Mantine's secondary text, error text and placeholders are paler than WCAG 2.2 AA allows (4.5:1): these are the same
 * roles in shades that pass on both backgrounds.
 */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#5a6370',
    '--mantine-color-error': '#c22727',
    '--mantine-color-placeholder': '#6b7380',
  },
  dark: {
    '--mantine-color-dimmed': '#a3abb8',
    '--mantine-color-error': '#ff9a9a',
    '--mantine-color-placeholder': '#98a0ad',
  },
});
