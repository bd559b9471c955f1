interface Tagged {
  readonly kind: string
}
type Of<U extends Tagged, K extends U['kind']> = Extract<U, { kind: K }>

/**
 * A state machine as a table: for each state, the events it answers to and the state each leads to.
 * A state left out does not compile; an event left out is refused at run time.
 */
export type Machine<S extends Tagged, E extends Tagged> = {
  readonly [K in S['kind']]: { readonly [V in E['kind']]?: (state: Of<S, K>, event: Of<E, V>) => S }
}

export type Step<S, E> =
  | { readonly ok: true; readonly state: S }
  | { readonly ok: false; readonly state: S; readonly refused: E }

/** Applies one event. Pure: the caller stores the new state and the event in one transaction, or neither. */
export function step<S extends Tagged, E extends Tagged>(machine: Machine<S, E>, state: S, event: E): Step<S, E> {
  const row = machine[state.kind as S['kind']] as Record<string, ((s: S, e: E) => S) | undefined>
  const go = Object.hasOwn(row, event.kind) ? row[event.kind] : undefined
  return go ? { ok: true, state: go(state, event) } : { ok: false, state, refused: event }
}
