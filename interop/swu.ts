import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sha256 } from '@suture/trust/digest.ts'

/** Who signs images for SWUpdate: a certificate with its key, in a folder of their own. */
export interface ImageSigner {
  readonly certificate: string
  readonly key: string
}

/** Makes a signer; Debian's build asks for a certificate for e-mail protection or code signing. */
export function makeImageSigner(folder: string, name: string): ImageSigner {
  const [certificate, key] = [join(folder, `${name}.crt`), join(folder, `${name}.key`)]
  const extensions = [
    'basicConstraints=critical,CA:FALSE',
    'keyUsage=critical,digitalSignature',
    'extendedKeyUsage=emailProtection,codeSigning',
  ]
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '30', '-subj', `/CN=${name}`],
      ...['-keyout', key, '-out', certificate],
      ...extensions.flatMap((each) => ['-addext', each]),
    ],
    { stdio: 'ignore' },
  )
  return { certificate, key }
}

interface Image {
  /** Where the image is put together. */
  readonly folder: string
  readonly signer: ImageSigner
  readonly version: string
  /** Where on the device the new version is written. */
  readonly into: string
  /** How the script that runs after the installation ends; 0 is well. */
  readonly scriptEnds?: number
  /** Ballast, so that a download takes its time. */
  readonly bytes?: number
}

const list = (entries: readonly (readonly [name: string, value: string])[]): string =>
  entries.map(([name, value]) => `${name} = "${value}";`).join(' ')

/**
 * Builds an image as SWUpdate wants it: a cpio archive (`newc` with checksums) of `sw-description`, its detached CMS
 * signature, and the files that the description binds by their SHA-256.
 */
export function makeSwu({ folder, signer, version, into, scriptEnds = 0, bytes = 400_000 }: Image): Buffer {
  mkdirSync(folder, { recursive: true })
  const contents: Readonly<Record<string, Uint8Array>> = {
    'firmware.json': Buffer.from(JSON.stringify({ firmware: version })),
    'rootfs.bin': randomBytes(bytes),
    'after.sh': Buffer.from(`#!/bin/sh\nexit ${scriptEnds}\n`),
  }
  for (const [name, content] of Object.entries(contents)) writeFileSync(join(folder, name), content)
  const digestOf = (name: string) => sha256(contents[name] as Uint8Array)
  const file = (name: string) =>
    `{ ${list([
      ['filename', name],
      ['path', join(into, name)],
      ['sha256', digestOf(name)],
    ])} properties = { ${list([
      ['atomic-install', 'true'],
      ['create-destination', 'true'],
    ])} }; }`
  const script = list([
    ['filename', 'after.sh'],
    ['type', 'shellscript'],
    ['sha256', digestOf('after.sh')],
  ])
  writeFileSync(
    join(folder, 'sw-description'),
    `software = {
  version = "${version}";
  hardware-compatibility: [ "1.0" ];
  files: ( ${file('firmware.json')}, ${file('rootfs.bin')} );
  scripts: ( { ${script} } );
}
`,
  )
  const inFolder = { cwd: folder }
  execFileSync(
    'openssl',
    [
      ...['cms', '-sign', '-in', 'sw-description', '-out', 'sw-description.sig', '-outform', 'DER'],
      ...['-nosmimecap', '-binary', '-signer', signer.certificate, '-inkey', signer.key],
    ],
    inFolder,
  )
  // The description comes first and its signature second; the rest in any order.
  const members = ['sw-description', 'sw-description.sig', ...Object.keys(contents)]
  execFileSync('cpio', ['-o', '-H', 'crc', '--quiet', '-F', 'update.swu'], {
    ...inFolder,
    input: `${members.join('\n')}\n`,
  })
  return readFileSync(join(folder, 'update.swu'))
}
