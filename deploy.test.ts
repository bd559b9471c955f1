import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { describeConfig, readConfig } from './server/host.ts'

const root = import.meta.dirname
const read = (name: string) => readFileSync(join(root, 'deploy', name), 'utf8')
const units = ['suture.service', 'suture-signer.service'] as const
const here = (text: string) => text.replaceAll('/opt/suture', root)
const valuesOf = (unit: string, name: string) =>
  [...unit.matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].map(([, value]) => value ?? '')

/** What takes from a service everything that it does not need (systemd.exec(5)). */
const confinement = [
  'NoNewPrivileges=yes',
  'ProtectSystem=strict',
  'ProtectHome=yes',
  'PrivateTmp=yes',
  'PrivateDevices=yes',
  'ProtectProc=invisible',
  'ProtectKernelTunables=yes',
  'ProtectKernelModules=yes',
  'ProtectControlGroups=yes',
  'RestrictNamespaces=yes',
  'RestrictSUIDSGID=yes',
  'LockPersonality=yes',
  'SystemCallFilter=@system-service',
  'SystemCallArchitectures=native',
  'CapabilityBoundingSet=',
  'StateDirectoryMode=0700',
  'UMask=0077',
  'LimitCORE=0',
]
const missing = (unit: string) => confinement.filter((line) => !unit.split('\n').includes(line))

describe.each(units)('%s', (name) => {
  const unit = read(name)

  test('starts a program that is there, with a command that it knows', () => {
    const [start = ''] = valuesOf(unit, 'ExecStart')
    const [node = '', script = '', ...command] = here(start).split(' ')
    expect([existsSync(node), existsSync(script)]).toEqual([true, true])
    expect(spawnSync(node, [script, ...command, '--help'], { encoding: 'utf8' })).toMatchObject({
      status: 0,
      stderr: '',
    })
    expect(spawnSync(node, [script, 'no-such-command'], { encoding: 'utf8' }).status).not.toBe(0)
  })

  test('is confined, and a line that is taken away is missed', () => {
    expect(missing(unit)).toEqual([])
    for (const line of confinement) expect(missing(unit.replace(`${line}\n`, '\n'))).toEqual([line])
  })

  test('runs as a user of its own, and keeps what it writes in a folder of its own', () => {
    const own = name.replace('.service', '')
    expect([valuesOf(unit, 'User'), valuesOf(unit, 'StateDirectory')]).toEqual([[own], [own]])
    expect(unit).toContain(`SUTURE_HOME=/var/lib/${own}`)
  })

  const isThere = spawnSync('systemd-analyze', ['--version']).status === 0
  test.skipIf(!isThere)('holds before systemd itself, with little that is left exposed', () => {
    const folder = mkdtempSync(join(tmpdir(), 'suture-units-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const file = join(folder, name)
    const analyse = (text: string, ...args: string[]) => {
      writeFileSync(file, here(text))
      const { status, stdout, stderr } = spawnSync('systemd-analyze', [...args, file], { encoding: 'utf8' })
      return { status, said: `${stdout}${stderr}` }
    }
    const verified = analyse(unit, 'verify', '--recursive-errors=no')
    // Whatever this machine lacks, such as other units and pages of its manual, is not about this one.
    expect(verified.said.split('\n').filter((line) => line.includes(`${file}:`))).toEqual([])
    const odd = analyse(unit.replace('[Install]', 'NoSuchOption=yes\n\n[Install]'), 'verify', '--recursive-errors=no')
    expect(odd.said).toMatch(/NoSuchOption/)
    const exposed = ['security', '--offline=true', '--threshold=20', '--no-pager']
    expect(analyse(unit, ...exposed).status).toBe(0)
    expect(analyse(`[Service]\nExecStart=/bin/true\n`, ...exposed).status).not.toBe(0)
  })
})

test('the server’s unit stops it in order, and a reader that is killed does not end it', () => {
  expect(read('suture.service')).toMatch(/^KillMode=mixed$/m)
  expect(read('suture.service')).toMatch(/^OOMPolicy=continue$/m)
})

test('the passphrase of the signer is a credential, and the server is told nothing of it', () => {
  expect(valuesOf(read('suture-signer.service'), 'LoadCredentialEncrypted')).toEqual([
    'suture-signer:/etc/suture/signer-passphrase.cred',
  ])
  expect(read('suture.service')).not.toMatch(/PASSPHRASE|suture-signer:/)
})

test('only settings that there are stand in what is deployed', () => {
  const known = new Set(describeConfig(readConfig({ SUTURE_HOME: '/nowhere' })).map(({ name }) => name))
  const named = [...units, 'Containerfile'].flatMap((name) => [...read(name).matchAll(/\bSUTURE_[A-Z_]+/g)])
  expect(named.length).toBeGreaterThan(4)
  expect(named.map(([name]) => name).filter((name) => !known.has(name))).toEqual([])
})

describe('the container', () => {
  const recipe = read('Containerfile')
  const lines = recipe
    .replaceAll('\\\n', ' ')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))

  test('is made of base images of one exact version', () => {
    const bases = lines.filter((line) => line.startsWith('FROM '))
    expect(bases).toHaveLength(2)
    for (const base of bases) expect(base).toMatch(/^FROM docker\.io\/[\w./-]+:\d+\.\d+(\.\d+)?-[\w-]+( AS \w+)?$/)
  })

  test('runs as an ordinary user, writes into its volume alone, and says how it is by a command that there is', () => {
    const last = lines.slice(lines.findLastIndex((line) => line.startsWith('FROM ')))
    expect(last.filter((line) => line.startsWith('USER '))).toEqual(['USER suture'])
    expect(last).toContain('VOLUME /var/lib/suture')
    const health = JSON.parse(
      /CMD (\[.*\])/.exec(lines.find((line) => line.startsWith('HEALTHCHECK')) ?? '')?.[1] ?? '[]',
    )
    expect(health.slice(0, 2)).toEqual(['suture', 'doctor'])
    const args = [join(root, 'cli/bin/suture.mjs'), ...(health as string[]).slice(1), '--help']
    expect(execFileSync(process.execPath, args, { encoding: 'utf8' })).toContain('--strict')
  })

  test('takes nothing but what was packed', () => {
    expect(
      readFileSync(join(root, '.dockerignore'), 'utf8')
        .split('\n')
        .filter((line) => line && !line.startsWith('#')),
    ).toEqual(['*', '!dist/suture-*.tgz'])
    expect(lines.filter((line) => /^(COPY|ADD) (?!--from)/.test(line))).toEqual([
      'COPY dist/suture-*.tgz /tmp/suture.tgz',
    ])
  })
})
