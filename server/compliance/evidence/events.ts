declare module '#platform/events/event.ts' {
  interface Events {
    'evidence.packed': { rollout: string; digest: string; devices: number }
  }
}

export type {}
