import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ceremonyAt, readConfig, readRoster, restore, startServer } from '@suture/server/host.ts'
import { expect, onTestFinished, test } from 'vitest'
import { emptyDatabaseForThisTest } from '../database.ts'
import { type Landing, lookAround, signInAs } from './look.ts'

const kept = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.backup'))

test('something of an earlier landing is kept', () => {
  expect(kept.length).toBeGreaterThan(0)
})

test.each(kept)('this version starts on what %s left, and everything in it is as it was', async (name) => {
  const file = join(import.meta.dirname, name)
  const landing = JSON.parse(readFileSync(file.replace(/backup$/, 'json'), 'utf8')) as Landing
  const [{ urls }, home] = [await emptyDatabaseForThisTest(), mkdtempSync(join(tmpdir(), 'suture-landing-'))]
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  const config = readConfig({
    ...{ SUTURE_HOME: home, SUTURE_LISTEN: '127.0.0.1:0', SUTURE_SIGNER: 'external', SUTURE_LOG_LEVEL: 'error' },
    ...{ DATABASE_URL: urls.owner, SUTURE_APP_DATABASE_URL: urls.app, SUTURE_WORKER_DATABASE_URL: urls.worker },
  })
  const watch = { total: () => undefined, advance: () => undefined }
  const { summary } = await restore(config, file, { settleSeconds: 0, watch })
  expect(summary).toMatchObject({ digest: landing.digest, schema: landing.schema, withSigner: true })
  const server = await startServer(config)
  onTestFinished(() => server.stop())
  const sees = await lookAround(await signInAs(server.url, landing.login, landing.password), landing.keys)
  expect(sees).toEqual(landing.sees)
  const ceremony = ceremonyAt(home, { SUTURE_SIGNER_PASSPHRASE: landing.passphrase })
  expect(readRoster(ceremony).members).toHaveLength(landing.enrolled)
})
