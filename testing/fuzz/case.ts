import type { Chance } from './chance.ts'
import { type Draft, type Ground, type Target, wellFormed } from './draft.ts'
import type { Sent } from './http.ts'
import { oddParts } from './odd.ts'
import { bytesOf, spoil, spoilBytes } from './spoil.ts'

/** One thing that is tried, and what it may have said with the right secret. */
export interface Case {
  readonly sent: Sent
  /** The devices whose right secret came with it, and whether it is one plain request that says something about an action. */
  readonly speakers: readonly string[]
  readonly isPlain: boolean
}

function inPieces(chance: Chance, bytes: Buffer): Buffer[] {
  if (chance.percent(80) || bytes.length < 2) return [bytes]
  const cut = 1 + chance.below(bytes.length - 1)
  return [bytes.subarray(0, cut), bytes.subarray(cut)]
}

/** Whoever may not speak for a device shows another secret, whatever else is wrong with the request. */
function disown(chance: Chance, draft: Draft, ground: Ground): void {
  const others = [
    `TargetToken ${'0'.repeat(32)}`,
    `TargetToken ${ground.targets[0]?.token}`,
    `GatewayToken ${'e'.repeat(64)}`,
    'TargetToken',
    '',
  ]
  draft.headers = draft.headers.filter(([name]) => name !== 'authorization')
  draft.headers.unshift(['authorization', chance.pick(others)])
}

/** Whether a server may be waiting for more of such a request. */
const isCuttable = ({ method, path, headers }: Draft): boolean =>
  /[\p{Cc} ]/u.test(path) ||
  !/^[A-Z]+$/.test(method) ||
  method === 'CONNECT' ||
  headers.some(
    ([name, value]) =>
      /^(content-length|transfer-encoding|expect|connection|upgrade)$/.test(name) ||
      /[^\w-]/.test(name) ||
      /\p{Cc}/u.test(value),
  )

/** A gateway’s secret lets those in whom nobody knows yet, and speaks for nobody else. */
function showGateway(chance: Chance, draft: Draft, ground: Ground, target: Target): void {
  draft.headers = draft.headers.filter(([name]) => name !== 'authorization')
  draft.headers.unshift(['authorization', `GatewayToken ${ground.gateway}`])
  if (chance.percent(50)) draft.path = draft.path.replace(target.controllerId, chance.pick(oddParts))
}

/** Makes up one case. */
export function makeCase(chance: Chance, ground: Ground): Case {
  let mayBeCut = false
  let isHead = false
  const times = chance.percent(5) ? 2 + chance.below(4) : 1
  const parts: Buffer[] = []
  const speakers: string[] = []
  let isPlain = false
  for (let n = 0; n < times; n++) {
    const target = chance.pick(ground.targets)
    const draft = wellFormed(chance, ground, target)
    const strength = chance.below(5)
    for (let spoils = 0; spoils < strength; spoils++) spoil(chance, draft)
    if (chance.percent(3)) showGateway(chance, draft, ground, target)
    if (target.isForeign) disown(chance, draft, ground)
    else speakers.push(target.controllerId)
    isPlain = times === 1 && draft.path.includes('feedback')
    const bytes = bytesOf(chance, ground.host, draft)
    isHead = draft.method === 'HEAD'
    mayBeCut ||= times > 1 || isCuttable(draft) || !bytes.includes(' HTTP/1.1\r\n')
    const isSpoiled = chance.percent(12)
    mayBeCut ||= isSpoiled
    parts.push(isSpoiled ? spoilBytes(chance, bytes) : bytes)
  }
  return {
    sent: { pieces: inPieces(chance, Buffer.concat(parts)), mayBeCut, isHead },
    speakers,
    isPlain: isPlain && !mayBeCut,
  }
}
