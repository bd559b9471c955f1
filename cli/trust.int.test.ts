import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { end, folders, run, serve } from '@suture/testing/suture-process.ts'
import { expect, onTestFinished, test } from 'vitest'

const password = 'a sentence nobody guesses'

test('a server beyond loopback is reached by TLS, and its certificate is believed once its fingerprint was compared', async () => {
  const { root, env } = await folders()
  const beyond = { ...env, SUTURE_LISTEN: '0.0.0.0:0', SUTURE_TLS: 'self-signed', SUTURE_CONSOLE: 'off' }
  const plain = { ...env, SUTURE_LISTEN: '0.0.0.0:0', SUTURE_CONSOLE: 'off' }
  expect(run(plain, ['serve']).stderr).toMatch(/SUTURE_LISTEN: a loopback address, as there is no TLS/)
  expect(run(beyond, ['serve']).stderr).toMatch(/SUTURE_PUBLIC_URL: the address that people and devices use/)
  const running = await serve({ ...beyond, SUTURE_PUBLIC_URL: 'https://localhost' }, (server) =>
    onTestFinished(() => end(server, 'SIGTERM')),
  )
  expect(running.url).toMatch(/^https:\/\//)
  const certificate = join(env.SUTURE_HOME, 'tls', 'certificate.pem')
  const { fingerprint } = running
  expect(fingerprint).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/)

  const ada = { ...env, SUTURE_URL: running.url }
  const init = ['init', '--login', 'ada', '--name', 'Ada', '--stdin']
  const secrets = `${running.code}\n${password}`
  // Nobody is asked where there is no terminal, and another fingerprint is a no; neither sends the code.
  expect(run(ada, init, secrets)).toMatchObject({ status: 5, stderr: expect.stringContaining('--fingerprint') })
  const wrong = run(ada, [...init, '--fingerprint', fingerprint?.replace(/^../, '00') ?? ''], secrets)
  expect(wrong).toMatchObject({ status: 3, stderr: expect.stringContaining('Nothing was sent') })
  expect(run(ada, [...init, '--fingerprint', fingerprint ?? ''], secrets)).toMatchObject({ status: 0, stderr: '' })
  // From then on by that certificate, without a word.
  expect(run(ada, ['login', '--login', 'ada', '--stdin'], password)).toMatchObject({ status: 0, stderr: '' })
  expect(run(ada, ['whoami']).stdout).toContain('Roles: admin')

  const stranger = { ...ada, SUTURE_CLI_HOME: join(root, 'stranger') }
  const refused = run(stranger, ['whoami'])
  expect(refused).toMatchObject({ status: 5, stderr: expect.stringContaining('nobody vouches for') })
  expect(run({ ...stranger, SUTURE_CA: certificate }, ['whoami'])).toMatchObject({ status: 4 })
  expect(run(stranger, ['--ca', certificate, 'whoami'])).toMatchObject({ status: 4 })
  expect(run(stranger, ['whoami', '--ca', join(root, 'none.pem')])).toMatchObject({ status: 2 })
  // A certificate accepted of one server is none for another.
  const pinned = JSON.parse(readFileSync(join(env.SUTURE_CLI_HOME, 'servers.json'), 'utf8')) as object
  expect(Object.keys(pinned)).toEqual([running.url])

  const plainly = run({ ...stranger, SUTURE_URL: running.url.replace('https', 'http') }, ['whoami'])
  expect(plainly.status).toBe(5)
}, 120_000)

test('what does not speak TLS is told as such', async () => {
  const { env } = await folders()
  const running = await serve({ ...env, SUTURE_CONSOLE: 'off' }, (server) =>
    onTestFinished(() => end(server, 'SIGTERM')),
  )
  const { status, stderr } = run({ ...env, SUTURE_URL: running.url.replace('http', 'https') }, ['whoami'])
  expect(status).toBe(5)
  expect(stderr).toContain('does not speak TLS')
}, 60_000)
