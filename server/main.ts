import { createApp, handlers, recurring } from './app.ts'
import { awaitsSetup, issueSetupCode, listTenants } from './platform/auth/index.ts'
import { systemClock } from './platform/clock.ts'
import type { Config } from './platform/config.ts'
import { openDatabase } from './platform/database/open.ts'
import { directory, Store } from './platform/database/store.ts'
import { ensureTenant, firstTenant } from './platform/database/tenant.ts'
import { createLog, type Log } from './platform/log.ts'
import { createMetrics } from './platform/metrics.ts'
import { startWorker } from './platform/tasks/worker.ts'
import { type SignerChild, startSignerChild } from './signing/child.ts'

/** A running control plane. */
export interface Server {
  readonly url: string
  /** The one-time code of the first admin, while there is none. */
  readonly setup: { readonly code: string; readonly expiresAt: Date } | undefined
  stop(): Promise<void>
}

/** Things that were started and must be stopped, last first. */
class Started {
  readonly #stops: (() => Promise<void>)[] = []

  async add<T>(start: Promise<T>, stop: (part: T) => Promise<void>): Promise<T> {
    const part = await start
    this.#stops.push(() => stop(part))
    return part
  }

  /** Stops everything; one part that cannot be stopped does not keep the others running. */
  async stop(log: Log): Promise<void> {
    for (const stop of this.#stops.splice(0).reverse()) {
      await stop().catch((error) => log.error({ err: error }, 'a part did not stop'))
    }
  }
}

/** Config → database → platform → slices → listen. What was started before a failure is stopped again. */
export async function startServer(config: Config): Promise<Server> {
  const log = createLog(config.SUTURE_LOG_LEVEL)
  const started = new Started()
  try {
    return await start(config, log, started)
  } catch (error) {
    await started.stop(log)
    throw error
  }
}

async function start(config: Config, log: Log, started: Started): Promise<Server> {
  const clock = systemClock
  const metrics = createMetrics()
  const database = await started.add(openDatabase(config, log), (part) => part.stop())
  const storeOf = (url: string, name: string) =>
    new Store(url, {
      max: config.SUTURE_POOL,
      name,
      onError: (error) => log.warn({ err: error }, 'database connection lost'),
    })
  const store = await started.add(Promise.resolve(storeOf(database.urls.app, 'suture api')), (part) => part.close())
  const workerStore = await started.add(Promise.resolve(storeOf(database.urls.worker, 'suture worker')), (part) =>
    part.close(),
  )
  const tenant = await ensureTenant(database.urls.owner, clock, firstTenant)
  await started.add(
    startWorker({
      workerUrl: database.urls.worker,
      store: workerStore,
      clock,
      log,
      metrics,
      handlers,
      recurring,
      tenants: () => listTenants(directory(workerStore)),
    }),
    (part) => part.stop(),
  )
  const signer: SignerChild | undefined =
    config.SUTURE_SIGNER === 'child'
      ? await started.add(startSignerChild({ home: config.SUTURE_HOME, url: database.urls.signer, log }), (part) =>
          part.stop(),
        )
      : undefined
  const health = async () => ({
    database: await listTenants(directory(store)).then(
      () => 'ok' as const,
      () => 'down' as const,
    ),
    signer: signer ? signer.state() : ('not-started' as const),
  })
  const app = await started.add(createApp({ store, clock, log, metrics, health }), (part) => part.close())
  const url = await app.listen(config.SUTURE_LISTEN)
  log.info({ url, embedded: database.embedded }, 'listening')
  const setup = (await awaitsSetup(store, tenant.id)) ? await issueSetupCode(store, clock, tenant) : undefined
  return { url, setup, stop: () => started.stop(log) }
}
