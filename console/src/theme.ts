import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core'

const sans = "'Inter Variable', system-ui, -apple-system, 'Segoe UI', sans-serif"

/** Mantine's dark greys a little cooler and deeper, so that teal and text keep their contrast (WCAG 2.2 AA). */
const dark: MantineColorsTuple = [
  '#d5d9de',
  '#b4bac2',
  '#9aa1ab',
  '#5d6570',
  '#3a4049',
  '#2a2f37',
  '#22262d',
  '#181b20',
  '#131619',
  '#0e1013',
]

/** The look of console.md: one accent, greys, borders instead of shadows, radius 8, two weights. */
export const theme = createTheme({
  primaryColor: 'teal',
  // White text on teal needs the darkest shade: 5.1:1, where the usual one has 2.5:1.
  primaryShade: { light: 9, dark: 9 },
  colors: { dark },
  fontFamily: sans,
  fontFamilyMonospace: "ui-monospace, 'SF Mono', 'Cascadia Mono', Menlo, Consolas, monospace",
  headings: { fontFamily: sans, fontWeight: '600' },
  defaultRadius: 8,
  spacing: { xs: '4px', sm: '8px', md: '16px', lg: '24px', xl: '32px' },
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Badge: {
      defaultProps: { variant: 'light', radius: 'sm' },
      styles: { root: { textTransform: 'none', fontWeight: 600 } },
    },
    Modal: {
      defaultProps: {
        closeButtonProps: { 'aria-label': 'Close' },
        centered: true,
        overlayProps: { backgroundOpacity: 0.4 },
        transitionProps: { duration: 120 },
      },
      styles: { title: { fontWeight: 600 } },
    },
    Drawer: { defaultProps: { closeButtonProps: { 'aria-label': 'Close' } }, styles: { title: { fontWeight: 600 } } },
    Menu: {
      defaultProps: {
        shadow: 'md',
        withinPortal: true,
        withInitialFocusPlaceholder: false,
        transitionProps: { duration: 80 },
      },
    },
    Tooltip: { defaultProps: { openDelay: 400, withArrow: false } },
    Skeleton: { defaultProps: { radius: 4 } },
    Table: { defaultProps: { verticalSpacing: 'sm', horizontalSpacing: 'md' } },
  },
})

/** Where Mantine's own greys are too faint to read, and the console's own colours: surfaces, lines and states. */
export const cssVariables: CSSVariablesResolver = (known) => {
  const { gray, red, orange, teal, dark: dim } = known.colors as Record<string, readonly string[]>
  return {
    variables: {},
    light: {
      // Mantine's own is lighter than the button, and too light for its white words.
      '--mantine-color-teal-filled-hover': '#066046',
      // Mantine's own has 4.3:1 on its pale teal.
      '--mantine-color-teal-light-color': '#066046',
      '--mantine-color-dimmed': '#566069',
      '--mantine-color-placeholder': '#66707a',
      '--mantine-color-error': red![9]!,
      '--surface': '#ffffff',
      '--surface-sunken': '#f6f7f8',
      '--surface-hover': gray![1]!,
      '--surface-chosen': '#e4f5ef',
      '--line': '#e1e4e8',
      '--accent-text': '#08704f',
      '--late-text': '#b02525',
      '--soon-text': '#8f4d00',
      '--note-surface': '#fff8e0',
      '--note-line': '#f0dfa0',
      '--bubble-in': '#f0f2f4',
      '--bubble-out': '#def3eb',
      '--focus': teal![9]!,
    },
    dark: {
      '--mantine-color-teal-filled-hover': '#066046',
      '--mantine-color-body': dim![7]!,
      '--mantine-color-dimmed': dim![2]!,
      '--mantine-color-placeholder': '#8d95a0',
      '--mantine-color-error': red![4]!,
      '--surface': dim![7]!,
      '--surface-sunken': dim![8]!,
      '--surface-hover': dim![6]!,
      '--surface-chosen': '#12332b',
      '--line': '#30353d',
      '--accent-text': teal![3]!,
      '--late-text': red![4]!,
      '--soon-text': orange![4]!,
      '--note-surface': '#2e2a1a',
      '--note-line': '#4d4526',
      '--bubble-in': dim![5]!,
      '--bubble-out': '#16392f',
      '--focus': teal![3]!,
    },
  }
}
