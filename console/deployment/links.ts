/** Where the pages of other places are; plain strings, because those places name their own routes. */
export const devicePath = (device: string): string => `/devices/${device}`
