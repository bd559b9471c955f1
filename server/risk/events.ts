declare module '#platform/events/event.ts' {
  interface Events {
    'decision.changed': { made: number; stricter: number; milder: number; mostUrgent: string }
  }
}

export type {}
