/** What a device tells about itself when it is asked who it is; at least one field, each without control characters. */
export interface Identity {
  readonly manufacturer?: string
  readonly model?: string
  readonly serial?: string
  readonly hardwareRevision?: string
  readonly bootloader?: string
  readonly firmware?: string
}

/** Where a device is asked: an address that an operator confirmed, with the port and path declared for it. */
export interface ProbeTarget {
  /** A literal IP address; names are not resolved. */
  readonly host: string
  readonly port: number
  /** Absolute, of unreserved characters (RFC 3986, 2.3). */
  readonly path: string
}

/**
 * What came of asking. `refused`: nobody listens there, or the question was turned away; also a target that is never
 * asked, in which case nothing was sent. `no-answer`: nothing in time. `unreadable`: an answer, and not the one asked for.
 */
export type Observation =
  | { readonly answered: true; readonly identity: Identity }
  | { readonly answered: false; readonly why: 'no-answer' | 'unreadable' | 'refused'; readonly detail: string }

/** The server's own eyes: it starts the request, so that the answer is `observed` and not merely `claimed`. */
export interface Observer {
  /**
   * Asks once, within a few seconds and a few kilobytes.
   * @throws the signal's reason when the signal aborts; everything that the other side does is an observation
   */
  read(target: ProbeTarget, signal: AbortSignal): Promise<Observation>
}
