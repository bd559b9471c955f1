/** Who a device of a test is. */
export interface DeviceAbout {
  readonly serial: string
  readonly hardwareRevision: string
  readonly token: string
}

interface Base {
  readonly config: { readonly polling: { readonly sleep: string } }
  readonly _links: Readonly<
    Record<'configData' | 'deploymentBase' | 'cancelAction', { readonly href: string } | undefined>
  >
}

/** A device that does by hand what a test tells it, over DDI. */
export class DdiDevice {
  readonly about: DeviceAbout
  readonly base: string
  /** What its identity tells: the version, and the serial number if it is another one's. */
  firmware: string
  tells: { serial?: string } = {}
  /** Whether anybody answers at its address. */
  isReachable = true

  constructor(server: string, tenant: string, about: DeviceAbout, firmware: string) {
    this.about = about
    this.base = `${server}/${tenant}/controller/v1/${about.serial}`
    this.firmware = firmware
  }

  request(url: string, init: RequestInit = {}, authorization = `TargetToken ${this.about.token}`): Promise<Response> {
    return fetch(url, { ...init, headers: { authorization, ...init.headers } })
  }

  async poll(): Promise<Base> {
    const response = await this.request(this.base)
    if (response.status !== 200) throw new Error(`The poll was answered with ${response.status}`)
    return (await response.json()) as Base
  }

  /** The number of the action that a poll names. */
  async offered(kind: 'deploymentBase' | 'cancelAction' = 'deploymentBase'): Promise<string | undefined> {
    return (await this.poll())._links[kind]?.href.split('/').at(-1)
  }

  /** Says something about an action; the status of the answer. */
  async say(action: string, execution: string, finished = 'none', where = 'deploymentBase'): Promise<number> {
    const { status } = await this.request(`${this.base}/${where}/${action}/feedback`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        timestamp: Date.now(),
        status: { execution, result: { finished }, details: [execution] },
      }),
    })
    return status
  }

  /** Says that it has the bytes, and is at work: from then on it may be writing. */
  async write(action: string): Promise<number> {
    await this.say(action, 'downloaded')
    return this.say(action, 'proceeding')
  }

  /** Tells what it is, as far as a test wants it to. */
  tellFacts(data: object, authorization?: string): Promise<Response> {
    const body = JSON.stringify({ mode: 'merge', data })
    const init = { method: 'PUT', headers: { 'content-type': 'application/json' }, body }
    return this.request(`${this.base}/configData`, init, authorization)
  }

  /** Takes the update, if there is one, and reports an end; whether the version changes is the test's affair. */
  async update(finished: 'success' | 'failure', version?: string): Promise<string> {
    const action = await this.offered()
    if (action === undefined) throw new Error(`${this.about.serial} was offered nothing`)
    for (const word of ['download', 'downloaded', 'proceeding']) await this.say(action, word)
    if (version !== undefined) this.firmware = version
    await this.say(action, 'closed', finished)
    return action
  }
}
