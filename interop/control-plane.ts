import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { issueSetupCode } from '@suture/server/platform/auth/index.ts'
import { systemClock } from '@suture/server/platform/clock.ts'
import { grantAccess } from '@suture/server/platform/database/embedded/roles.ts'
import { openPool } from '@suture/server/platform/database/pool.ts'
import { ensureTenant } from '@suture/server/platform/database/tenant.ts'
import { createTestDatabase, type TestDatabase } from '../testing/database.ts'
import { RolloutScene, signerFor } from '../testing/rollout-scene.ts'
import type { SignerProcess } from '../testing/signer-process.ts'
import { end, serve } from '../testing/suture-process.ts'
import { addTenant, type TestServer } from '../testing/world.ts'

/** `suture serve` as an operator runs it, on a database of its own, with its real clock and its own turns. */
export class ControlPlane {
  readonly scene: RolloutScene
  readonly #server: TestServer
  readonly #signer: SignerProcess
  readonly #env: NodeJS.ProcessEnv
  #process: ChildProcess

  private constructor(
    scene: RolloutScene,
    server: TestServer,
    signer: SignerProcess,
    env: NodeJS.ProcessEnv,
    process: ChildProcess,
  ) {
    this.scene = scene
    this.#server = server
    this.#signer = signer
    this.#env = env
    this.#process = process
  }

  /** Starts one whose first tenant has this name. */
  static async start(tenant: string): Promise<ControlPlane> {
    const database = await createTestDatabase()
    await openToRoles(database)
    const home = mkdtempSync(join(tmpdir(), 'suture-interop-'))
    const env = environment(home, database)
    let process: ChildProcess | undefined
    const { url } = await serve(env, (started) => {
      process = started
    })
    const server = serverAt(url, home, database)
    const signer = await signerFor(server)
    // One simulated device, because the scene wants one; nothing is asked of it.
    const scene = await RolloutScene.make(server, systemClock, tenant, { Z: 1 })
    const settled = { ...env, SUTURE_LISTEN: new URL(url).host }
    return new ControlPlane(scene, server, signer, settled, process as ChildProcess)
  }

  get url(): string {
    return this.#server.base
  }

  get tenant(): string {
    return this.scene.tenant.name
  }

  /** Kills the server as a power cut does, and starts it again at the same address. */
  async crash(): Promise<void> {
    await end(this.#process, 'SIGKILL')
    await serve(this.#env, (started) => {
      this.#process = started
    })
  }

  async end(): Promise<void> {
    await this.scene.end()
    await this.#signer.end('SIGTERM')
    await end(this.#process, 'SIGTERM')
    await this.#server.stop()
  }
}

/** Rights on a database do not come along when it is cloned, and a server that starts on it needs them. */
async function openToRoles({ urls }: TestDatabase): Promise<void> {
  const pool = openPool(urls.superuser, { max: 1, name: 'suture interop', onError: () => undefined })
  const client = await pool.pg.connect()
  await grantAccess(client)
  client.release()
  await pool.close()
}

/** The fault that the server is to have, where these tests are themselves put to the test. */
function sabotage(): NodeJS.ProcessEnv {
  const { SUTURE_SABOTAGE } = process.env
  if (SUTURE_SABOTAGE === undefined) return {}
  const register = new URL('../testing/sabotage/register.ts', import.meta.url)
  return { SUTURE_SABOTAGE, NODE_OPTIONS: `--import=${register.href}` }
}

const environment = (home: string, { urls }: TestDatabase): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  SUTURE_HOME: home,
  SUTURE_LISTEN: '127.0.0.1:0',
  SUTURE_CONSOLE: 'off',
  SUTURE_POLL_SECONDS: '1',
  SUTURE_SIGNER: 'external',
  SUTURE_LOG_LEVEL: 'warn',
  ...sabotage(),
  DATABASE_URL: urls.owner,
  SUTURE_APP_DATABASE_URL: urls.app,
  SUTURE_WORKER_DATABASE_URL: urls.worker,
})

const serverAt = (base: string, home: string, database: TestDatabase): TestServer => ({
  database,
  base,
  logged: [],
  home,
  setupCode: async (name) =>
    issueSetupCode(database.app, systemClock, await ensureTenant(database.urls.owner, systemClock, name)),
  addTenant: (name) => addTenant(database, systemClock, base, name),
  stop: async () => {
    await database.drop()
    rmSync(home, { recursive: true, force: true })
  },
})
