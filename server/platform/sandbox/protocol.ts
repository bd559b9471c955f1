/** The variable with the order; its environment holds nothing else. */
export const orderVariable = 'SUTURE_SANDBOX_ORDER'

/** What the child is to do. */
export interface Order {
  readonly entry: string
  readonly inputBytes: number
  readonly outputBytes: number
  readonly milliseconds: number
  readonly jsonDepth: number | undefined
  readonly given: unknown
}

/** What was wrong, short and printable: it may quote the input, or whoever took the child over. */
export const inShort = (text: string): string => text.replaceAll(/[^\P{C} ]/gu, '�').slice(0, 200)

/** The descriptor that the child answers on; standard output belongs to whatever a library prints. */
export const answerDescriptor = 3

/** The child says this once its code is loaded, before it looks at a single byte of the input. */
export const readyMark = 0x06
