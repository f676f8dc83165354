const { mkdirSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

const RESULTS = join(__dirname, '../../dist/tests');

/** Leaves the counts of one project where the closing line of `npm test` adds them up; Nx caches the file with the run. */
module.exports = class SummaryReporter {
  constructor(_config, { project }) {
    this.project = project;
  }

  onRunComplete(_contexts, results) {
    const skipped = results.testResults.flatMap(({ testResults, testFilePath }) =>
      testResults
        .filter(({ status }) => status === 'pending' || status === 'todo')
        .map(({ fullName }) => `${testFilePath.split('/').pop()}: ${fullName}`),
    );
    mkdirSync(RESULTS, { recursive: true });
    const counts = {
      passed: results.numPassedTests,
      failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
      skipped,
    };
    writeFileSync(join(RESULTS, `${this.project}.json`), JSON.stringify(counts));
  }
};
