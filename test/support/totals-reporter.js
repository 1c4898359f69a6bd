import { writeSync } from 'node:fs';

/**
 * Closes a run with one plain line, `N passed, N failed` (and `, N skipped` when there are any), so that a machine
 * can read it. A suite that could not run counts as one failed test, since it hides the tests that would have been
 * counted; so does a run that ended before it was complete.
 *
 * Written while the process exits: whatever another reporter or Jest itself says at the end comes before it.
 */
export default class TotalsReporter {
  constructor() {
    this.results = { testResults: [], numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0 };
    this.complete = false;
    // Not process.stdout: what it buffers is lost when a test ended the process.
    process.once('exit', () => writeSync(1, `${this.line()}\n`));
  }

  onTestResult(_test, _testResult, results) {
    this.results = results;
  }

  onRunComplete(_contexts, results) {
    this.results = results;
    this.complete = !results.wasInterrupted;
  }

  line() {
    const { testResults, numPassedTests, numFailedTests, numPendingTests, numTodoTests } = this.results;
    const brokenSuites = testResults.filter(
      ({ testExecError, failureMessage, numFailingTests }) =>
        testExecError || (failureMessage && numFailingTests === 0),
    ).length;
    const failed = numFailedTests + brokenSuites + (this.complete ? 0 : 1);
    const skipped = numPendingTests + numTodoTests;
    return `${numPassedTests} passed, ${failed} failed` + (skipped > 0 ? `, ${skipped} skipped` : '');
  }
}
