declare module '#platform/events/event.ts' {
  interface Events {
    'rig.added': { name: string; device: string; baseVersion: string }
    'lab.run-started': { release: string; version: string; rigs: string[] }
    'lab.trial-ended': { rig: string; outcome: 'passed' | 'failed'; failure: string | null }
    'lab.verdict-given': { release: string; verdict: 'passed' | 'failed'; digest: string; uncovered: number }
  }
}

export type {}
