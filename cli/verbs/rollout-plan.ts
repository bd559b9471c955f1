import { readFile } from 'node:fs/promises'
import type { Arguments, Connection } from '@suture/contract/client.ts'
import * as contract from '@suture/contract/deployment.ts'
import { deviceFields } from '@suture/contract/device-fields.ts'
import { readRevision, readWave } from '@suture/contract/plan-spelling.ts'
import { limitsFrom, type PlanDefaults } from '@suture/contract/profiles.ts'
import { presetWaves, type Wave } from '@suture/contract/rollout-presets.ts'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { ask } from '../connection.ts'
import { Failure } from '../failure.ts'
import { list } from '../output.ts'
import { readableQuery } from '../query.ts'
import { remarksOf, stratumColumns } from './rollout-words.ts'

type Request = Arguments<typeof contract.createRollout>['body']

/** What a plan is made from on the command line; a file has the same fields as the API, and options go before it. */
export interface PlanOptions {
  readonly file?: string
  readonly name?: string
  readonly release?: string
  readonly site?: number
  readonly manufacturer?: string
  readonly model?: string
  readonly revision?: string
  readonly firmware?: string
  readonly device?: string[]
  readonly query?: string
  readonly includeQuarantined?: string[]
  readonly wave?: Wave[]
  readonly silence?: number
  readonly maxFailures?: number
  readonly revisionMaxFailures?: number
  readonly revisionSample?: number
  readonly beyond?: 'quarantine' | 'stop'
  readonly notBefore?: string
  readonly notAfter?: string
  readonly hours?: number
}

const whole = (text: string): number => {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('A whole number.')
  return Number(text)
}

const waveForm = 'Such as each=6,soak=3600,sample=20 or percent=100.'

/** One more wave of a plan. */
function addWave(text: string, before: Wave[] = []): Wave[] {
  const wave = readWave(text)
  if (!wave) throw new InvalidArgumentError(waveForm)
  return [...before, wave]
}

/** Adds the options of a plan to a command. */
export const withPlanOptions = (command: Command): Command =>
  command
    .option('--file <file>', 'a JSON file with the fields of POST /rollouts; options go before it')
    .option('--name <name>', 'what the rollout is called')
    .option('--release <id>', 'the published release')
    .option('-q, --query <query>', 'only devices that fit, as in: vendor:axis fw<11.2 due<7d')
    .option('--site <number>', 'only devices of this site', whole)
    .option('--manufacturer <name>', 'only devices of this manufacturer')
    .option('--model <name>', 'only devices of this model')
    .option('--revision <name>', 'only devices of this hardware revision')
    .option('--firmware <version>', 'only devices on this version')
    .option('--device <id...>', 'only these devices')
    .option(
      '--include-quarantined <revision...>',
      'these revisions too, although an earlier rollout of the same artifact quarantined them; B, or where several models have a B, Axis/P3245/B',
    )
    .option('--wave <wave>', `one wave, in order; again for the next. ${waveForm}`, addWave)
    .option('--silence <seconds>', 'how long a device may say nothing', whole)
    .option('--max-failures <percent>', 'the most devices of a wave that may fail, in percent', whole)
    .option('--revision-max-failures <percent>', 'the same for one revision', whole)
    .option('--revision-sample <devices>', 'how many of a revision must have ended before it is judged', whole)
    .addOption(new Option('--beyond <what>', 'what follows then').choices(['quarantine', 'stop']))
    .option('--not-before <moment>', 'when it may begin, as in 2026-01-31T12:00:00Z (now)')
    .option('--not-after <moment>', 'when it must have ended')
    .option('--hours <hours>', 'how long it may run, instead of --not-after', whole)
    .addHelpText('after', '\nWaves, limits and hours that are not given are those of `suture profile show`.')

async function readPlanFile(file: string): Promise<Partial<Request>> {
  try {
    const read: unknown = JSON.parse(await readFile(file, 'utf8'))
    if (typeof read === 'object' && read !== null && !Array.isArray(read)) return read
  } catch (error) {
    throw new Failure(`${file} cannot be read as JSON (${(error as Error).message}).`)
  }
  throw new Failure(`${file} holds no JSON object; it takes the fields of POST /rollouts in /reference.`)
}

const given = <T extends object>(fields: T): Partial<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>

const needed = (value: string | undefined, name: string): string => {
  if (value === undefined) throw new Failure(`A plan needs --${name}, or the field ${name} in its --file.`)
  return value
}

/** The plan that the options and the file ask for, from where plans begin in this tenant. */
export async function planRequest(options: PlanOptions, defaults: PlanDefaults): Promise<Request> {
  const file = options.file === undefined ? {} : await readPlanFile(options.file)
  const now = new Date()
  const usual = limitsFrom(defaults.preset, defaults)
  const q = options.query === undefined ? undefined : readableQuery(options.query, deviceFields)
  const { site, manufacturer, model, revision: hardwareRevision, firmware, device: devices } = options
  const { perRevision, ...limits } = file.limits ?? ({} as Partial<Request['limits']>)
  const notBefore = options.notBefore ?? file.notBefore ?? now.toISOString()
  const end = new Date(new Date(notBefore).getTime() + (options.hours ?? defaults.hours) * 3_600_000)
  return {
    name: needed(options.name ?? file.name, 'name'),
    release: needed(options.release ?? file.release, 'release'),
    audience: { ...file.audience, ...given({ site, manufacturer, model, hardwareRevision, firmware, devices, q }) },
    waves: options.wave ?? file.waves ?? presetWaves(defaults.preset),
    limits: {
      ...usual,
      ...limits,
      ...given({ silenceSeconds: options.silence, maxFailurePercent: options.maxFailures }),
      perRevision: {
        ...usual.perRevision,
        ...perRevision,
        ...given({
          maxFailurePercent: options.revisionMaxFailures,
          minimumSample: options.revisionSample,
          beyond: options.beyond,
        }),
      },
    },
    includeQuarantined: options.includeQuarantined?.map(readRevision) ?? file.includeQuarantined ?? [],
    notBefore,
    notAfter: options.notAfter ?? file.notAfter ?? (Number.isNaN(end.getTime()) ? notBefore : end.toISOString()),
  }
}

/** What a plan would come to, for people. */
export async function previewText(to: Connection, body: Request, format: 'table' | 'csv' | 'json'): Promise<string> {
  const preview = await ask(to, contract.previewRollout, { body })
  if (format === 'json') return JSON.stringify(preview, undefined, 2)
  const table = list(preview.strata, stratumColumns, format)
  if (format === 'csv') return table
  return [`${preview.devices} devices would go to ${preview.version}.`, table, ...remarksOf(preview)].join('\n')
}
