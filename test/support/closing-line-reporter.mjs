// Ends a test run with one plain line that people and CI can read: "N passed, N failed, N skipped".
export default class ClosingLineReporter {
  onRunComplete(_contexts, results) {
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    // At exit, so that no other reporter's summary comes after it.
    process.once('exit', () => process.stdout.write(`${results.numPassedTests} passed, ${failed} failed, ${results.numPendingTests} skipped\n`));
  }
}
