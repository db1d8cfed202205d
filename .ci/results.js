// Reads vitest's JSON reports for .ci/run:
//   failed-files <report>                  the test files in which something failed, one a line
//   count <report> <again> <failedSteps>   what failed, by name, and the closing line
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

const [, , what, first, again, failedSteps] = process.argv;

function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

const testsOf = (report) =>
  (report?.testResults ?? []).flatMap(({ name, message, assertionResults }) => {
    const file = relative(process.cwd(), name);
    // A file that could not even be loaded has no tests.
    return assertionResults.length === 0 && message !== ''
      ? [{ file, fullName: '(the file itself)', status: 'failed', failureMessages: [message] }]
      : assertionResults.map((test) => ({ ...test, file }));
  });

const isFailed = ({ status }) => status === 'failed';

if (what === 'failed-files') {
  for (const file of new Set(
    testsOf(read(first))
      .filter(isFailed)
      .map(({ file }) => file),
  ))
    console.log(file);
} else {
  const report = read(first);
  if (report === null) console.log('the test runner left no report');
  const tests = testsOf(report);
  const second = new Map(testsOf(read(again)).map((test) => [`${test.file} ${test.fullName}`, test]));
  const failed = tests.filter(isFailed);
  const twice = failed.filter((test) => second.get(`${test.file} ${test.fullName}`)?.status !== 'passed');
  for (const test of tests)
    if (test.status === 'pending' || test.status === 'skipped') console.log(`skipped: ${test.fullName}`);
  for (const test of failed) {
    console.log(`${twice.includes(test) ? 'failed' : 'failed once, passed by itself'}: ${test.file}: ${test.fullName}`);
    console.log((test.failureMessages ?? []).join('\n').slice(0, 2_000).replace(/^/gm, '    '));
  }
  const count = (status) => tests.filter((test) => status.includes(test.status)).length;
  const failures = report === null ? 1 : twice.length;
  console.log(
    `${count(['passed']) + failed.length - twice.length} passed, ${failures} failed, ${count(['pending', 'skipped', 'todo'])} skipped`,
  );
  process.exitCode = Number(failedSteps) > 0 || failures > 0 ? 1 : 0;
}
