/** What a child tells over IPC, each time that it changes. */
export interface Word {
  readonly kind: 'ready' | 'waiting'
}

/** Tells whoever keeps this process running how it is; nobody hears it when that one is gone, or there never was one. */
export function tellKeeper(word: Word): void {
  // Without somebody to tell, Node makes an error of it that ends this process, instead of its own end in order.
  if (process.connected) process.send?.(word, () => undefined)
}
