/** A word as a shell reads it, whatever stands in it. */
export const quoted = (word: string): string =>
  /^[\w.:/@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
