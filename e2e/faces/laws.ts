import type { Face } from './pages.ts'
import type { Stage } from './stage.ts'

/** Each face of its kind as it stands on the page, told by what somebody finds in it. */
interface Found {
  /** What is empty: its title, whether it says what will appear, and how many buttons or links and commands lead on. */
  readonly empty: readonly {
    readonly title: string
    readonly says: string
    readonly presses: number
    readonly commands: number
  }[]
  /** What is being loaded, in words. */
  readonly loading: readonly string[]
  /** Whether anything says that it is not all there yet. */
  readonly isBusy: boolean
  readonly refused: readonly string[]
}

const look = `(() => {
  const faces = [...document.querySelectorAll('main .face')]
  const text = (within, part) => within.querySelector(part)?.innerText.trim() ?? ''
  return {
    empty: faces.filter((each) => each.querySelector('[aria-label="nothing yet"]')).map((each) => ({
      title: text(each, 'h2'),
      says: text(each, '.m'),
      presses: [...each.querySelectorAll('button, a')].filter((way) => !way.closest('.term')).length,
      commands: each.querySelectorAll('.term').length,
    })),
    loading: faces.filter((each) => each.ariaBusy === 'true').map((each) => each.innerText.trim()),
    isBusy: document.querySelector('main [aria-busy=true]') !== null,
    refused: faces.filter((each) => each.role === 'alert').map((each) => each.innerText.trim()),
  }
})()`

const permission = /\b[a-z]+:[a-z-]+\b/

/** What each face must be, beside its picture; every breach as a sentence. */
const laws: Readonly<Record<Face, (found: Found, stage: Stage) => string[]>> = {
  full: ({ loading, refused }) => [
    ...loading.map((each) => `still loads: ${each}`),
    ...refused.map((each) => `is refused: ${each}`),
  ],
  empty: ({ empty, refused }) => [
    ...(empty.length === 0 ? ['does not say that it is empty'] : []),
    ...empty.flatMap(({ title, says, presses, commands }) => [
      ...(says.length < 40 ? [`“${title}” does not say what will appear`] : []),
      ...(presses + commands === 0 ? [`“${title}” has no way on`] : []),
      ...(presses > 1 || commands > 1 ? [`“${title}” has ${presses} buttons and ${commands} commands`] : []),
    ]),
    ...refused.map((each) => `is refused: ${each}`),
  ],
  loading: ({ empty, loading, refused }) => [
    ...(loading.length === 0 ? ['does not say that it loads'] : []),
    ...loading.filter((each) => each === '').map(() => 'loads without a word'),
    ...empty.map(({ title }) => `calls itself empty while it loads: “${title}”`),
    ...refused.map((each) => `calls itself refused while it loads: ${each}`),
  ],
  arriving: ({ empty, isBusy, refused }) => [
    ...(isBusy ? [] : ['looks whole while it still loads']),
    ...empty.map(({ title }) => `calls itself empty while it loads: “${title}”`),
    ...refused.map((each) => `calls itself refused while it loads: ${each}`),
  ],
  refused: ({ refused, empty }) => [
    ...(refused.length === 0 ? ['does not say that it is refused'] : []),
    ...refused.filter((each) => !permission.test(each)).map((each) => `does not name the permission: ${each}`),
    ...empty.map(({ title }) => `calls itself empty where it is refused: “${title}”`),
  ],
  withheld: ({ refused, empty }, { asked }) => [
    ...(refused.length === 0 ? ['does not say that it is withheld'] : []),
    ...refused.filter((each) => !permission.test(each)).map((each) => `does not name the permission: ${each}`),
    ...empty.map(({ title }) => `calls itself empty where it is withheld: “${title}”`),
    ...asked.filter((each) => !freely.has(each)).map((each) => `asks for ${each} though it is withheld`),
  ],
}

/** What anybody who is signed in may ask. */
const freely = new Set(['whoAmI', 'listRoles', 'followChanges', 'getDigest'])

/** Everything that a page in a face must not be, as sentences. */
export async function breaches(face: Face, stage: Stage): Promise<string[]> {
  // The browser itself tells of every answer that is no success.
  const isExpected = (said: string) => face === 'refused' && said.includes('the server responded with a status of 403')
  return [
    ...laws[face](await stage.page.evaluate<Found>(look), stage),
    ...stage.unanswered.map((each) => `asks what nothing is kept for, so it is to be recorded anew: ${each}`),
    ...stage.heard.filter((said) => !isExpected(said)),
  ]
}
