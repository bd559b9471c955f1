import type { Chance } from './chance.ts'
import type { Sent } from './http.ts'
import { spoiled } from './json.ts'

/** A device that requests are made up for. */
export interface Target {
  readonly controllerId: string
  readonly token: string
  /** An action that is open for it, if there is one. */
  readonly action: number | undefined
  /** Nobody who shows its secret ever says anything about it, so that nothing about it may change. */
  readonly isForeign: boolean
}

/** What requests are made up of. */
export interface Ground {
  readonly host: string
  readonly tenant: string
  readonly targets: readonly Target[]
  readonly fileName: string
  readonly gateway: string
}

/** A request before it is bytes. */
interface Draft {
  method: string
  path: string
  headers: [string, string][]
  /** What the body says, and its bytes. */
  value: unknown
  body: Buffer | undefined
}

/** One thing that is tried, and what it may have said with the right secret. */
export interface Case {
  readonly sent: Sent
  /** The devices whose right secret came with it, and whether it is one plain request that says something about an action. */
  readonly speakers: readonly string[]
  readonly isPlain: boolean
}

const oddParts = [
  '',
  ' ',
  '.',
  '..',
  '%00',
  '%2f',
  '%2e%2e%2f',
  '%ff',
  '%zz',
  '%',
  '%ED%A0%80',
  '%F0%9F%92%A5',
  '-1',
  '0',
  '1.5',
  '0x10',
  '9e99',
  '2147483648',
  '99999999999999999999',
  'NaN',
  '__proto__',
  'constructor',
  'a'.repeat(300),
  "';--",
  '*',
  ':id',
  '~',
  '%252e',
  ';a=b',
  '\\',
  '{}',
  '१',
]
const feedback = {
  id: '1',
  time: '20260101T000000',
  timestamp: 1_700_000_000_000,
  status: {
    execution: 'proceeding',
    result: { finished: 'none', progress: { cnt: 1, of: 2 } },
    code: 200,
    details: ['one', 'two'],
  },
}
const configData = { mode: 'merge', data: { firmware: '1.2.3', hwRevision: 'A', serial: 'X', kernel: '6.1' } }

function wellFormed(chance: Chance, { tenant, fileName }: Ground, target: Target): Draft {
  const base = `/${tenant}/controller/v1/${target.controllerId}`
  const action = target.action ?? chance.below(100)
  const draft = (method: string, path: string, value?: object): Draft => ({
    method,
    path: base + path,
    headers: [
      ['authorization', `TargetToken ${target.token}`],
      ...(value ? [['content-type', 'application/json'] as [string, string]] : []),
    ],
    value,
    body: value && Buffer.from(JSON.stringify(value)),
  })
  const file = `/softwaremodules/${action}/artifacts/${fileName}`
  return chance.pick([
    () => draft('GET', ''),
    () => draft('PUT', '/configData', configData),
    () => draft('GET', `/deploymentBase/${action}`),
    () => draft('POST', `/deploymentBase/${action}/feedback`, feedback),
    () => draft('POST', `/deploymentBase/${action}/feedback`, feedback),
    () => draft('GET', `/cancelAction/${action}`),
    () => draft('POST', `/cancelAction/${action}/feedback`, feedback),
    () => draft(chance.pick(['GET', 'HEAD']), file),
    () =>
      draft(
        'GET',
        chance.pick([
          `${file}.MD5SUM`,
          `/installedBase/${action}`,
          `/confirmationBase/${action}`,
          `/softwaremodules/${action}/artifacts`,
          '/configData',
          '/deploymentBase/',
        ]),
      ),
  ])()
}

