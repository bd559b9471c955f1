import type { Scoped } from '#platform/database/store.ts'

/** Bytes that a device is to install, as its protocol describes them. */
export interface OfferedArtifact {
  readonly fileName: string
  readonly length: number
  /** All in hex. */
  readonly sha256: string
  readonly sha1: string
  readonly md5: string
}

/** What a device is to do next. */
export type Assignment =
  | {
      readonly kind: 'install'
      /** Small and never used twice, as DDI wants it. */
      readonly actionId: number
      readonly name: string
      readonly version: string
      readonly artifact: OfferedArtifact
    }
  | { readonly kind: 'cancel'; readonly actionId: number }

/** What a device says about an assignment; the protocol's words are translated by its adapter. */
export interface DeviceReport {
  readonly execution:
    | 'seen'
    | 'downloading'
    | 'downloaded'
    /** At work, and not saying whether it still fetches or writes already. */
    | 'proceeding'
    | 'installing'
    | 'rebooting'
    | 'succeeded'
    | 'failed'
    | 'rejected'
    | 'cancelled'
    | 'cancel-refused'
  readonly code?: number | undefined
  /** The device's own words, bounded. */
  readonly details: readonly string[]
}

/** Which assignment a device speaks of. */
export interface Order {
  readonly device: number
  readonly actionId: number
}

/** A device's word about an assignment. */
export interface Word extends Order {
  readonly said: DeviceReport
}

/** What became of a report: taken, or the assignment is over (replayed and late ones too), or there is none such. */
export type ReportOutcome = 'taken' | 'over' | 'unknown'

/**
 * Whoever has work for devices: a rollout, or the lab for its rigs. Adapters ask each courier in turn and know no
 * other difference between them.
 */
export interface Courier {
  /** What each of these devices is to do now, by device id; all in one go, because polls are coalesced. */
  assignments(scoped: Scoped, devices: readonly number[]): Promise<ReadonlyMap<number, Assignment>>
  /** The assignments that these orders name, open or over, each at its place. */
  assigned(scoped: Scoped, orders: readonly Order[]): Promise<readonly (Assignment | undefined)[]>
  /** Takes words, in this order where they are about the same assignment; what became of each, at its place. */
  take(scoped: Scoped, words: readonly Word[]): Promise<readonly ReportOutcome[]>
  /** The last bytes of these artifacts have gone out: what we know of downloads without the devices' word. */
  served(scoped: Scoped, orders: readonly Order[]): Promise<void>
}

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
