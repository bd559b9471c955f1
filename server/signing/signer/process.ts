import { systemClock } from '#platform/clock.ts'
import { readConfig } from '#platform/config.ts'
import { tellKeeper } from '#platform/keeper.ts'
import { createLog } from '#platform/log.ts'
import { OperatorError } from '#platform/operator-error.ts'
import type { Rules } from './decide.ts'
import { readPassphrase } from './passphrase.ts'
import { Lock } from './seal.ts'
import { Signer } from './signer.ts'

/** How long a stopping signer may take, in milliseconds, before it ends all the same. */
const patience = 5_000

/**
 * Runs this process as the signer: until SIGTERM, or until the server that started it is gone.
 * A reason not to start is one sentence on standard error, and exit code 1.
 * @param lockOf the product's unless a test's, which opens homes that cost less to make
 */
export async function runSignerProcess(
  rules: Rules,
  lockOf = (passphrase: string) => new Lock(passphrase),
): Promise<void> {
  try {
    const config = readConfig(process.env)
    const url = config.SUTURE_SIGNER_DATABASE_URL
    if (url === undefined)
      throw new OperatorError('SUTURE_SIGNER_DATABASE_URL must name the connection of suture_signer.')
    const lock = lockOf(readPassphrase(config.SUTURE_HOME, process.env))
    // The secret stays out of crash reports and of whatever this process might ever start.
    delete process.env.SUTURE_SIGNER_PASSPHRASE
    const log = createLog(config.SUTURE_LOG_LEVEL).child({ process: 'signer' })
    const signer = new Signer({ home: config.SUTURE_HOME, lock, url, rules, clock: systemClock, log })
    stopWithParent(signer)
    await signer.run((kind) => {
      log.info(kind === 'ready' ? 'signer ready' : 'signer waits for the database')
      tellKeeper({ kind })
    })
    process.exit(0)
  } catch (error) {
    const isExpected = error instanceof OperatorError
    process.stderr.write(`${isExpected ? error.message : (error as Error).stack}\n`)
    process.exit(1)
  }
}

function stopWithParent(signer: Signer): void {
  const stop = () => {
    signer.stop()
    setTimeout(() => process.exit(0), patience).unref()
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
  process.once('disconnect', stop)
}
