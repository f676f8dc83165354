const { mkdirSync, writeFileSync } = require('node:fs');
const { basename, dirname, join } = require('node:path');

const RESULTS = join(__dirname, '../../dist', process.env.CRASH ? 'tests-crash' : 'tests');

/** Leaves the counts of one project where the closing line of `npm test` adds them up; Nx caches the file with the run. */
module.exports = class SummaryReporter {
  constructor(_config, { project }) {
    this.file = join(RESULTS, `${project || 'workspace'}.json`);
  }

  onRunComplete(_contexts, results) {
    const skipped = results.testResults.flatMap(({ testResults, testFilePath }) =>
      testResults
        .filter(({ status }) => status === 'pending' || status === 'todo')
        .map(({ fullName }) => `${basename(testFilePath)}: ${fullName}`),
    );
    const counts = {
      passed: results.numPassedTests,
      failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
      skipped,
    };
    mkdirSync(dirname(this.file), { recursive: true });
    writeFileSync(this.file, JSON.stringify(counts));
  }
};
