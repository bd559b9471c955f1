import type { KnownDevice } from '../inventory/index.ts'

interface Entry {
  readonly device: KnownDevice
  /** The SHA-256 of the secret that the device showed, one character a byte. */
  readonly secret: string
  /** When it is asked for anew, whatever nobody told, in milliseconds since 1970. */
  readonly until: number
}

/** Devices of one tenant that there is nothing for, by the name under which they come; those kept first go first. */
export class IdleDevices {
  readonly #most: number
  readonly #byName = new Map<string, Entry>()
  readonly #names = new Map<string, string>()

  /** @param most as many as are kept */
  constructor(most: number) {
    this.#most = most
  }

  get size(): number {
    return this.#byName.size
  }

  /** The device of this name, if it showed this very secret when it was found to be idle. */
  find(name: string, secret: Buffer, now: number): KnownDevice | undefined {
    const entry = this.#byName.get(name)
    return entry && now < entry.until && entry.secret === secret.toString('latin1') ? entry.device : undefined
  }

  keep(name: string, secret: Buffer, device: KnownDevice, until: number): void {
    this.forget(device.uid)
    this.#byName.set(name, { device, secret: secret.toString('latin1'), until })
    this.#names.set(device.uid, name)
    const [oldest] = this.#byName.values()
    if (this.#byName.size > this.#most && oldest) this.forget(oldest.device.uid)
  }

  forget(uid: string): void {
    const name = this.#names.get(uid)
    if (name === undefined) return
    this.#names.delete(uid)
    this.#byName.delete(name)
  }

  forgetAll(): void {
    this.#byName.clear()
    this.#names.clear()
  }
}