const methods = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'CONNECT',
  'PROPFIND',
  'get',
  'BREW',
  'M-SEARCH',
]
const oddHeaders: readonly (readonly [string, readonly string[]])[] = [
  [
    'authorization',
    [
      '',
      'TargetToken',
      'TargetToken ',
      `TargetToken ${'0'.repeat(32)}`,
      `TargetToken ${'a'.repeat(9_000)}`,
      'Basic YTpi',
      'Bearer x',
      'TargetToken \u00e4',
      `GatewayToken ${'f'.repeat(64)}`,
      'targettoken abc',
      'TargetToken a, TargetToken b',
    ],
  ],
  [
    'range',
    [
      'bytes=0-',
      'bytes=-1',
      'bytes=-0',
      'bytes=5-2',
      'bytes=0-0,2-3',
      'bytes=99999999999999999999-',
      'bytes=0-999999999999999',
      'bits=0-1',
      'bytes=',
      'bytes=a-b',
      `bytes=${'0-0,'.repeat(500)}0-0`,
      'bytes= 0-1 ',
      'bytes=-99999999999999999',
    ],
  ],
  ['if-range', ['"x"', 'W/"x"', 'Wed, 21 Oct 2015 07:28:00 GMT', '"', '']],
  ['if-match', ['*', '"x"', '', ',,,', 'W/"x"', `"${'x'.repeat(5_000)}"`]],
  ['if-none-match', ['*', '"x"', ',']],
  [
    'content-type',
    [
      '',
      'text/plain',
      'application/json; charset=utf-16',
      'application/json;',
      'application/JSON',
      'application/hal+json',
      'application/xml',
      'multipart/form-data; boundary=x',
      'application/x-www-form-urlencoded',
      'a/b/c',
      ';',
      'application/json, text/plain',
    ],
  ],
  [
    'content-length',
    ['0', '1', '-1', '+5', '0x10', '99999999999999999999', '5, 5', '5,6', ' ', '1e3', '65537', '1000000000'],
  ],
  [
    'transfer-encoding',
    [
      'chunked',
      'gzip, chunked',
      'chunked, chunked',
      'identity',
      'xchunked',
      'chunked ',
      'Chunked',
      'chunked;q=1',
      '\tchunked',
    ],
  ],
  ['content-encoding', ['gzip', 'identity', 'br', 'deflate, gzip', 'x']],
  ['accept-encoding', ['gzip;q=0', '*', 'br;q=abc', ';;;']],
  ['accept', ['text/html', 'application/hal+json', '*/*;q=0', '']],
  [
    'host',
    [
      '',
      'evil.example',
      'localhost',
      '127.0.0.1:99999',
      '[::1]',
      'a b',
      '127.0.0.1:1@evil',
      '127.0.0.1, evil',
      'xn--',
      '127.1',
    ],
  ],
  ['expect', ['100-continue', '200-ok', '100-Continue, x']],
  ['connection', ['close', 'keep-alive', 'upgrade', 'close, te', 'content-length', 'x'.repeat(3_000)]],
  ['upgrade', ['h2c', 'websocket', 'TLS/1.0']],
  ['cookie', ['suture=x', 'a=b; '.repeat(500), '=', 'suture=%zz', '\u0001']],
  ['x-forwarded-for', ['127.0.0.1', 'x'.repeat(1_000)]],
  ['x-forwarded-host', ['evil.example']],
  ['x-http-method-override', ['DELETE']],
  ['te', ['trailers', 'chunked']],
  ['trailer', ['content-length', 'x']],
  ['date', ['yesterday']],
  ['last-event-id', ['1.2.3']],
  ['x\u00e9', ['1']],
  ['__proto__', ['1']],
  ['x y', ['1']],
]

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

function bytesOf(chance: Chance, host: string, { method, path, headers, body }: Draft): Buffer {
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
function spoilBytes(chance: Chance, bytes: Buffer): Buffer {
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
    for (let spoils = 0; spoils < strength; spoils++) {
      const how = chance.below(12)
      if (how === 0) draft.method = chance.pick(methods)
      else if (how < 4) spoilPath(chance, draft)
      else if (how < 8) spoilHeaders(chance, draft)
      else spoilBody(chance, draft)
    }
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
