import { useSyncExternalStore } from 'react'

const key = 'suture-single-keys'
const listeners = new Set<() => void>()
const tell = () => {
  for (const listener of listeners) listener()
}

// Chosen in another tab.
addEventListener('storage', tell)

/** Whether keys that write a character are shortcuts; remembered on this device. */
export const singleKeys = (): boolean => localStorage.getItem(key) !== 'off'

export function setSingleKeys(on: boolean): void {
  localStorage.setItem(key, on ? 'on' : 'off')
  tell()
}

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export const useSingleKeys = (): boolean => useSyncExternalStore(subscribe, singleKeys)
