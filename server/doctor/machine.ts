import { readFileSync, type StatsFs } from 'node:fs'
import { stat, statfs } from 'node:fs/promises'
import { release } from 'node:os'
import { dirname } from 'node:path'
import type { Config } from '#platform/config.ts'
import { bad, type Finding, ok, warn } from './finding.ts'

export const runtime = (): Finding =>
  ok(
    'runtime',
    `Node ${process.versions.node}, OpenSSL ${process.versions.openssl}, ${process.platform} ${process.arch} ${release()}`,
  )

export async function home({ SUTURE_HOME }: Config): Promise<Finding> {
  const found = await stat(SUTURE_HOME).catch(() => undefined)
  if (!found) return ok('home', `${SUTURE_HOME} will be made at the first start`)
  const mode = (found.mode & 0o777).toString(8)
  return mode === '700'
    ? ok('home', `${SUTURE_HOME} is closed to other users`)
    : bad('home', `${SUTURE_HOME} has mode ${mode}: other users can look in. Run chmod 700 ${SUTURE_HOME}`)
}

const gibibyte = 1024 ** 3
/** Below the first PostgreSQL may stop at any write; below the second it is time to make room. */
const room = { badBytes: gibibyte, warnBytes: 5 * gibibyte }

/** The file system that a folder lies on, or will lie on. */
async function fileSystemOf(folder: string): Promise<StatsFs> {
  const parent = dirname(folder)
  return statfs(folder).catch((error) => (parent === folder ? Promise.reject(error) : fileSystemOf(parent)))
}

/** @param limits the bytes below which there is too little room, or soon will be */
export async function disk({ SUTURE_HOME }: Pick<Config, 'SUTURE_HOME'>, limits = room): Promise<Finding> {
  const { bavail, bsize, ffree, files } = await fileSystemOf(SUTURE_HOME)
  const free = bavail * bsize
  const says = `${(free / gibibyte).toFixed(1)} GiB are free where ${SUTURE_HOME} lies`
  if (files > 0 && ffree < 1000) return bad('disk', `only ${ffree} more files fit where ${SUTURE_HOME} lies. Make room`)
  if (free < limits.badBytes) return bad('disk', `${says}: too little. Make room before writes fail`)
  return free < limits.warnBytes ? warn('disk', `${says}. Make room`) : ok('disk', says)
}

/** Each connection, stream, file and database connection takes one. */
const wantedFiles = 4096

/** How many files and connections this process may have open (Linux; Node has taken all that it may by itself). */
export function openFiles(limits: string | undefined = limitsOfThisProcess()): Finding[] {
  const found = /^Max open files\s+(\d+|unlimited)/m.exec(limits ?? '')?.[1]
  if (found === undefined) return []
  const says = `${found} files and connections may be open at once`
  const isEnough = found === 'unlimited' || Number(found) >= wantedFiles
  return [
    isEnough
      ? ok('open files', says)
      : warn('open files', `${says}, fewer than ${wantedFiles}. Raise it: ulimit -n, or LimitNOFILE= of the service`),
  ]
}

function limitsOfThisProcess(): string | undefined {
  try {
    return readFileSync('/proc/self/limits', 'utf8')
  } catch {
    return undefined
  }
}

/** More than this between two clocks confuses whoever reads times, or makes deadlines and signatures wrong. */
const skew = { warnMs: 2_000, badMs: 60_000 }

/**
 * Whether the clock can be right: it is after this code was made, no file of the signer is from tomorrow, and the
 * database agrees.
 * @param database what time the database thinks it is, and when it was asked
 */
export function clock(
  now: Date,
  seen: { readonly heartbeat: Date | undefined; readonly databaseAheadMs: number | undefined },
): Finding {
  const at = now.toISOString()
  if (now.getTime() < madeAfter) return bad('clock', `it is ${at} here, which has passed. Set the clock`)
  if (seen.heartbeat && seen.heartbeat.getTime() - now.getTime() > skew.badMs)
    return bad('clock', `it is ${at} here, and the signer was last alive after that: the clock went back. Set it`)
  const ahead = seen.databaseAheadMs ?? 0
  if (Math.abs(ahead) < skew.warnMs) return ok('clock', `it is ${at}`)
  const says = `the database’s clock is ${Math.abs(ahead / 1000).toFixed(1)} s ${ahead > 0 ? 'ahead of' : 'behind'} this machine’s. Keep both by NTP`
  return Math.abs(ahead) < skew.badMs ? warn('clock', says) : bad('clock', says)
}

/** 2026-11-01: no clock that shows less is right. */
const madeAfter = Date.UTC(2026, 10, 1)
