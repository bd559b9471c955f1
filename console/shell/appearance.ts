import { useSyncExternalStore } from 'react'

export const appearances = ['system', 'light', 'dark', 'hc'] as const
export type Appearance = (typeof appearances)[number]

export const appearanceNames: Readonly<Record<Appearance, string>> = {
  system: 'As this device',
  light: 'Light',
  dark: 'Dark',
  hc: 'High contrast',
}

const key = 'suture-appearance'
const prefersDark = matchMedia('(prefers-color-scheme: dark)')
const prefersContrast = matchMedia('(prefers-contrast: more)')
const listeners = new Set<() => void>()

const stored = (): Appearance => appearances.find((each) => each === localStorage.getItem(key)) ?? 'system'

function themeOf(appearance: Appearance): 'light' | 'dark' | 'hc' {
  if (appearance !== 'system') return appearance
  if (prefersContrast.matches) return 'hc'
  return prefersDark.matches ? 'dark' : 'light'
}

/**
 * What is shown. It is kept, because whoever asks a media query between its change and the word of it takes the word away
 * (Chromium compares with what was last read).
 */
let theme = themeOf(stored())

/** Puts the theme where the tokens read it. */
export function applyAppearance(): void {
  theme = themeOf(stored())
  document.documentElement.dataset.theme = theme
  for (const listener of listeners) listener()
}

prefersDark.addEventListener('change', applyAppearance)
prefersContrast.addEventListener('change', applyAppearance)
// Chosen in another tab.
addEventListener('storage', applyAppearance)

export function setAppearance(appearance: Appearance): void {
  localStorage.setItem(key, appearance)
  applyAppearance()
}

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export const useAppearance = (): Appearance => useSyncExternalStore(subscribe, stored)

/** The theme that is shown, also where the device chooses it: for what is painted and not styled. */
export const useTheme = () => useSyncExternalStore(subscribe, () => theme)
