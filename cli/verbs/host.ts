import type { Command } from 'commander'
import { programName, say } from '../output.ts'
import { settleOption } from './backup.ts'

/** `suture setup-code`: a new code for the first admin, for whoever can run this on the server's machine. */
export const setupCode = (program: Command): Command =>
  program
    .command('setup-code')
    .description('on the server’s machine: print a new one-time code that makes an admin')
    .option('--tenant <name>', 'the tenant, made if there is none of this name; otherwise the first one')
    .action(async ({ tenant }: { tenant?: string }) => {
      const { readConfig, setupTenant } = await import('@suture/server/host.ts')
      const { code, expiresAt } = await setupTenant(readConfig(process.env), tenant)
      say(
        `\`${programName} init\` makes an admin with this one-time code, good until ${expiresAt.toISOString()}:\n\n  ${code}\n`,
      )
    })

/** `suture db init`: Suture's roles in a PostgreSQL of one's own. */
export const database = (program: Command): Command => {
  const command = program.command('db').description('the database, on the server’s machine')
  command
    .command('init')
    .description('create Suture’s roles in the PostgreSQL that DATABASE_URL names, and print their settings')
    .action(async () => {
      const { initDatabase, readConfig } = await import('@suture/server/host.ts')
      const settings = await initDatabase(readConfig(process.env))
      for (const [name, value] of Object.entries(settings)) say(`${name}=${value}`)
    })
  command
    .command('restored')
    .description('tell Suture that its database was restored from a backup; do it before the server starts on it')
    .addOption(settleOption())
    .action(async ({ settle }: { settle?: number }) => {
      const { markRestored, readConfig } = await import('@suture/server/host.ts')
      const { epoch, settleSeconds } = await markRestored(readConfig(process.env), settle)
      say(
        `Epoch ${epoch} has begun. From the next start on, devices are asked what they run before they get anything, and for ${settleSeconds} seconds nobody new gets a job.`,
      )
    })
  return command
}
