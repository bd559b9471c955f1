import type { Switch } from '../sabotage/fault.ts'

const words = 'server/adapters/ddi/words.ts'
const ddi = 'server/adapters/ddi/ddi.ts'

/** Faults put into the device API on purpose: under each of them the fuzz must be red, or it proves nothing. */
export const fuzzSwitches: readonly Switch[] = [
  {
    name: 'fuzz-fault',
    means: 'A word that is longer than it may be is a fault of the server, and not of the device',
    edits: [
      {
        file: words,
        find: '    execution: z.string().max(32),\n',
        replace:
          "    execution: z.string().transform((word) => { if (word.length > 32) throw new Error('too long'); return word }),\n",
      },
    ],
    seen: /answered with 500/,
  },
  {
    name: 'fuzz-leak',
    means: 'Something of every request is kept for good',
    edits: [
      {
        file: ddi,
        find: 'const stranger = (reply: FastifyReply): FastifyReply => reply.code(401).send()\n',
        replace:
          'const kept: Buffer[] = []\nconst stranger = (reply: FastifyReply): FastifyReply => {\n  kept.push(Buffer.alloc(256 * 1024, 1))\n  return reply.code(401).send()\n}\n',
      },
    ],
    seen: /of memory were not given back/,
  },
  {
    name: 'fuzz-hang',
    means: 'An action that is no number is never answered',
    edits: [
      {
        file: ddi,
        find: '    return claimant && this.#assigned(',
        replace:
          '    if (!ActionId.safeParse(request.params.action).success) await new Promise(() => undefined)\n    return claimant && this.#assigned(',
      },
    ],
    seen: /was neither answered nor closed/,
  },
]
