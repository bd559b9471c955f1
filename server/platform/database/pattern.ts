/** The text as a pattern of `like` that stands for itself alone, anywhere. */
export const anywhere = (text: string): string => `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`
