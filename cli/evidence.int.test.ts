import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createToken } from '@suture/contract/auth.ts'
import { call } from '@suture/contract/client.ts'
import { draftPack, packBytes, packPublicKeys, sealPack } from '@suture/testing/evidence-pack.ts'
import { startSigner } from '@suture/testing/signer-process.ts'
import { allVerified, newEvidence, signedRollout } from '@suture/testing/signing-evidence.ts'
import { bytesOf, makeSigningWorld, signed } from '@suture/testing/signing-world.ts'
import { startTestServer } from '@suture/testing/world.ts'
import type { EvidencePack } from '@suture/trust/pack-file.ts'
import { writeSignerKeys } from '@suture/trust/signer-keys.ts'
import { expect, onTestFinished, test } from 'vitest'

const suture = fileURLToPath(new URL('./bin/suture.mjs', import.meta.url))

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'suture-evidence-'))
  onTestFinished(() => rmSync(path, { recursive: true }))
  return path
}

/** Runs `suture` in a process of its own that knows no server but the one it is given. */
async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const given = { PATH: process.env.PATH, SUTURE_CLI_HOME: '/nowhere', SUTURE_URL: 'http://127.0.0.1:1', ...env }
  try {
    return {
      status: 0,
      ...(await promisify(execFile)(process.execPath, [suture, ...args], { env: given, timeout: 50_000 })),
    }
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string }
    return { status: code, stdout, stderr }
  }
}

const names = ['file', 'statement', 'plan', 'release', 'verdict', 'approvals', 'proofs', 'results', 'findings']

/** A pack and the keys for it, in two files. */
function files(bytes: Buffer = packBytes(sealPack(draftPack()))) {
  const at = folder()
  const [pack, keys] = [join(at, 'pack.json'), join(at, 'public.json')]
  writeFileSync(pack, bytes)
  writeFileSync(keys, writeSignerKeys(packPublicKeys))
  return { at, pack, keys, verify: (...more: string[]) => run(['evidence', 'verify', pack, '--keys', keys, ...more]) }
}

test('what a signer signed for a rollout verifies offline with its public file', async () => {
  const world = await makeSigningWorld()
  onTestFinished(() => world.end())
  const signer = await startSigner({ home: world.home, url: world.database.urls.signer })
  const rollout = await signedRollout(world, world.tenants[0])
  const results = allVerified(rollout)
  const statement = await signed(
    world,
    rollout.tenant,
    'evidence',
    bytesOf(newEvidence(rollout, results)),
    rollout.proofs,
  )
  await signer.end('SIGTERM')
  const pack = { format: 'suture.evidence-pack.v1', statement, ...rollout.packed, results, findings: [] }
  const { pack: file } = files(packBytes(pack as EvidencePack))
  const keys = join(world.home, 'signer', 'public.json')
  const { status, stdout, stderr } = await run(['evidence', 'verify', file, '--keys', keys])
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(stdout).toContain('each of the 1200 devices has one result: verified 1200')
})

test('each check is a line with a tick, and as JSON the statement comes with them', async () => {
  const { verify } = files()
  const { status, stdout } = await verify()
  expect(status).toBe(0)
  const ticked = stdout.split('\n').filter((line) => line.startsWith('✓'))
  expect(ticked.map((line) => line.split(' ')[1])).toEqual(names)
  expect(stdout).toContain('the word of the server')
  const json = JSON.parse((await verify('-o', 'json')).stdout)
  expect(json).toMatchObject({ verified: true, statement: { type: 'suture.rollout-evidence.v1', outcome: 'finished' } })
  expect(json.checks.map(({ check }: { check: string }) => check)).toEqual(names)
})

test('a pack with one changed letter is refused: which check, why, and what to do', async () => {
  const text = packBytes(sealPack(draftPack())).toString()
  const { verify } = files(Buffer.from(text.replace('"state":"silent"', '"state":"failed"')))
  const table = await verify()
  expect(table.status).toBe(3)
  expect(table.stdout).toMatch(/✓ proofs .*\n✗ results +The results are not those of the statement\.\n$/)
  expect(table.stderr).toMatch(/check “results” failed\. The results are not .* Get the file again/)
  const json = await verify('-o', 'json')
  expect(json.status).toBe(3)
  expect(JSON.parse(json.stdout)).toMatchObject({ verified: false })
  expect(JSON.parse(json.stdout).checks.at(-1)).toMatchObject({ check: 'results', passed: false })
})

test('a pack that another signer signed is refused', async () => {
  const { pack } = files()
  const other = join(folder(), 'public.json')
  const { evidence, ...rest } = packPublicKeys
  writeFileSync(other, writeSignerKeys({ ...rest, evidence: rest['rollout-plan'] }))
  const { status, stderr } = await run(['evidence', 'verify', pack, '--keys', other])
  expect(status).toBe(3)
  expect(stderr).toContain('check “statement” failed. 0 of the expected keys signed the envelope')
})

test('without keys, and with files that are none, it says what is wrong and where keys come from', async () => {
  const { pack, keys, at } = files()
  expect(await run(['evidence', 'verify', pack])).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/--keys must name .*signer keys --export FILE/),
  })
  expect(await run(['evidence', 'verify', pack, '--keys', pack])).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/does not hold a signer’s public keys: /),
  })
  expect(await run(['evidence', 'verify', join(at, 'none'), '--keys', keys])).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/none cannot be read: ENOENT/),
  })
  expect(await run(['evidence', 'verify', pack, '--keys', '/dev/zero'])).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/larger than/),
  })
})

test('the keys that a server hands out are exported as the signer publishes them, and never over another file', async () => {
  const server = await startTestServer()
  onTestFinished(() => server.stop())
  const tenant = await server.addTenant('main')
  const signer = await startSigner({ home: server.home, url: server.database.urls.signer })
  await signer.end('SIGTERM')
  const { secret } = await call(tenant.people.admin, createToken, {
    body: { name: 'auditor', permissions: ['signing:read'] },
  })
  const env = { SUTURE_URL: server.base, SUTURE_TOKEN: secret }
  const file = join(folder(), 'public.json')
  const first = await run(['signer', 'keys', '--export', file], env)
  expect(first).toMatchObject({ status: 0, stderr: '' })
  expect(readFileSync(file)).toEqual(readFileSync(join(server.home, 'signer', 'public.json')))
  expect(await run(['signer', 'keys', '--export', file], env)).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/exists; name a new file/),
  })
})
