import type { Chance } from './chance.ts'
import { type Draft, feedback } from './draft.ts'
import { spoiled } from './json.ts'
import { methods, oddHeaders, oddParts } from './odd.ts'

function spoilPath(chance: Chance, draft: Draft): void {
  const parts = draft.path.split('/')
  const at = chance.below(parts.length)
  const how = chance.below(8)
  if (how < 4) parts[at] = chance.pick(oddParts)
  else if (how === 4) parts.splice(at, 0, chance.pick(oddParts))
  else if (how === 5) parts.splice(at, 1)
  else if (how === 6)
    parts[at] = [...(parts[at] ?? '')]
      .map((letter) =>
        chance.percent(50) && letter <= '\u007f' ? `%${letter.charCodeAt(0).toString(16).padStart(2, '0')}` : letter,
      )
      .join('')
  draft.path = parts.join('/')
  if (how === 7)
    draft.path += chance.pick([
      '?',
      '?a=b',
      `?${'a=b&'.repeat(300)}`,
      '?a[]=1&a[b]=2&__proto__=1',
      '#x',
      '?%zz',
      '//',
      '/.',
      '?\u0000',
    ])
}

function spoilHeaders(chance: Chance, draft: Draft): void {
  const how = chance.below(10)
  if (how === 0) {
    const many = chance.pick([20, 150, 900])
    for (let n = 0; n < many; n++) draft.headers.push([`x-${n}`, 'y'])
  } else if (how === 1)
    draft.headers.push([`x-${'n'.repeat(chance.pick([10, 17_000]))}`, 'v'.repeat(chance.pick([10, 17_000]))])
  else if (how === 2 && draft.headers.length > 0) draft.headers.splice(chance.below(draft.headers.length), 1)
  else {
    const [name, values] = chance.pick(oddHeaders)
    if (chance.percent(60)) draft.headers = draft.headers.filter(([own]) => own !== name)
    draft.headers.push([name, chance.pick(values)])
  }
}

function spoilBody(chance: Chance, draft: Draft): void {
  const value = draft.value ?? feedback
  if (!draft.headers.some(([name]) => name === 'content-type')) draft.headers.push(['content-type', 'application/json'])
  const how = chance.below(10)
  let body: Buffer = Buffer.from(spoiled(chance, value))
  if (how === 0) body = body.subarray(0, chance.below(body.length + 1))
  if (how === 1) body = Buffer.concat([body, chance.bytes(chance.below(40))])
  if (how === 2) body = chance.bytes(chance.below(2_000))
  if (how === 3) body = Buffer.from(body.toString(), 'utf16le')
  if (how === 4) body = Buffer.alloc(chance.pick([65_536, 65_537, 200_000]), ' ')
  draft.body = body
}

/** A body in chunks, told as it should be or not. */
function chunked(chance: Chance, body: Buffer): Buffer {
  const extension = chance.pick(['', '', ';a=b', `;${'x'.repeat(chance.pick([100, 20_000]))}`, ';"', ' '])
  const size = chance.pick([
    body.length.toString(16),
    body.length.toString(16),
    `0${body.length.toString(16)}`,
    'ffffffffffffffff',
    '-1',
    'g',
    '',
    '0x5',
    `${body.length + 5}`,
  ])
  const end = chance.pick([
    '0\r\n\r\n',
    '0\r\n\r\n',
    '0\r\nx: y\r\n\r\n',
    '0\r\ncontent-length: 5\r\n\r\n',
    '',
    '00000000000\r\n\r\n',
  ])
  return Buffer.concat([Buffer.from(`${size}${extension}\r\n`), body, Buffer.from(`\r\n${end}`)])
}

/** A request as bytes. */
export function bytesOf(chance: Chance, host: string, { method, path, headers, body }: Draft): Buffer {
  const all = [...headers]
  const has = (name: string) => all.some(([own]) => own === name)
  if (!has('host')) all.unshift(['host', host])
  if (!has('connection') && chance.percent(80)) all.push(['connection', 'close'])
  let content = body ?? Buffer.alloc(0)
  if (has('transfer-encoding')) content = chunked(chance, content)
  else if (body && !has('content-length')) all.push(['content-length', String(body.length)])
  const version = chance.percent(97)
    ? 'HTTP/1.1'
    : chance.pick(['HTTP/1.0', 'HTTP/2.0', 'HTTP/0.9', 'HTTP/1.1x', 'http/1.1', ''])
  const line = chance.percent(98) ? '\r\n' : chance.pick(['\n', '\r', '\r\n '])
  const head = [`${method} ${path} ${version}`, ...all.map(([name, value]) => `${name}: ${value}`)].join(line)
  return Buffer.concat([Buffer.from(`${head}${line}${line}`, 'latin1'), content])
}

/** Bytes on their way that something happened to. */
export function spoilBytes(chance: Chance, bytes: Buffer): Buffer {
  const how = chance.below(5)
  if (how === 0) return bytes.subarray(0, chance.below(bytes.length + 1))
  if (how === 1) return Buffer.concat([bytes, chance.bytes(chance.below(200))])
  if (how === 2) return chance.bytes(chance.below(3_000))
  const copy = Buffer.from(bytes)
  if (how === 3) for (let n = 0; n <= chance.below(6); n++) copy[chance.below(copy.length)] = chance.below(256)
  else
    return Buffer.concat([
      copy.subarray(0, chance.below(copy.length)),
      Buffer.from(chance.pick(['\r\n\r\n', '\u0000', '\r\n', 'GET / HTTP/1.1\r\n'])),
      copy.subarray(chance.below(copy.length)),
    ])
  return copy
}

/** Makes one thing about a request wrong. */
export function spoil(chance: Chance, draft: Draft): void {
  const how = chance.below(12)
  if (how === 0) draft.method = chance.pick(methods)
  else if (how < 4) spoilPath(chance, draft)
  else if (how < 8) spoilHeaders(chance, draft)
  else spoilBody(chance, draft)
}
