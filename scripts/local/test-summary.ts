import { readFileSync } from 'node:fs';

interface JestResult {
  numPassedTests: number;
  numFailedTests: number;
  /** Files that failed before any test of theirs ran. */
  numRuntimeErrorTestSuites: number;
}

/** The closing line of test.sh. A failed check counts as one failure, and so does a jest that left no result. */
function main([resultFile = '', jestCode = '', failedChecks = '']: string[]): void {
  const json = readFileSync(resultFile, 'utf8');
  const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites }: JestResult = json
    ? JSON.parse(json)
    : { numPassedTests: 0, numFailedTests: 0, numRuntimeErrorTestSuites: 1 };
  const failedTests = numFailedTests + numRuntimeErrorTestSuites;
  const unexplained = jestCode !== '0' && failedTests === 0 ? 1 : 0;
  const failed = failedTests + unexplained + Number(failedChecks);
  console.log(`${numPassedTests} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

main(process.argv.slice(2));
