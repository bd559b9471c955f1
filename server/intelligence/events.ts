declare module '#platform/events/event.ts' {
  interface Events {
    'matches.changed': { bills: number; made: number; changed: number; ended: number }
  }
}

export type {}
