import { once } from 'node:events'
import { convene } from './cast.ts'
import { learn } from './learning.ts'
import { deliver, publish, tryOut } from './making.ts'
import { prove } from './proving.ts'
import { type Result, resultOf } from './result.ts'
import { rollOut } from './rolling.ts'
import { type Given, gatherAll } from './stage.ts'
import { models, star } from './world.ts'

/** What the story came to. */
export interface Told {
  readonly url: string
  readonly result: Result
  /** What did not hold, in sentences. */
  readonly failures: readonly string[]
}

/** Tells the whole story once, in a folder; it is given up as soon as the signal says so. What it started goes on. */
export async function tell(given: Given, folder: string): Promise<Told> {
  const { signal } = given
  const givenUp = once(signal, 'abort').then(() => signal.throwIfAborted())
  return (await Promise.race([play(given, folder), givenUp])) as Told
}

/** The chapters, in order; within one, people who do not wait for each other do their part at the same time. */
async function play(given: Given, folder: string): Promise<Told> {
  const { screen, signal } = given
  const { vendor, ...stage } = await gatherAll(given, folder)
  const { cast } = stage
  const { home, url } = stage.server
  screen.chapter(`${star.vulnerability} is published, and listed as exploited`)
  // The vendor does not wait until everybody has understood the news.
  const trying = deliver(cast, vendor).then((digests) => tryOut(cast, screen, models[0], digests))
  const [known, panel] = await Promise.all([
    learn(stage).then((found) => {
      screen.chapter('A release is made, tested on rigs, and made again')
      screen.say('The vendor signed two builds; each was verified before it was stored.')
      return found
    }),
    convene(cast, home, url),
    trying,
  ])
  const made = await trying
  screen.say('Meanwhile two approvers and an auditor came; the approvers’ keys are in the signer’s sealed home.')
  await publish(cast, made.release)
  screen.say('The signer checked the lab’s verdict against its own roster and signed the release.')
  screen.chapter('Two people approve, and the first wave opens')
  const rolled = await rollOut({ operator: cast.operator, panel, folder, screen, signal }, made.release)
  screen.chapter('The evidence is signed, and verified without the server')
  const proof = await prove(stage, panel, rolled)
  const { result, failures } = resultOf(stage, { known, made, rolled, proof })
  screen.chapter(failures.length === 0 ? 'It held.' : 'It did not hold.')
  for (const failure of failures) screen.say(failure)
  const { ok, compared } = proof.checker
  const verdict = ok ? 'all true' : 'not all true'
  screen.say(`The checker compared ${compared} statements with the ground truth: ${verdict}.`)
  return { url: stage.server.url, result, failures }
}
