declare module '#platform/events/event.ts' {
  interface Events {
    'knowledge.imported': { source: string }
    'matches.changed': { bills: number; made: number; changed: number; ended: number }
  }
}

export type {}
