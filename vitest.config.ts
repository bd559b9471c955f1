import { accessSync, constants, readFileSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { sabotaging } from './testing/sabotage/transform.ts'

/** Whether a file system in memory is there, writable, allowed to hold programs, with ample room for the GiB that tests write. */
function isRoomy(place: string): boolean {
  try {
    accessSync(place, constants.W_OK)
    const [, , kind, options = ''] =
      readFileSync('/proc/mounts', 'utf8')
        .split('\n')
        .map((line) => line.split(' '))
        .find(([, where]) => where === place) ?? []
    const { bavail, bsize } = statfsSync(place)
    const mayRun = kind === 'tmpfs' && !options.split(',').includes('noexec')
    return mayRun && bavail * bsize >= 4 * 2 ** 30 && process.availableMemory() >= 8 * 2 ** 30
  } catch {
    return false
  }
}

// Tests make and remove databases by the hundred, which is dear on a disk, and wait for each fsync.
if (isRoomy('/dev/shm')) process.env.TMPDIR ??= '/dev/shm'

/** The journey’s demo keeps real time and leaves the machine to the others meanwhile, so it starts first. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isJourney = ({ project }: TestSpecification) => Number(project.name === 'journeys')
    return (await super.sort(files)).sort((a, b) => isJourney(b) - isJourney(a))
  }
}

export default defineConfig({
  test: {
    reporters: ['default', './testing/reporter.ts'],
    // A guard against hangs, ten times what the slowest test needs; speed is measured in bench/ alone.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 60_000 } },
    pool: 'forks',
    // Files share what a worker has loaded, and leave nothing behind in it.
    isolate: false,
    // The processes that tests start keep the code that they have compiled.
    env: { NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules/.cache/compiled') },
    // Tests wait for sockets, processes and the database more than they compute.
    maxWorkers: 6,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        plugins: [sabotaging(import.meta.dirname, process.env.SUTURE_SABOTAGE)],
        test: {
          name: 'code',
          include: ['*.test.ts', '{server,contract,trust,cli,console,testing,data,bench}/**/*.test.ts'],
          globalSetup: ['testing/built.ts', 'testing/cluster.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'interop',
          // A client that fails to speak with its own parts tries again by itself, after a while.
          testTimeout: 300_000,
          include: ['interop/**/*.test.ts'],
          globalSetup: ['testing/built.ts', 'testing/cluster.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'journeys',
          include: ['e2e/**/*.test.ts'],
          exclude: ['e2e/faces.test.ts'],
          globalSetup: ['testing/built.ts', 'e2e/start-demo.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'faces',
          // Its pages are answered from what is kept, so it needs neither a demo nor a database.
          include: ['e2e/faces.test.ts'],
        },
      },
    ],
  },
})
