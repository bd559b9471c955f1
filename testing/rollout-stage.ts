import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import type { MovedClock } from './clock.ts'
import { RolloutScene, signerFor } from './rollout-scene.ts'
import type { SignerProcess } from './signer-process.ts'
import { startTestServer, type TestServer } from './world.ts'

/** What one test plays on. */
interface Stage {
  readonly server: TestServer
  readonly scene: RolloutScene
}

let serial = 0

/**
 * Gives the tests of a file a server with a signer, and each of them a tenant, a release and devices of its own.
 * @param revisions how many devices there are of each
 * @param set is told before each test what it plays on
 */
export function onRolloutStage(
  clock: MovedClock,
  revisions: Readonly<Record<string, number>>,
  set: (stage: Stage) => void,
): void {
  let server: TestServer
  let signer: SignerProcess
  let scene: RolloutScene
  beforeAll(async () => {
    server = await startTestServer({ clock })
    signer = await signerFor(server)
  })
  afterAll(async () => {
    await signer.end('SIGTERM')
    await server.stop()
  })
  beforeEach(async () => {
    // The signer has a clock of its own, and signs no plan that was made in its future.
    clock.reset()
    scene = await RolloutScene.make(server, clock, `stage${serial++}`, revisions)
    set({ server, scene })
  })
  afterEach(() => scene.end())
}
