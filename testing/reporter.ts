import type { Reporter, TestModule } from 'vitest/node'

/** Closes every run with the one line that people and machines read: `N passed, N failed`, and what was skipped. */
export default class Summary implements Reporter {
  onTestRunEnd(modules: ReadonlyArray<TestModule>, errors: ReadonlyArray<unknown>): void {
    const count = { passed: 0, failed: errors.length, skipped: 0 }
    for (const module of modules) {
      const tests = [...module.children.allTests()]
      // A file that breaks before its first test has no failed test to count, and must not look green.
      if (module.state() === 'failed' && !tests.some((test) => test.result().state === 'failed')) count.failed++
      for (const test of tests) {
        const { state } = test.result()
        if (state !== 'pending') count[state]++
      }
    }
    const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : ''
    // After the default reporter's own summary, which vitest prints in the same hook.
    process.once('exit', () => process.stdout.write(`${count.passed} passed, ${count.failed} failed${skipped}\n`))
  }
}
